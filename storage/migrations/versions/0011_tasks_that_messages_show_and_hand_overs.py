"""Tasks that messages show and hand-overs.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("from_id", KEY, nullable=False),
        sa.Column("to_id", KEY, nullable=False),
        sa.Column("is_whole", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("ended", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_handover_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "delivery_id"],
            ["delivery.installation_id", "delivery.id"],
            name=op.f("fk_handover_installation_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "from_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_handover_installation_id_from_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "property_id"],
            ["property.installation_id", "property.id"],
            name=op.f("fk_handover_installation_id_property_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "to_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_handover_installation_id_to_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index("ix_handover_delivery", ["installation_id", "delivery_id"], unique=False)
        batch_op.create_index(
            "uq_handover_waiting",
            ["installation_id", "client_id", "property_id"],
            unique=True,
            postgresql_where=sa.text("delivery_id IS NULL"),
            sqlite_where=sa.text("delivery_id IS NULL"),
        )

    op.create_table(
        "shown",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "delivery_id"],
            ["delivery.installation_id", "delivery.id"],
            name=op.f("fk_shown_installation_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "task_id"],
            ["task.installation_id", "task.id"],
            name=op.f("fk_shown_installation_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "delivery_id", "task_id", name=op.f("pk_shown")),
    )
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shown_old",
            ["installation_id", "delivery_id"],
            unique=False,
            postgresql_where=sa.text("version < wanted"),
            sqlite_where=sa.text("version < wanted"),
        )
        batch_op.create_index("ix_shown_task", ["installation_id", "task_id"], unique=False)
