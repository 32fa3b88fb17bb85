"""Pure functions of a run and the event store: playback figures, arms of a split."""
