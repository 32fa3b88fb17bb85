"""Everything Qt: window, canvas, builders, panels. Never knows how a figure is computed."""
