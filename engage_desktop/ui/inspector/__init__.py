"""The panel that edits the selected step and shows who is there."""
