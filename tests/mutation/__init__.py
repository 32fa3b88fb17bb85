"""Sampled mutation of the engine's kernels: 600 small changes, each of which the battery should notice."""
