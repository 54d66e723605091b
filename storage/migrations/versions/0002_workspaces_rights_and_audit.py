"""Workspaces, rights and audit.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bot.domain import names

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_audit_entry_installation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_audit_entry_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "workspace_tab",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("csm_property", sa.String(length=255), nullable=True),
        sa.Column("renewal_property", sa.String(length=255), nullable=True),
        sa.Column("pipelines", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("default_pipeline", sa.String(length=255), nullable=True),
        sa.Column("layout", sa.String(length=8), server_default="table", nullable=False),
        sa.CheckConstraint("layout IN ('table', 'board')", name=op.f("ck_workspace_tab_layout")),
        sa.ForeignKeyConstraint(
            ["installation_id", "workspace_id"],
            ["workspace.installation_id", "workspace.id"],
            name=op.f("fk_workspace_tab_installation_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "workspace_id", "object", name=op.f("pk_workspace_tab")),
    )
    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("client_object", sa.String(length=64), server_default="company", nullable=False))
        batch_op.add_column(sa.Column("service_object", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("revenue_objects", DOCUMENT, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("seats_by_hand", sa.Boolean(), server_default="0", nullable=False))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_super_admin", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("manages", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("seat", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("looks_as", KEY, nullable=True))
        batch_op.add_column(sa.Column("welcomed_at", MOMENT, nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_person_seat"), "seat IN ('on', 'off')")

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("workspace_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("channel_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_team_installation_id_workspace_id"),
            "workspace",
            ["installation_id", "workspace_id"],
            ["installation_id", "id"],
        )

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    _shrink_the_index_of_names()


def _shrink_the_index_of_names() -> None:
    """Half the endings of each word, and left-out letters of short words only: made anew from the words there are."""
    text = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
    op.create_table(
        "word_ending",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("ending", text, nullable=False),
        sa.Column("word", text, nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "ending", "word", name=op.f("pk_word_ending")),
        sqlite_with_rowid=False,
    )
    op.drop_table("word_suffix")
    op.drop_table("new_word")
    op.drop_column("word", "clients")
    op.execute("DELETE FROM word_form")
    words = op.get_bind().execute(sa.text("SELECT installation_id, word FROM word ORDER BY word")).all()
    for table, column, kept in (("word_form", "form", names.forms), ("word_ending", "ending", names.endings)):
        rows = sorted((here, part, word) for here, word in words for part in kept(word))
        made = sa.table(table, sa.column("installation_id"), sa.column(column), sa.column("word"))
        values = [{"installation_id": here, column: part, "word": word} for here, part, word in rows]
        op.bulk_insert(made, values)
