"""Frozen models of everything a campaign file holds. Knows nothing above it."""
