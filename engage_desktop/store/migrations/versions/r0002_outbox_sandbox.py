"""Calls remember whether they were planned for a sandbox: such a one may not reach real people later (D-39)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Of what was queued before nobody knows; it is planned anew where the destination is no sandbox.
    op.add_column("outbox", sa.Column("sandbox", sa.Boolean, nullable=False, server_default=sa.true()))
