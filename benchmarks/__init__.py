"""Timings beside an alternative, in the same run, as ratios. `make bench` runs them all."""
