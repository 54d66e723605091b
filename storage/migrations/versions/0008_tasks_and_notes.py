"""Tasks and notes.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("slack_view_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "author_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_note_installation_id_author_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_note_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_note")),
        sa.UniqueConstraint("installation_id", "slack_view_id", name=op.f("uq_note_installation_id_slack_view_id")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index("ix_note_client", ["installation_id", "client_id", "made_at", "id"], unique=False)

    op.create_table(
        "task",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("slack_view_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("assignee_id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", KEY, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("message", sa.String(length=8), nullable=True),
        sa.Column("message_lease_until", MOMENT, nullable=True),
        sa.Column("message_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("message IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_task_message")),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high')", name=op.f("ck_task_priority")),
        sa.ForeignKeyConstraint(
            ["installation_id", "assignee_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_task_installation_id_assignee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "author_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_task_installation_id_author_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_task_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "done_by"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_task_installation_id_done_by"),
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint("installation_id", "slack_view_id", name=op.f("uq_task_installation_id_slack_view_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_open",
            ["installation_id", "assignee_id", "due_on", "id"],
            unique=False,
            postgresql_where=sa.text("done_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(
            "ix_task_message",
            ["installation_id", "message_lease_until"],
            unique=False,
            postgresql_where=sa.text("message IN ('waiting', 'sending')"),
            sqlite_where=sa.text("message IN ('waiting', 'sending')"),
        )
        batch_op.create_index("ix_task_client", ["installation_id", "client_id", "made_at", "id"], unique=False)
