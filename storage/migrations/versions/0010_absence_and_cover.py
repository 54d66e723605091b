"""Absence and cover.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("cover_id", KEY, nullable=True),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_absence_days")),
        sa.ForeignKeyConstraint(
            ["installation_id", "cover_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_absence_installation_id_cover_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "made_by"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_absence_installation_id_made_by"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_absence_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_absence_cover",
            ["installation_id", "cover_id", "to_on"],
            unique=False,
            postgresql_where=sa.text("cover_id IS NOT NULL"),
            sqlite_where=sa.text("cover_id IS NOT NULL"),
        )
        batch_op.create_index("ix_absence_person", ["installation_id", "person_id", "to_on"], unique=False)
