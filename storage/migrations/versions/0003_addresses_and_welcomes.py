"""Addresses and welcomes.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_address",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_person_address_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "email", name=op.f("pk_person_address")),
    )
    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.create_index("ix_person_address_person", ["installation_id", "person_id"], unique=False)

    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("welcomes_since", MOMENT, nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("welcome_held", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("seat_asked_at", MOMENT, nullable=True))
