"""All tables. Every row belongs to an installation, whose id leads each primary and foreign key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Refuses naive times, stores UTC and returns it aware, on both databases.

    SQLite would otherwise give back naive times where PostgreSQL gives aware ones.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only in a column of type INTEGER
Money = Numeric(14, 2, asdecimal=False)


def _folded(length: int) -> String:
    """Folded text, ordered by code point on both databases, so that one index serves equality and beginnings."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def _installation(**kwargs: Any) -> Column[int]:
    return Column("installation_id", Integer, nullable=False, **kwargs)


def _owned(*columns: str, table: str, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """A foreign key to a row of the same installation."""
    return ForeignKeyConstraint(
        ["installation_id", *columns], [f"{table}.installation_id", f"{table}.id"], ondelete=ondelete
    )


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slack_team_id", String(32), unique=True),  # empty until the first token binds it
    Column("slack_enterprise_id", String(32)),
    Column("bot_user_id", String(32)),
    Column("currency", String(3), nullable=False),
    Column("catalog_hash", String(64)),  # of the catalog that the stored scores are made with
    Column("as_of", Date),  # the day that the stored scores speak of: the newest reach of a source
    # All that every score depends on (`storage.basis`), as one hash. Where it changes, all scores are made again, in
    # the order of their ids; `settled_to` is the last client done, empty when all are.
    Column("basis_hash", String(64)),
    Column("settled_to", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    # Which object stands for what. Objects are named as `record.object` does.
    Column("client_object", String(64), nullable=False, server_default="company"),
    Column("service_object", String(64)),
    Column("revenue_objects", Document, nullable=False, server_default="[]"),  # at most two
    Column("seats_by_hand", Boolean, nullable=False, server_default="0"),  # only those who were given one have a seat
    Column("welcomes_since", UtcDateTime),  # who had a seat before is welcomed only where a super admin says so
    # The last client that was copied to the workspace which has every client; empty when it has them all.
    Column("everything_to", BigInteger),
    Column("crm", String(16)),  # where tasks and notes are pushed; empty: they are kept here only
)

person = Table(
    "person",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("slack_user_id", String(32)),  # empty while only the data has named this person
    Column("slack_team_id", String(32)),
    Column("email", String(320)),
    Column("name", String(255), nullable=False, server_default=""),
    Column("time_zone", String(64), nullable=False, server_default="UTC"),
    Column("locale", String(16), nullable=False, server_default="en-US"),
    Column("is_admin", Boolean, nullable=False, server_default="0"),
    Column("is_guest", Boolean, nullable=False, server_default="0"),
    Column("is_bot", Boolean, nullable=False, server_default="0"),
    Column("is_deleted", Boolean, nullable=False, server_default="0"),
    Column("seen_at", UtcDateTime),
    Column("is_super_admin", Boolean, nullable=False, server_default="0"),
    Column("manages", Boolean, nullable=False, server_default="0"),  # customer success settings
    Column("seat", String(8)),  # given or taken by hand; empty: by the rule (`bot.domain.access.has_seat`)
    Column("looks_as", Key),  # a super admin looks at the other person's workspace
    Column("welcomed_at", UtcDateTime),  # the one message that who gets a seat is sent
    Column("welcome_held", Boolean, nullable=False, server_default="0"),  # had a seat before there were welcomes
    Column("seat_asked_at", UtcDateTime),  # when they last asked a super admin for a seat
    CheckConstraint("seat IN ('on', 'off')", name="seat"),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "slack_user_id"),
    UniqueConstraint("installation_id", "email"),
)

# Further addresses by which the data names somebody, beside the one that Slack knows: bound by hand.
person_address = Table(
    "person_address",
    metadata,
    _installation(primary_key=True),
    Column("email", String(320), primary_key=True),
    Column("person_id", Key, nullable=False),
    _owned("person_id", table="person"),
    Index("ix_person_address_person", "installation_id", "person_id"),
)

workspace = Table(
    "workspace",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("is_primary", Boolean, nullable=False),
    Column("csm_property", String(255), nullable=False, server_default="csm_email"),
    Column("renewal_property", String(255)),  # empty: `renewal_date` where loaded, else the next subscription's
    Column("description", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),  # of its settings, tabs included
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)
# What a workspace shows of services or of a revenue object. Without a row: shown, with nothing chosen.
workspace_tab = Table(
    "workspace_tab",
    metadata,
    _installation(primary_key=True),
    Column("workspace_id", Key, primary_key=True),
    Column("object", String(64), primary_key=True),
    Column("is_shown", Boolean, nullable=False, server_default="1"),
    Column("csm_property", String(255)),
    Column("renewal_property", String(255)),  # or the end date of a revenue object
    Column("pipelines", Document, nullable=False, server_default="[]"),  # their names; none chosen: all
    Column("default_pipeline", String(255)),
    Column("layout", String(8), nullable=False, server_default="table"),
    _owned("workspace_id", table="workspace"),
    CheckConstraint("layout IN ('table', 'board')", name="layout"),
)

# People who look after clients together. Each person has one primary team and may be in others.
team = Table(
    "team",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("name_key", _folded(255), nullable=False),  # folded (`bot.domain.catalog.fold`): how a team is found
    Column("country", String(2)),  # ISO 3166
    Column("time_zone", String(64)),  # IANA
    Column("source_id", Key),  # that made it: the sample's teams leave with the sample
    Column("workspace_id", Key),  # whose it is; empty: the primary one's
    Column("channel_id", String(32)),  # where its digests are posted
    Column("version", Integer, nullable=False, server_default="1"),
    ForeignKeyConstraint(["installation_id", "workspace_id"], ["workspace.installation_id", "workspace.id"]),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    _owned("source_id", table="source"),
    UniqueConstraint("installation_id", "name_key"),
)
team_member = Table(
    "team_member",
    metadata,
    _installation(primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("team_id", Key, primary_key=True),
    Column("is_primary", Boolean, nullable=False, server_default="0"),
    Column("is_lead", Boolean, nullable=False, server_default="0"),
    _owned("person_id", table="person"),
    _owned("team_id", table="team"),
    Index("ix_team_member_team", "installation_id", "team_id"),
    Index(
        "uq_team_member_primary",
        "installation_id",
        "person_id",
        unique=True,
        postgresql_where=text("is_primary"),
        sqlite_where=text("is_primary"),
    ),
)

# The teams that came with an address that was bound, and leave with it. They go with a team, whose number may become
# that of another.
person_address_team = Table(
    "person_address_team",
    metadata,
    _installation(primary_key=True),
    Column("email", String(320), primary_key=True),
    Column("team_id", Key, primary_key=True),
    Column("is_primary", Boolean, nullable=False),  # as whom only the data named had it
    Column("is_lead", Boolean, nullable=False),
    Column("is_shared", Boolean, nullable=False),  # the person was in it anyway
    ForeignKeyConstraint(
        ["installation_id", "email"], ["person_address.installation_id", "person_address.email"], ondelete="CASCADE"
    ),
    _owned("team_id", table="team"),
)

source = Table(
    "source",
    metadata,
    _installation(primary_key=True),
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
    _installation(primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    UniqueConstraint("installation_id", "name"),
)

# The tools a source measures: it has ever had a row of them, or its mapping says that it covers them.
source_tool = Table(
    "source_tool",
    metadata,
    _installation(primary_key=True),
    Column("source_id", Key, primary_key=True),
    Column("tool_id", Integer, primary_key=True),
    _owned("source_id", table="source"),
    _owned("tool_id", table="tool"),
)

# "property" is a name of the standard library's, hence "field" in code; people read "property".
field = Table(
    "property",
    metadata,
    _installation(primary_key=True),
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
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("object", String(64), nullable=False),  # "company" unless the mapping says otherwise
    Column("external_id", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("name_key", _folded(255), nullable=False),  # `bot.domain.names.key`: folded, without legal form
    Column("domain", String(255)),
    Column("url", Text),  # where the record stands in the CRM
    Column("currency", String(3)),
    Column("mrr", Money),
    Column("properties", Document, nullable=False),
    Column("source_id", Key, nullable=False),
    Column("archived_at", UtcDateTime),
    _owned("source_id", table="source"),
    UniqueConstraint("installation_id", "object", "external_id"),
    # The look-up by exact name and by the first letters, and by domain:
    Index("ix_record_name_key", "installation_id", "name_key"),
    Index("ix_record_domain", "installation_id", "domain"),
)

# User- and date-valued properties stand here too, because each workspace chooses which of them is the CSM and which
# the renewal date.
record_person = Table(
    "record_person",
    metadata,
    _installation(primary_key=True),
    Column("property_id", Key, primary_key=True),
    Column("record_id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    _owned("property_id", table="property"),
    _owned("record_id", table="record"),
    _owned("person_id", table="person"),
    Index("ix_record_person_person", "installation_id", "person_id", "property_id"),
    Index("ix_record_person_record", "installation_id", "record_id"),
)
record_date = Table(
    "record_date",
    metadata,
    _installation(primary_key=True),
    Column("property_id", Key, primary_key=True),
    Column("record_id", Key, primary_key=True),
    Column("day", Date, nullable=False),
    _owned("property_id", table="property"),
    _owned("record_id", table="record"),
    Index("ix_record_date_day", "installation_id", "property_id", "day"),
    Index("ix_record_date_record", "installation_id", "record_id"),
)

subscription = Table(
    "subscription",
    metadata,
    _installation(primary_key=True),
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
    _owned("client_id", table="record"),
    _owned("source_id", table="source"),
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
    _installation(primary_key=True),
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
    _installation(primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)

# A client in a workspace as lists, counts and digests need it, kept with whatever changes it.
standing = Table(
    "standing",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),  # before the workspace: scores are written client by client
    Column("workspace_id", Key, primary_key=True),
    Column("person_id", Key),  # the CSM
    Column("team_id", Key),
    Column("renews_on", Date),
    Column("mrr", Money),
    Column("currency", String(3)),
    Column("tier", String(16), nullable=False),
    Column("score", Integer),  # 0-10; empty when not known
    Column("share", Double),  # points earned / points possible
    Column("reason", String(32)),  # why it is not known
    Column("change_7", Double),  # of the share by the client's own doing, over 7 days; empty: no score then
    Column("change_30", Double),
    Column("first_on", Date),  # of its first subscription
    Column("areas", BigInteger, nullable=False, server_default="0"),  # scores of categories (`listing.pack`)
    Column("signs", Integer, nullable=False, server_default="0"),  # a set: opportunities, going quiet (`listing.Sign`)
    Column("quiet", Text),  # the tools that are going quiet, by their keys
    Column("owned", Text),  # what it pays for: "marketing:professional,sales:starter"; empty: not known
    Column("area_changes", Text),  # `change_7` of each category that moved, by its place, as JSON; empty: none did
    Column("name_key", _folded(255), nullable=False, server_default=""),  # its record's
    # No foreign key to the workspace: with one that is deleted all its rows would go in one transaction. Nobody sees
    # them from then on, since everybody sees by the workspace that they work in, and the settling takes them out.
    _owned("client_id", table="record"),
    ForeignKeyConstraint(["installation_id", "person_id"], ["person.installation_id", "person.id"]),
    # Lists of a whole base, a tier at a time, in each order:
    Index("ix_standing_share", "installation_id", "workspace_id", "tier", "share", "client_id"),
    Index("ix_standing_change_7", "installation_id", "workspace_id", "tier", "change_7", "client_id"),
    Index("ix_standing_mrr", "installation_id", "workspace_id", "tier", "currency", "mrr", "client_id"),
    Index("ix_standing_renews_on", "installation_id", "workspace_id", "tier", "renews_on", "client_id"),
    # Names from their beginning on, of all tiers: a look-up asks for none.
    Index("ix_standing_name", "installation_id", "workspace_id", "name_key", "client_id", "tier"),
    # The clients of a CSM, of a team:
    Index("ix_standing_person", "installation_id", "workspace_id", "person_id", "tier"),
    Index("ix_standing_team", "installation_id", "workspace_id", "team_id", "tier"),
    sqlite_with_rowid=False,
)

# What a client could buy beyond what it has, by the catalog's rules, answered or not. Activation is not kept: it
# follows from the tools in use.
opportunity = Table(
    "opportunity",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("product", String(64)),
    Column("edition", String(64)),
    Column("rule", Integer, nullable=False),  # position in the catalog
    Column("evidence", Text),  # what `size` measures
    Column("size", Double),
    Column("facts", JSON, nullable=False),  # the values of its sentence
    Column("held", String(16)),  # why it waits
    _owned("client_id", table="record"),
    sqlite_with_rowid=False,
)
# What somebody answered to one, of whatever kind, and until when that holds (`bot.domain.answers`).
opportunity_answer = Table(
    "opportunity_answer",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("reply", String(16), nullable=False),
    Column("until", Date),
    Column("evidence", Text),
    Column("size", Double),
    Column("reason", Text),
    Column("person_id", Key, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    _owned("client_id", table="record"),
    _owned("person_id", table="person"),
    Index("ix_opportunity_answer_until", "installation_id", "until"),
)

# What somebody says of a tool of a client: used or not (`bot.domain.marks`).
tool_mark = Table(
    "tool_mark",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("tool", String(255), primary_key=True),  # folded, as in `tool`: the catalog says which one is meant
    Column("is_used", Boolean, nullable=False),
    Column("said_on", Date, nullable=False),
    Column("person_id", Key, nullable=False),
    _owned("client_id", table="record"),
    _owned("person_id", table="person"),
    # Clients of which a mark fades as the as-of day moves:
    Index("ix_tool_mark_said_on", "installation_id", "said_on", "client_id"),
    sqlite_with_rowid=False,
)

# The history of a client's score: a row when its points change, so it grows with what changes and not with time.
change = Table(
    "change",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("tier", String(16), nullable=False),
    Column("score", Integer),
    Column("earned", Integer, nullable=False),
    Column("possible", Integer, nullable=False),
    Column("catalog_hash", String(64), nullable=False),
    Column("ground", Text),  # what it was made from (`storage.grounds`), to say later why it moved
    Column("from_import", Boolean, nullable=False),  # worked out afterwards, for the weeks before the first import
    _owned("client_id", table="record"),
    # Clients whose "change in 7 days" runs out as the reach moves:
    Index("ix_change_day", "installation_id", "day", "client_id"),
    sqlite_with_rowid=False,
)

# Clients whose facts changed since their scores were made. Written with the facts and taken out with the scores, so
# that work which was cut off is found again.
stale = Table(
    "stale",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    _owned("client_id", table="record"),
    sqlite_with_rowid=False,
)

# Names for the look-up: each word of a name. Of each distinct word every second ending, among which a part inside it
# is a beginning, and by which a long word is found with a typo in its first half; of short words the forms with one
# letter left out (SymSpell's idea). Plain B-trees, the same on both databases, with as few rows as will do: these are
# most of what the import of a client costs. They come and go only through `storage.name_index`, hence no foreign keys.
word = Table(
    "word",
    metadata,
    _installation(primary_key=True),
    Column("word", _folded(64), primary_key=True),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
client_word = Table(
    "client_word",
    metadata,
    _installation(primary_key=True),
    Column("word", _folded(64), primary_key=True),
    Column("client_id", Key, primary_key=True),
    sqlite_with_rowid=False,
)
word_form = Table(
    "word_form",
    metadata,
    _installation(primary_key=True),
    Column("form", _folded(64), primary_key=True),
    Column("word", _folded(64), primary_key=True),
    sqlite_with_rowid=False,
)
word_ending = Table(
    "word_ending",
    metadata,
    _installation(primary_key=True),
    Column("ending", _folded(64), primary_key=True),
    Column("word", _folded(64), primary_key=True),
    sqlite_with_rowid=False,
)

# A filter under a name (`bot.domain.views`), of one person or of a team. Ids are random, so that a modal about a view
# that is gone never means another one.
saved_view = Table(
    "saved_view",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("workspace_id", Key, nullable=False),
    Column("person_id", Key, nullable=False),  # who saved it
    Column("team_id", Key),  # whose it is; empty: the person's own
    Column("name", String(60), nullable=False),
    Column("name_key", _folded(255), nullable=False),
    Column("text", Text, nullable=False),  # the filter as it is typed, with names as they were when it was saved
    Column("csm_id", Key),  # the person that it names
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    _owned("workspace_id", table="workspace"),
    _owned("person_id", table="person"),
    _owned("team_id", table="team"),
    ForeignKeyConstraint(["installation_id", "csm_id"], ["person.installation_id", "person.id"]),
    Index(
        "uq_saved_view_person",
        "installation_id",
        "workspace_id",
        "person_id",
        "name_key",
        unique=True,
        postgresql_where=text("team_id IS NULL"),
        sqlite_where=text("team_id IS NULL"),
    ),
    Index(
        "uq_saved_view_team",
        "installation_id",
        "workspace_id",
        "team_id",
        "name_key",
        unique=True,
        postgresql_where=text("team_id IS NOT NULL"),
        sqlite_where=text("team_id IS NOT NULL"),
    ),
)

# The team that a saved view's filter names. It goes with the team, while the view stays and says so: the number of a
# team that is gone may become that of another.
saved_view_team = Table(
    "saved_view_team",
    metadata,
    _installation(primary_key=True),
    Column("view_id", Key, primary_key=True),
    Column("team_id", Key, nullable=False),
    _owned("view_id", table="saved_view"),
    _owned("team_id", table="team"),
)

# Modals that were submitted and written, so that one that is sent twice writes once. Kept for a day.
submission = Table(
    "submission",
    metadata,
    _installation(primary_key=True),
    Column("slack_view_id", String(64), primary_key=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)

# Who changed which setting, when, from what to what. Rows are only added.
audit_entry = Table(
    "audit_entry",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("person_id", Key),  # empty: the command line
    Column("action", String(64), nullable=False),  # such as "workspace.created" (`storage.audit`)
    Column("subject", String(255), nullable=False),  # its name as it was then
    Column("before", Document, nullable=False),  # by setting, as people read them
    Column("after", Document, nullable=False),
    Column("subject_id", Key),  # of what is changed, where it has one
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["installation_id", "person_id"], ["person.installation_id", "person.id"]),
)

# A list that somebody asked for as a file: made and sent by a job, in any of the processes.
export_request = Table(
    "export_request",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("workspace_id", Key, nullable=False),
    Column("person_id", Key, nullable=False),  # who asked, and who gets it
    Column("filter", Text, nullable=False),  # as typed; what it means is looked up when the file is made
    Column("state", String(16), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),  # before that nobody takes it: it is worked on, or put off
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("file_id", String(32)),  # Slack's, kept before the file is posted: by it a doubtful one is looked up
    Column("error", String(64)),  # why it failed: a key of `bot.blocks.wording`, or "refused"
    Column("made_at", UtcDateTime, nullable=False),
    _owned("workspace_id", table="workspace"),
    _owned("person_id", table="person"),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="state"),
    Index("ix_export_request_lease_until", "installation_id", "state", "lease_until"),
)

# An import that somebody asked for by uploading files, that the folder asked for by having some, or that the command
# line has done. No more of the files than their names and numbers of rows.
import_run = Table(
    "import_run",
    metadata,
    _installation(primary_key=True),
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
    _owned("person_id", table="person"),
    CheckConstraint("origin IN ('folder', 'upload', 'command')", name="origin"),
    CheckConstraint("state IN ('waiting', 'running', 'landed', 'done', 'failed')", name="state"),
    Index("ix_import_run_state", "installation_id", "state", "lease_until"),
)

# What people log on a client: what is to be done, and what is worth knowing. Ids are random, so that a button about
# one never means another, and the modal that made it is kept: sent twice, it is logged once.
task = Table(
    "task",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("slack_view_id", String(64), nullable=False),
    Column("client_id", Key, nullable=False),
    Column("category", String(64)),  # its key in the catalog
    Column("title", String(255), nullable=False),
    Column("details", Text, nullable=False, server_default=""),
    Column("due_on", Date, nullable=False),
    Column("priority", String(8), nullable=False),
    Column("assignee_id", Key, nullable=False),
    Column("author_id", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),  # empty: open
    Column("done_by", Key),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("company_id", Key),  # the record of the client's company, where it is another one
    Column("remote_id", String(64)),  # the CRM's, once it is there
    _owned("client_id", table="record"),
    _owned("assignee_id", table="person"),
    _owned("author_id", table="person"),
    ForeignKeyConstraint(["installation_id", "done_by"], ["person.installation_id", "person.id"]),
    UniqueConstraint("installation_id", "slack_view_id"),
    CheckConstraint("priority IN ('low', 'medium', 'high')", name="priority"),
    # Somebody's open tasks by their day; those of a client, newest first:
    Index(
        "ix_task_open",
        "installation_id",
        "assignee_id",
        "due_on",
        "id",
        postgresql_where=text("done_at IS NULL"),
        sqlite_where=text("done_at IS NULL"),
    ),
    Index("ix_task_client", "installation_id", "client_id", "made_at", "id"),
    Index("ix_task_company", "installation_id", "company_id", "made_at", "id"),
)
note = Table(
    "note",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("slack_view_id", String(64), nullable=False),
    Column("client_id", Key, nullable=False),
    Column("category", String(64)),
    Column("body", Text, nullable=False),
    Column("author_id", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("company_id", Key),  # as of a task, as is:
    Column("remote_id", String(64)),
    _owned("client_id", table="record"),
    _owned("author_id", table="person"),
    UniqueConstraint("installation_id", "slack_view_id"),
    Index("ix_note_client", "installation_id", "client_id", "made_at", "id"),
    Index("ix_note_company", "installation_id", "company_id", "made_at", "id"),
)

# What is to be pushed to the CRM: each version of a task or note, written with it and taken out once it is there. A
# note has one version. Whether it is made there or changed follows from the subject's `remote_id`. The subject may be
# gone by then, hence no foreign key.
outbox = Table(
    "outbox",
    metadata,
    _installation(primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("subject_id", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),  # before that nobody takes it: it is worked on, or put off
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", String(255)),  # why the CRM refused it
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    CheckConstraint("kind IN ('task', 'note')", name="kind"),
    CheckConstraint("state IN ('waiting', 'sending', 'refused', 'given_up')", name="state"),
    Index(
        "ix_outbox_due",
        "installation_id",
        "lease_until",
        postgresql_where=text("state IN ('waiting', 'sending')"),
        sqlite_where=text("state IN ('waiting', 'sending')"),
    ),
)

# A direct message that is to be sent to somebody, once for its kind and key (`bot.jobs.deliveries`). Ids are random:
# by them a message of which nothing more was heard is looked for in Slack.
delivery = Table(
    "delivery",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),  # who gets it
    Column("kind", String(32), nullable=False),
    Column("key", _folded(255), nullable=False),
    Column("payload", Document),  # the message as it was made; empty: it is made when it is sent, or no longer needed
    Column("state", String(8), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # not before that
    Column("lease_until", UtcDateTime),  # until then one process works on it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("channel", String(32)),  # where it stands in Slack, as is:
    Column("ts", String(32)),
    Column("made_at", UtcDateTime, nullable=False),
    _owned("person_id", table="person"),
    UniqueConstraint("installation_id", "kind", "key"),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="state"),
    Index(
        "ix_delivery_due_at",
        "installation_id",
        "due_at",
        "id",
        postgresql_where=text("state IN ('waiting', 'sending')"),
        sqlite_where=text("state IN ('waiting', 'sending')"),
    ),
)

# When and of what somebody hears in the morning (`bot.domain.morning`). Who has a seat by clients, team or hand has a
# row; a part goes to them directly, is left to their channel's digest, or is off.
morning = Table(
    "morning",
    metadata,
    _installation(primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("at", Time, nullable=False),  # by their own clock
    Column("tasks", String(8), nullable=False),
    Column("clients", String(8), nullable=False),
    Column("renewals", String(8), nullable=False),
    Column("cover", String(8), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("next_at", UtcDateTime, nullable=False),  # when it is looked at next, in the zone that follows
    Column("time_zone", String(64), nullable=False),
    Column("told_on", Date, nullable=False),  # the last day of theirs that was told, or had nothing to tell
    Column("told_as_of", Date),  # the day that the scores spoke of then
    _owned("person_id", table="person"),
    *(
        CheckConstraint(f"{part} IN ('direct', 'channel', 'off')", name=part)
        for part in ("tasks", "clients", "renewals", "cover")
    ),
    Index("ix_morning_next_at", "installation_id", "next_at"),
)

# When somebody is away, and who covers for them. Who is back early has a shorter one, and one that had not begun goes.
absence = Table(
    "absence",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),  # the last day
    Column("cover_id", Key),
    Column("made_by", Key, nullable=False),  # themselves, or who leads them
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    _owned("person_id", table="person"),
    _owned("cover_id", table="person"),
    _owned("made_by", table="person"),
    CheckConstraint("from_on <= to_on", name="days"),
    Index("ix_absence_person", "installation_id", "person_id", "to_on"),
    Index(
        "ix_absence_cover",
        "installation_id",
        "cover_id",
        "to_on",
        postgresql_where=text("cover_id IS NOT NULL"),
        sqlite_where=text("cover_id IS NOT NULL"),
    ),
)

# A client that an import gave to another CSM, until the new one has been told (`bot.jobs.handovers`), and then for as
# long as that message is kept. Several changes before that are one: from the first CSM to the last.
handover = Table(
    "handover",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),  # random: a button about one never means another
    Column("client_id", Key, nullable=False),
    Column("property_id", Key, nullable=False),  # by which the CSM is named
    Column("from_id", Key, nullable=False),
    Column("to_id", Key, nullable=False),
    Column("is_whole", Boolean, nullable=False, server_default="0"),  # the import has ended: nothing more will come
    Column("ended", Document, nullable=False, server_default="[]"),  # what was put off: keys of opportunities and days
    Column("delivery_id", Key),  # empty: it waits
    _owned("client_id", table="record"),
    _owned("property_id", table="property"),
    _owned("from_id", table="person"),
    _owned("to_id", table="person"),
    _owned("delivery_id", table="delivery"),
    Index(
        "uq_handover_waiting",
        "installation_id",
        "client_id",
        "property_id",
        unique=True,
        postgresql_where=text("delivery_id IS NULL"),
        sqlite_where=text("delivery_id IS NULL"),
    ),
    Index("ix_handover_delivery", "installation_id", "delivery_id"),
)

# The tasks that a direct message shows, and in which version: it is brought up to date after they were changed.
shown = Table(
    "shown",
    metadata,
    _installation(primary_key=True),
    Column("delivery_id", Key, primary_key=True),
    Column("task_id", Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),  # the version that there is by now
    _owned("task_id", table="task"),
    _owned("delivery_id", table="delivery"),
    Index("ix_shown_task", "installation_id", "task_id"),
    Index(
        "ix_shown_old",
        "installation_id",
        "delivery_id",
        postgresql_where=text("version < wanted"),
        sqlite_where=text("version < wanted"),
    ),
)

# Clients that somebody follows: a person, or a team together. Those of a team outlive who made them.
key_account = Table(
    "key_account",
    metadata,
    _installation(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("client_id", Key, nullable=False),
    Column("person_id", Key),
    Column("team_id", Key),
    Column("made_by", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    _owned("client_id", table="record"),
    _owned("person_id", table="person"),
    _owned("team_id", table="team"),
    ForeignKeyConstraint(["installation_id", "made_by"], ["person.installation_id", "person.id"]),
    CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="owner"),
    UniqueConstraint("installation_id", "person_id", "client_id"),
    UniqueConstraint("installation_id", "team_id", "client_id"),
    Index("ix_key_account_client", "installation_id", "client_id"),
)

# The client that a channel is about.
channel_tie = Table(
    "channel_tie",
    metadata,
    _installation(primary_key=True),
    Column("channel_id", String(32), primary_key=True),  # Slack's
    Column("client_id", Key, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    _owned("client_id", table="record"),
    ForeignKeyConstraint(["installation_id", "made_by"], ["person.installation_id", "person.id"]),
    Index("ix_channel_tie_client", "installation_id", "client_id"),
)

# What became of a client that no other row remembers: a tool that began to go quiet, a renewal that moved. Like
# `change`, it grows with what changes and not with time.
client_event = Table(
    "client_event",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("subject", String(255), primary_key=True),  # the tool's key, or the workspace's id
    Column("before", Date),  # the renewal then
    Column("after", Date),
    _owned("client_id", table="record"),
    CheckConstraint("kind IN ('quiet', 'renewal')", name="kind"),
    sqlite_with_rowid=False,
)

# The Home tab of each person who has opened it: where they are in it, and what was published last.
home = Table(
    "home",
    metadata,
    _installation(primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("place", Text, nullable=False),  # the tab, and what is shown of it (`bot.domain.home.Place`)
    Column("hash", String(64), nullable=False),  # of the content: what is the same is not published again
    Column("slack_hash", String(64), nullable=False),  # Slack's of what was published: by it a newer one is not undone
    Column("is_stale", Boolean, nullable=False, server_default="0"),  # something that it shows was changed elsewhere
    _owned("person_id", table="person"),
    Index(
        "ix_home_stale",
        "installation_id",
        "person_id",
        postgresql_where=text("is_stale"),
        sqlite_where=text("is_stale"),
    ),
)

# A client in a workspace by each category that its subscription includes: what `standing` says of that, for lists of a
# category over a whole base. It follows from the standing alone (`storage.areas`); without a foreign key to it, for
# which each client's rows would have to be found.
standing_area = Table(
    "standing_area",
    metadata,
    _installation(primary_key=True),
    Column("workspace_id", Key, primary_key=True),
    Column("area", Integer, primary_key=True),  # the category's place in the catalog
    Column("phase", Integer, primary_key=True),  # of the order by score (`listing.Position`)
    Column("level", Integer, primary_key=True),  # the category's score, as in `standing.areas`
    Column("share", Double, primary_key=True),  # the client's; 0 where it is not known
    Column("client_id", Key, primary_key=True),
    Column("change_7", Double),  # the category's
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    Index("ix_standing_area_change_7", "installation_id", "workspace_id", "area", "phase", "change_7", "client_id"),
    sqlite_with_rowid=False,
)

# Who has taken a low client. It goes when the client is given back, is low no longer, or gets another CSM.
claim = Table(
    "claim",
    metadata,
    _installation(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    _owned("client_id", table="record"),
    _owned("person_id", table="person"),
    sqlite_with_rowid=False,
)
