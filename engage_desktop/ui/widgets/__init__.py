"""Small widgets that pages share; they know no workspace."""
