"""Tool marks.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "tool_mark",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("tool", sa.String(length=255), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_tool_mark_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_tool_mark_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "tool", name=op.f("pk_tool_mark")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tool_mark", schema=None) as batch_op:
        batch_op.create_index("ix_tool_mark_said_on", ["installation_id", "said_on", "client_id"], unique=False)
