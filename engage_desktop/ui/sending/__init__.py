"""Views of everything that is sent, all campaigns together: calendar, pressure, conflicts, messages."""
