"""Claims.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_claim_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_claim_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
