"""Digests and what is answered to them.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("view_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("content", sa.String(length=8), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("grace", sa.Integer(), server_default="180", nullable=False),
        sa.Column("thresholds", DOCUMENT, server_default="{}", nullable=False),
        sa.Column("alerts", DOCUMENT, nullable=True),
        sa.Column("escalates", sa.Integer(), nullable=True),
        sa.Column("paused", sa.String(length=32), nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_as_of", sa.Date(), nullable=True),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("content IN ('low', 'renewals', 'both', 'view')", name=op.f("ck_digest_content")),
        sa.ForeignKeyConstraint(
            ["installation_id", "made_by"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_digest_installation_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_digest_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "workspace_id"],
            ["workspace.installation_id", "workspace.id"],
            name=op.f("fk_digest_installation_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "installation_id", "workspace_id", "name_key", name=op.f("uq_digest_installation_id_workspace_id_name_key")
        ),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index(
            "ix_digest_next_at",
            ["installation_id", "next_at"],
            unique=False,
            postgresql_where=sa.text("next_at IS NOT NULL"),
            sqlite_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "not_useful",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest_id", KEY, nullable=True),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_not_useful_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_not_useful_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_not_useful")),
        sa.UniqueConstraint(
            "installation_id",
            "client_id",
            "rule",
            "person_id",
            "digest_id",
            name=op.f("uq_not_useful_installation_id_client_id_rule_person_id_digest_id"),
        ),
    )
    op.create_table(
        "renewal_outcome",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('renewed', 'smaller', 'leaving', 'too_early')", name=op.f("ck_renewal_outcome_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_renewal_outcome_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_renewal_outcome_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "renews_on", name=op.f("pk_renewal_outcome")),
    )
    op.create_table(
        "snooze",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_snooze_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_snooze_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", name=op.f("pk_snooze")),
    )
    op.create_table(
        "alert",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("state", DOCUMENT, nullable=False),
        sa.Column("reposted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_alert_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "delivery_id"],
            ["delivery.installation_id", "delivery.id"],
            name=op.f("fk_alert_installation_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "digest_id"],
            ["digest.installation_id", "digest.id"],
            name=op.f("fk_alert_installation_id_digest_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_channel", ["installation_id", "channel_id", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_alert_open",
            ["installation_id", "digest_id", "client_id"],
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "named_client",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("digest_id", KEY, nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_named_client_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "delivery_id"],
            ["delivery.installation_id", "delivery.id"],
            name=op.f("fk_named_client_installation_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "digest_id"],
            ["digest.installation_id", "digest.id"],
            name=op.f("fk_named_client_installation_id_digest_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "delivery_id", "client_id", name=op.f("pk_named_client")),
    )
    with op.batch_alter_table("named_client", schema=None) as batch_op:
        batch_op.create_index("ix_named_client_client", ["installation_id", "client_id", "named_on"], unique=False)
        batch_op.create_index("ix_named_client_digest", ["installation_id", "digest_id", "named_on"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("thread_ts", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("facts", DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=64), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_delivery_digest", ["installation_id", "digest_id", "made_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_delivery_installation_id_digest_id"),
            "digest",
            ["installation_id", "digest_id"],
            ["installation_id", "id"],
            ondelete="CASCADE",
        )
        batch_op.drop_constraint(batch_op.f("ck_delivery_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_delivery_state"),
            "state IN ('waiting', 'sending', 'sent', 'failed', 'quiet', 'skipped')",
        )
        batch_op.create_check_constraint(batch_op.f("ck_delivery_to"), "(person_id IS NULL) <> (digest_id IS NULL)")
