"""The pages of the rail and of open things: one file each."""
