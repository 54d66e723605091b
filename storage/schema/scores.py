"""What is made of the facts: standings, their history, opportunities, and what waits to be made."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from storage.schema.columns import Key, Money, UtcDateTime, folded, installation_id, metadata, owned

# A client in a workspace as lists, counts and digests need it, kept with whatever changes it.
standing = Table(
    "standing",
    metadata,
    installation_id(primary_key=True),
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
    Column("name_key", folded(255), nullable=False, server_default=""),  # its record's
    # No foreign key to the workspace: with one that is deleted all its rows would go in one transaction. Nobody sees
    # them from then on, since everybody sees by the workspace that they work in, and the settling takes them out.
    owned("client_id", table="record"),
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

# A client in a workspace by each category that its subscription includes: what `standing` says of that, for lists of a
# category over a whole base. It follows from the standing alone (`storage.areas`); without a foreign key to it, for
# which each client's rows would have to be found.
standing_area = Table(
    "standing_area",
    metadata,
    installation_id(primary_key=True),
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

# What a client could buy beyond what it has, by the catalog's rules, answered or not. Activation is not kept: it
# follows from the tools in use.
opportunity = Table(
    "opportunity",
    metadata,
    installation_id(primary_key=True),
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
    owned("client_id", table="record"),
    sqlite_with_rowid=False,
)

# What somebody answered to one, of whatever kind, and until when that holds (`bot.domain.answers`).
opportunity_answer = Table(
    "opportunity_answer",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("reply", String(16), nullable=False),
    Column("until", Date),
    Column("evidence", Text),
    Column("size", Double),
    Column("reason", Text),
    Column("person_id", Key, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    Index("ix_opportunity_answer_until", "installation_id", "until"),
)

# The history of a client's score: a row when its points change, so it grows with what changes and not with time.
change = Table(
    "change",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("tier", String(16), nullable=False),
    Column("score", Integer),
    Column("earned", Integer, nullable=False),
    Column("possible", Integer, nullable=False),
    Column("catalog_hash", String(64), nullable=False),
    Column("ground", Text),  # what it was made from (`storage.grounds`), to say later why it moved
    Column("from_import", Boolean, nullable=False),  # worked out afterwards, for the weeks before the first import
    owned("client_id", table="record"),
    # Clients whose "change in 7 days" runs out as the reach moves:
    Index("ix_change_day", "installation_id", "day", "client_id"),
    sqlite_with_rowid=False,
)

# Clients whose facts changed since their scores were made. Written with the facts and taken out with the scores, so
# that work which was cut off is found again.
stale = Table(
    "stale",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    owned("client_id", table="record"),
    sqlite_with_rowid=False,
)

# What became of a client that no other row remembers: a tool that began to go quiet, a renewal that moved. Like
# `change`, it grows with what changes and not with time.
client_event = Table(
    "client_event",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("subject", String(255), primary_key=True),  # the tool's key, or the workspace's id
    Column("before", Date),  # the renewal then
    Column("after", Date),
    owned("client_id", table="record"),
    CheckConstraint("kind IN ('quiet', 'renewal')", name="kind"),
    # What is new since a day, of whichever clients:
    Index("ix_client_event_day", "installation_id", "day", "client_id"),
    sqlite_with_rowid=False,
)
