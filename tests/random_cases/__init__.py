"""Random campaigns over random, tie-heavy logs: the engine and the oracle give identical rows."""
