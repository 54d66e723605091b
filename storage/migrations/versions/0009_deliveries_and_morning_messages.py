"""Deliveries and morning messages.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")

# Messages about tasks that were still to be sent. Of one that was tried already nobody knows whether it arrived, and
# by its new id it would not be found: it is not sent again, and its task stays in `/task`.
WAITING = """
INSERT INTO delivery (installation_id, id, person_id, kind, key, state, due_at, made_at)
SELECT installation_id, id, assignee_id, 'task', CAST(id AS TEXT) || '/' || CAST(version AS TEXT), 'waiting',
       message_lease_until, made_at
  FROM task WHERE message = 'waiting' AND message_attempts = 0 AND done_at IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("payload", DOCUMENT, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_delivery_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("installation_id", "kind", "key", name=op.f("uq_delivery_installation_id_kind_key")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due_at",
            ["installation_id", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        )

    op.create_table(
        "morning",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("tasks", sa.String(length=8), nullable=False),
        sa.Column("clients", sa.String(length=8), nullable=False),
        sa.Column("renewals", sa.String(length=8), nullable=False),
        sa.Column("cover", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_as_of", sa.Date(), nullable=True),
        sa.CheckConstraint("clients IN ('direct', 'channel', 'off')", name=op.f("ck_morning_clients")),
        sa.CheckConstraint("cover IN ('direct', 'channel', 'off')", name=op.f("ck_morning_cover")),
        sa.CheckConstraint("renewals IN ('direct', 'channel', 'off')", name=op.f("ck_morning_renewals")),
        sa.CheckConstraint("tasks IN ('direct', 'channel', 'off')", name=op.f("ck_morning_tasks")),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_morning_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "person_id", name=op.f("pk_morning")),
    )
    with op.batch_alter_table("morning", schema=None) as batch_op:
        batch_op.create_index("ix_morning_next_at", ["installation_id", "next_at"], unique=False)

    op.execute(WAITING)
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_message"), sqlite_where=sa.text("message IN ('waiting', 'sending')"))
        batch_op.drop_constraint(batch_op.f("ck_task_message"), type_="check")
        batch_op.drop_column("message")
        batch_op.drop_column("message_lease_until")
        batch_op.drop_column("message_attempts")
