"""The first workspace: versions, approvals, runs, activity, delivered, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def serial() -> sa.Column:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=True),
        serial(),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
    )
    op.create_index("ix_versions_sha256", "versions", ["sha256"])
    op.create_table(
        "approvals",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(63), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        serial(),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_kind_key_id", "approvals", ["kind", "key", "id"])
    op.create_table(
        "runs",
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("campaigns_sha256", sa.String(64), nullable=False),
        sa.Column("log_sha256", sa.String(64), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("from_at", sa.BigInteger, nullable=False),
        sa.Column("to_at", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        serial(),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("folder", name="uq_runs_folder"),
    )
    op.create_table(
        "activity",
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        serial(),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_at", "activity", ["at"])
    op.create_table(
        "delivered",
        sa.Column("destination", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(127), nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("destination", "subject", "profile", name="pk_delivered"),
    )
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("destination", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(127), nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=True),
        sa.Column("last_error", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_outbox_ordinal", "outbox", ["ordinal"])
    op.create_index("ix_outbox_state", "outbox", ["destination", "state"])
    op.create_index("ix_outbox_pending", "outbox", ["destination", "ordinal"], sqlite_where=pending)
    line = ["destination", "subject", "profile", "ordinal"]
    op.create_index("ix_outbox_line", "outbox", line, sqlite_where=pending)


def downgrade() -> None:
    for table in ("outbox", "delivered", "activity", "runs", "approvals", "versions"):
        op.drop_table(table)
