"""Key accounts, channels tied to clients, and what becomes of clients.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "channel_tie",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_channel_tie_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "made_by"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_channel_tie_installation_id_made_by"),
        ),
        sa.PrimaryKeyConstraint("installation_id", "channel_id", name=op.f("pk_channel_tie")),
    )
    with op.batch_alter_table("channel_tie", schema=None) as batch_op:
        batch_op.create_index("ix_channel_tie_client", ["installation_id", "client_id"], unique=False)

    op.create_table(
        "client_event",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("after", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('quiet', 'renewal')", name=op.f("ck_client_event_kind")),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_client_event_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "day", "kind", "subject", name=op.f("pk_client_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_account",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_key_account_owner")),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_key_account_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "made_by"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_key_account_installation_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_key_account_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_key_account_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_key_account")),
        sa.UniqueConstraint(
            "installation_id", "person_id", "client_id", name=op.f("uq_key_account_installation_id_person_id_client_id")
        ),
        sa.UniqueConstraint(
            "installation_id", "team_id", "client_id", name=op.f("uq_key_account_installation_id_team_id_client_id")
        ),
    )
    with op.batch_alter_table("key_account", schema=None) as batch_op:
        batch_op.create_index("ix_key_account_client", ["installation_id", "client_id"], unique=False)
