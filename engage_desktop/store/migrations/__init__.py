"""Alembic's environment: schema changes of `workspace.db`, applied when a workspace is opened."""
