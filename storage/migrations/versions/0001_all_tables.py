"""All tables.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "client_word",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column(
            "word", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("client_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "word", "client_id", name=op.f("pk_client_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slack_team_id", sa.String(length=32), nullable=True),
        sa.Column("slack_enterprise_id", sa.String(length=32), nullable=True),
        sa.Column("bot_user_id", sa.String(length=32), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("catalog_hash", sa.String(length=64), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("basis_hash", sa.String(length=64), nullable=True),
        sa.Column("settled_to", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_installation_slack_team_id")),
    )
    op.create_table(
        "usage",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("tool_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "tool_id", "day", "source_id", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_usage_day", "usage", ["installation_id", "source_id", "day", "client_id"], unique=False)
    op.create_table(
        "word_form",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column(
            "form", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "word", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("installation_id", "form", "word", name=op.f("pk_word_form")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "word_suffix",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column(
            "suffix",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "word", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("installation_id", "suffix", "word", name=op.f("pk_word_suffix")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "catalog",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_catalog_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "hash", name=op.f("pk_catalog")),
    )
    op.create_table(
        "new_word",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column(
            "word", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_new_word_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "word", name=op.f("pk_new_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("slack_user_id", sa.String(length=32), nullable=True),
        sa.Column("slack_team_id", sa.String(length=32), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("time_zone", sa.String(length=64), server_default="UTC", nullable=False),
        sa.Column("locale", sa.String(length=16), server_default="en-US", nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_guest", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_bot", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_person_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("installation_id", "email", name=op.f("uq_person_installation_id_email")),
        sa.UniqueConstraint("installation_id", "slack_user_id", name=op.f("uq_person_installation_id_slack_user_id")),
    )
    op.create_table(
        "property",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.CheckConstraint("type IN ('text', 'number', 'date', 'user')", name=op.f("ck_property_type")),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_property_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_property")),
        sa.UniqueConstraint("installation_id", "object", "name", name=op.f("uq_property_installation_id_object_name")),
    )
    op.create_table(
        "source",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("covers", sa.String(length=16), nullable=False),
        sa.Column("reach", sa.Date(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("covers IN ('listed', 'all')", name=op.f("ck_source_covers")),
        sa.CheckConstraint("form IN ('events', 'snapshot')", name=op.f("ck_source_form")),
        sa.CheckConstraint("kind IN ('csv', 'hubspot', 'sample', 'person')", name=op.f("ck_source_kind")),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_source_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_source")),
        sa.UniqueConstraint("installation_id", "name", name=op.f("uq_source_installation_id_name")),
    )
    op.create_table(
        "submission",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("slack_view_id", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_submission_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "slack_view_id", name=op.f("pk_submission")),
    )
    op.create_table(
        "tool",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_tool_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_tool")),
        sa.UniqueConstraint("installation_id", "name", name=op.f("uq_tool_installation_id_name")),
    )
    op.create_table(
        "word",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column(
            "word", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_word_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "word", name=op.f("pk_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "workspace",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("csm_property", sa.String(length=255), server_default="csm_email", nullable=False),
        sa.Column("renewal_property", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_workspace_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "export_request",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_export_request_state")),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_export_request_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "workspace_id"],
            ["workspace.installation_id", "workspace.id"],
            name=op.f("fk_export_request_installation_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_export_request")),
    )
    op.create_index(
        "ix_export_request_lease_until", "export_request", ["installation_id", "state", "lease_until"], unique=False
    )
    op.create_table(
        "record",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("mrr", MONEY, nullable=True),
        sa.Column("properties", DOCUMENT, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "source_id"],
            ["source.installation_id", "source.id"],
            name=op.f("fk_record_installation_id_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_record")),
        sa.UniqueConstraint(
            "installation_id", "object", "external_id", name=op.f("uq_record_installation_id_object_external_id")
        ),
    )
    op.create_index("ix_record_domain", "record", ["installation_id", "domain"], unique=False)
    op.create_index("ix_record_name_key", "record", ["installation_id", "name_key"], unique=False)
    op.create_table(
        "source_tool",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("tool_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "source_id"],
            ["source.installation_id", "source.id"],
            name=op.f("fk_source_tool_installation_id_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "tool_id"],
            ["tool.installation_id", "tool.id"],
            name=op.f("fk_source_tool_installation_id_tool_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "source_id", "tool_id", name=op.f("pk_source_tool")),
    )
    op.create_table(
        "team",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("source_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "source_id"],
            ["source.installation_id", "source.id"],
            name=op.f("fk_team_installation_id_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_team_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_team")),
        sa.UniqueConstraint("installation_id", "name_key", name=op.f("uq_team_installation_id_name_key")),
    )
    op.create_table(
        "change",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("possible", sa.Integer(), nullable=False),
        sa.Column("catalog_hash", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("from_import", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_change_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "day", name=op.f("pk_change")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_change_day", "change", ["installation_id", "day", "client_id"], unique=False)
    op.create_table(
        "opportunity",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=True),
        sa.Column("edition", sa.String(length=64), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("size", sa.Double(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("held", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_opportunity_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "key", name=op.f("pk_opportunity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opportunity_answer",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("reply", sa.String(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("size", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_opportunity_answer_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_opportunity_answer_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "key", name=op.f("pk_opportunity_answer")),
    )
    op.create_index("ix_opportunity_answer_until", "opportunity_answer", ["installation_id", "until"], unique=False)
    op.create_table(
        "record_date",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "property_id"],
            ["property.installation_id", "property.id"],
            name=op.f("fk_record_date_installation_id_property_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "record_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_record_date_installation_id_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "property_id", "record_id", name=op.f("pk_record_date")),
    )
    op.create_index("ix_record_date_day", "record_date", ["installation_id", "property_id", "day"], unique=False)
    op.create_index("ix_record_date_record", "record_date", ["installation_id", "record_id"], unique=False)
    op.create_table(
        "record_person",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("property_id", KEY, nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_record_person_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "property_id"],
            ["property.installation_id", "property.id"],
            name=op.f("fk_record_person_installation_id_property_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "record_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_record_person_installation_id_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "property_id", "record_id", name=op.f("pk_record_person")),
    )
    op.create_index(
        "ix_record_person_person", "record_person", ["installation_id", "person_id", "property_id"], unique=False
    )
    op.create_index("ix_record_person_record", "record_person", ["installation_id", "record_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("csm_id", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "csm_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_saved_view_installation_id_csm_id"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_saved_view_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_saved_view_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "workspace_id"],
            ["workspace.installation_id", "workspace.id"],
            name=op.f("fk_saved_view_installation_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_saved_view")),
    )
    op.create_index(
        "uq_saved_view_person",
        "saved_view",
        ["installation_id", "workspace_id", "person_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("team_id IS NULL"),
        sqlite_where=sa.text("team_id IS NULL"),
    )
    op.create_index(
        "uq_saved_view_team",
        "saved_view",
        ["installation_id", "workspace_id", "team_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("team_id IS NOT NULL"),
        sqlite_where=sa.text("team_id IS NOT NULL"),
    )
    op.create_table(
        "stale",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_stale_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", name=op.f("pk_stale")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standing",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.Column("mrr", MONEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("change_7", sa.Double(), nullable=True),
        sa.Column("change_30", sa.Double(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("areas", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quiet", sa.Text(), nullable=True),
        sa.Column("owned", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_standing_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_standing_installation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "workspace_id"],
            ["workspace.installation_id", "workspace.id"],
            name=op.f("fk_standing_installation_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "client_id", "workspace_id", name=op.f("pk_standing")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_standing_change_7",
        "standing",
        ["installation_id", "workspace_id", "tier", "change_7", "client_id"],
        unique=False,
    )
    op.create_index(
        "ix_standing_mrr",
        "standing",
        ["installation_id", "workspace_id", "tier", "currency", "mrr", "client_id"],
        unique=False,
    )
    op.create_index(
        "ix_standing_person", "standing", ["installation_id", "workspace_id", "person_id", "tier"], unique=False
    )
    op.create_index(
        "ix_standing_renews_on",
        "standing",
        ["installation_id", "workspace_id", "tier", "renews_on", "client_id"],
        unique=False,
    )
    op.create_index(
        "ix_standing_share", "standing", ["installation_id", "workspace_id", "tier", "share", "client_id"], unique=False
    )
    op.create_index(
        "ix_standing_team", "standing", ["installation_id", "workspace_id", "team_id", "tier"], unique=False
    )
    op.create_table(
        "subscription",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("product", sa.String(length=255), nullable=False),
        sa.Column("edition", sa.String(length=255), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("seats_used", sa.Integer(), nullable=True),
        sa.Column("mrr", MONEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("cancels_on", sa.Date(), nullable=True),
        sa.Column("auto_renews", sa.Boolean(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id", "client_id"],
            ["record.installation_id", "record.id"],
            name=op.f("fk_subscription_installation_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "source_id"],
            ["source.installation_id", "source.id"],
            name=op.f("fk_subscription_installation_id_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "installation_id",
            "source_id",
            "external_id",
            name=op.f("uq_subscription_installation_id_source_id_external_id"),
        ),
    )
    op.create_index("ix_subscription_cancels_on", "subscription", ["installation_id", "cancels_on"], unique=False)
    op.create_index("ix_subscription_client", "subscription", ["installation_id", "client_id"], unique=False)
    op.create_index("ix_subscription_ended_on", "subscription", ["installation_id", "ended_on"], unique=False)
    op.create_index("ix_subscription_started_on", "subscription", ["installation_id", "started_on"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("is_primary", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_lead", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "person_id"],
            ["person.installation_id", "person.id"],
            name=op.f("fk_team_member_installation_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_team_member_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "person_id", "team_id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_team", "team_member", ["installation_id", "team_id"], unique=False)
    op.create_index(
        "uq_team_member_primary",
        "team_member",
        ["installation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("is_primary"),
        sqlite_where=sa.text("is_primary"),
    )
    op.create_table(
        "saved_view_team",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_saved_view_team_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "view_id"],
            ["saved_view.installation_id", "saved_view.id"],
            name=op.f("fk_saved_view_team_installation_id_view_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "view_id", name=op.f("pk_saved_view_team")),
    )
