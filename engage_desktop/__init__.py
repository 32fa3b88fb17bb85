"""Engage Desktop: design customer journeys and audiences, prove them on a real log."""

__version__ = "0.1.0"
