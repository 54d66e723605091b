"""What sources said: records, subscriptions, usage, and the imports that brought them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.columns import Document, Key, Money, UtcDateTime, folded, installation_id, metadata, owned

source = Table(
    "source",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("form", String(16), nullable=False),
    Column("covers", String(16), nullable=False),
    Column("reach", Date),  # the day its usage goes to; moves only forward
    Column("changed_at", UtcDateTime, nullable=False),
    Column("every", Integer),  # its rhythm in working days (`bot.domain.freshness`); empty: not known
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "name"),
    CheckConstraint("kind IN ('csv', 'hubspot', 'sample', 'person')", name="kind"),
    CheckConstraint("form IN ('events', 'snapshot')", name="form"),
    CheckConstraint("covers IN ('listed', 'all')", name="covers"),
)

# A tool as the data names it, folded (`storage.catalog.fold`). What the catalog makes of the name (its own key or an
# alias) is decided when scores are made, so an edited catalog needs no new import.
tool = Table(
    "tool",
    metadata,
    installation_id(primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "name"),
)

# The tools a source measures: it has ever had a row of them, or its mapping says that it covers them.
source_tool = Table(
    "source_tool",
    metadata,
    installation_id(primary_key=True),
    Column("source_id", Key, primary_key=True),
    Column("tool_id", Integer, primary_key=True),
    owned("source_id", table="source"),
    owned("tool_id", table="tool"),
)

# "property" is a name of the standard library's, hence "field" in code; people read "property".
field = Table(
    "property",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("object", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("label", String(255), nullable=False),
    Column("type", String(16), nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "object", "name"),
    CheckConstraint("type IN ('text', 'number', 'date', 'user')", name="type"),
)

record = Table(
    "record",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("object", String(64), nullable=False),  # "company" unless the mapping says otherwise
    Column("external_id", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("name_key", folded(255), nullable=False),  # `bot.domain.names.key`: folded, without legal form
    Column("domain", String(255)),
    Column("url", Text),  # where the record stands in the CRM
    Column("currency", String(3)),
    Column("mrr", Money),
    Column("properties", Document, nullable=False),
    Column("source_id", Key, nullable=False),
    Column("archived_at", UtcDateTime),
    Column("client_key", String(255)),  # of a service or deal: the `external_id` of its client
    owned("source_id", table="source"),
    UniqueConstraint("installation_id", "object", "external_id"),
    # The look-up by exact name and by the first letters, and by domain:
    Index("ix_record_name_key", "installation_id", "name_key"),
    Index("ix_record_domain", "installation_id", "domain"),
    Index(
        "ix_record_client_key",
        "installation_id",
        "object",
        "client_key",
        postgresql_where=text("client_key IS NOT NULL"),
        sqlite_where=text("client_key IS NOT NULL"),
    ),
)

# User- and date-valued properties stand here too, because each workspace chooses which of them is the CSM and which
# the renewal date.
record_person = Table(
    "record_person",
    metadata,
    installation_id(primary_key=True),
    Column("property_id", Key, primary_key=True),
    Column("record_id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    owned("property_id", table="property"),
    owned("record_id", table="record"),
    owned("person_id", table="person"),
    Index("ix_record_person_person", "installation_id", "person_id", "property_id"),
    Index("ix_record_person_record", "installation_id", "record_id"),
)

record_date = Table(
    "record_date",
    metadata,
    installation_id(primary_key=True),
    Column("property_id", Key, primary_key=True),
    Column("record_id", Key, primary_key=True),
    Column("day", Date, nullable=False),
    owned("property_id", table="property"),
    owned("record_id", table="record"),
    Index("ix_record_date_day", "installation_id", "property_id", "day"),
    Index("ix_record_date_record", "installation_id", "record_id"),
)

subscription = Table(
    "subscription",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("client_id", Key, nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("product", String(255), nullable=False),  # as the data names it; the catalog knows its aliases
    Column("edition", String(255)),
    Column("seats", Integer),
    Column("seats_used", Integer),
    Column("mrr", Money),
    Column("currency", String(3)),
    Column("started_on", Date),
    Column("renews_on", Date),
    Column("ended_on", Date),  # the first day on which it no longer runs
    Column("cancels_on", Date),
    Column("auto_renews", Boolean),
    Column("status", String(64)),
    Column("source_id", Key, nullable=False),
    Column("archived_at", UtcDateTime),
    owned("client_id", table="record"),
    owned("source_id", table="source"),
    UniqueConstraint("installation_id", "source_id", "external_id"),
    Index("ix_subscription_client", "installation_id", "client_id"),
    # Clients whose subscription began, ended or grew out of grace between two reaches:
    Index("ix_subscription_started_on", "installation_id", "started_on"),
    Index("ix_subscription_ended_on", "installation_id", "ended_on"),
    Index("ix_subscription_cancels_on", "installation_id", "cancels_on"),
)

usage = Table(
    "usage",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("tool_id", Integer, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source_id", Key, primary_key=True),
    Column("count", BigInteger, nullable=False),
    # No foreign keys: rows come only through the import's merge, which takes the ids from their tables in the same
    # transaction, and three look-ups a row would cost more than the row.
    # Clients with usage on a day that entered or left a window as the reach moved:
    Index("ix_usage_day", "installation_id", "source_id", "day", "client_id"),
    sqlite_with_rowid=False,
)

catalog = Table(
    "catalog",
    metadata,
    installation_id(primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)

# What somebody says of a tool of a client: used or not (`bot.domain.marks`).
tool_mark = Table(
    "tool_mark",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("tool", String(255), primary_key=True),  # folded, as in `tool`: the catalog says which one is meant
    Column("is_used", Boolean, nullable=False),
    Column("said_on", Date, nullable=False),
    Column("person_id", Key, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    # Clients of which a mark fades as the as-of day moves:
    Index("ix_tool_mark_said_on", "installation_id", "said_on", "client_id"),
    sqlite_with_rowid=False,
)

# An import that somebody asked for by uploading files, that the folder asked for by having some, or that the command
# line has done. No more of the files than their names and numbers of rows.
import_run = Table(
    "import_run",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("origin", String(16), nullable=False),
    Column("person_id", Key),  # who uploaded them
    Column("files", Document, nullable=False),  # as named; of an upload each with Slack's id
    Column("moves", Document, nullable=False, server_default="[]"),  # of the folder, once its files have landed
    Column("state", String(16), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),  # before that nobody takes it: it is worked on, or put off
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("rows_read", BigInteger, nullable=False, server_default="0"),
    Column("rows_refused", BigInteger, nullable=False, server_default="0"),
    Column("error", String(64)),  # why nothing landed: a key of `bot.blocks.wording`
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    owned("person_id", table="person"),
    CheckConstraint("origin IN ('folder', 'upload', 'command')", name="origin"),
    CheckConstraint("state IN ('waiting', 'running', 'landed', 'done', 'failed')", name="state"),
    Index("ix_import_run_state", "installation_id", "state", "lease_until"),
)
