"""The version of the program; a run names the one that made it."""

VERSION = "0.1.0"
