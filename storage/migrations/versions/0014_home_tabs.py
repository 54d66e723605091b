"""Home tabs.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("slack_hash", sa.String(length=64), nullable=False),
        sa.Column("is_stale", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_home_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "person_id", name=op.f("pk_home")),
    )
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.create_index(
            "ix_home_stale",
            ["installation_id", "person_id"],
            unique=False,
            postgresql_where=sa.text("is_stale"),
            sqlite_where=sa.text("is_stale"),
        )
