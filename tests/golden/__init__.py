"""Golden cases: tiny logs and campaigns with their tables worked out by hand from `decisions.md`."""
