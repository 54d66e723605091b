"""What is put off, drawn again and escalated.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changes", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(
            "ix_delivery_changes",
            ["installation_id", "id"],
            unique=False,
            postgresql_where=sa.text("changes > 0"),
            sqlite_where=sa.text("changes > 0"),
        )

    with op.batch_alter_table("named_client", schema=None) as batch_op:
        batch_op.add_column(sa.Column("escalates_at", MOMENT, nullable=True))
        batch_op.create_index(
            "ix_named_client_escalates_at",
            ["installation_id", "escalates_at"],
            unique=False,
            postgresql_where=sa.text("escalates_at IS NOT NULL"),
            sqlite_where=sa.text("escalates_at IS NOT NULL"),
        )

    with op.batch_alter_table("snooze", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renews_on", sa.Date(), nullable=True))
