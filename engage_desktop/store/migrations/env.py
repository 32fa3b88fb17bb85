"""Run the migrations on the connection that `Database` hands over: one transaction for all of them."""

from __future__ import annotations

from alembic import context

from engage_desktop.store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
