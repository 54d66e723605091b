"""What the bot says unasked in channels: digests, what each named, alerts; and what people answer to clients named."""

from __future__ import annotations

from sqlalchemy import (
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
    UniqueConstraint,
    text,
)

from storage.schema.columns import Document, Key, UtcDateTime, folded, installation_id, metadata, owned

# What is to be told to which channel, and when (`bot.domain.digests`). Ids are random, so that a modal about one that
# is gone never means another.
digest = Table(
    "digest",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("workspace_id", Key, nullable=False),  # inside its clients, whoever made it
    Column("team_id", Key),  # of that team alone; empty: of the whole workspace
    Column("view_id", Key),  # the saved view that it tells of, where `content` is "view"
    Column("name", String(80), nullable=False),
    Column("name_key", folded(255), nullable=False),
    Column("content", String(8), nullable=False),
    Column("channel_id", String(32)),  # Slack's; empty: not chosen yet
    Column("days", Integer, nullable=False),  # of the week, as bits from Monday on
    Column("at", Integer, nullable=False),  # minutes after midnight, in this zone:
    Column("time_zone", String(64), nullable=False),
    Column("grace", Integer, nullable=False, server_default="180"),  # minutes: later than that a run is left out
    Column("thresholds", Document, nullable=False, server_default="{}"),  # those that differ from the usual ones
    Column("alerts", Document),  # of which clients a message is sent between digests; empty: of none
    Column("escalates", Integer),  # working hours after which nobody's low client goes to the leads; empty: never
    Column("paused", String(32)),  # why it rests; empty: it runs
    Column("next_at", UtcDateTime),  # when it runs next; empty: it rests
    Column("told_on", Date),  # the local day of the last run that was due, and
    Column("told_as_of", Date),  # the day that the scores spoke of when it last said something or had nothing to say
    Column("made_by", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("look_at", UtcDateTime),  # when it is looked whether there is news for its alerts; empty: at once
    Column("left_out", Document),  # clients that were too many for alerts and wait for its next run, and which that is
    owned("workspace_id", table="workspace"),
    owned("team_id", table="team"),
    ForeignKeyConstraint(["installation_id", "made_by"], ["person.installation_id", "person.id"]),
    CheckConstraint("content IN ('low', 'renewals', 'both', 'view')", name="content"),
    UniqueConstraint("installation_id", "workspace_id", "name_key"),
    Index(
        "ix_digest_next_at",
        "installation_id",
        "next_at",
        postgresql_where=text("next_at IS NOT NULL"),
        sqlite_where=text("next_at IS NOT NULL"),
    ),
    Index(
        "ix_digest_look_at",
        "installation_id",
        "look_at",
        postgresql_where=text("alerts IS NOT NULL"),
        sqlite_where=text("alerts IS NOT NULL"),
    ),
)

# The clients that a delivery in a channel named, and why: by them a message is brought up to date once somebody takes
# one, and a client at the edge of a tier is not named again and again.
named_client = Table(
    "named_client",
    metadata,
    installation_id(primary_key=True),
    Column("delivery_id", Key, primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("digest_id", Key, nullable=False),
    Column("rule", String(16), nullable=False),  # fell, recovered, quiet, renewal, moved, first …
    Column("named_on", Date, nullable=False),
    Column("escalates_at", UtcDateTime),  # when it is looked whether somebody took it; empty: no more, or never
    Column("leads_at", UtcDateTime),  # when the leads were told that nobody did
    owned("delivery_id", table="delivery"),
    owned("client_id", table="record"),
    owned("digest_id", table="digest"),
    Index("ix_named_client_client", "installation_id", "client_id", "named_on"),
    Index("ix_named_client_digest", "installation_id", "digest_id", "named_on"),
    Index(
        "ix_named_client_escalates_at",
        "installation_id",
        "escalates_at",
        postgresql_where=text("escalates_at IS NOT NULL"),
        sqlite_where=text("escalates_at IS NOT NULL"),
    ),
)

# A client that is left out of digests until a day, and why. It ends early when the client falls again or its renewal
# comes near (`bot.domain.snoozes`).
snooze = Table(
    "snooze",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),  # who put it off
    Column("until", Date, nullable=False),  # the first day on which it is told again
    Column("reason", Text, nullable=False),
    Column("share", Double),  # the client's then: below it, it fell again
    Column("made_at", UtcDateTime, nullable=False),
    Column("renews_on", Date),  # the client's then: where it was near already, it ends nothing
    owned("client_id", table="record"),
    owned("person_id", table="person"),
)

# "Not useful", by the rule that named the client.
not_useful = Table(
    "not_useful",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("digest_id", Key),  # may be gone by now, hence no foreign key
    Column("client_id", Key, nullable=False),
    Column("rule", String(16), nullable=False),
    Column("person_id", Key, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    UniqueConstraint("installation_id", "client_id", "rule", "person_id", "digest_id"),
)

# What became of a renewal: of that day, so it ends when the date changes.
renewal_outcome = Table(
    "renewal_outcome",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("renews_on", Date, primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text),
    Column("person_id", Key, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    CheckConstraint("outcome IN ('renewed', 'smaller', 'leaving', 'too_early')", name="outcome"),
)

# An episode of a client in a channel between digests: one message, its news in the thread, closed on recovery.
alert = Table(
    "alert",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("digest_id", Key, nullable=False),
    Column("client_id", Key, nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("delivery_id", Key, nullable=False),  # its message; another one where Slack had lost the first
    Column("state", Document, nullable=False),  # what the message says by now, ids and numbers only
    Column("reposted", Integer, nullable=False, server_default="0"),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    owned("digest_id", table="digest"),
    owned("client_id", table="record"),
    owned("delivery_id", table="delivery"),
    Index(
        "uq_alert_open",
        "installation_id",
        "digest_id",
        "client_id",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
    Index("ix_alert_channel", "installation_id", "channel_id", "opened_at"),
)

# Channels that client data may be posted to although guests or another company read them: an admin said so.
allowed_channel = Table(
    "allowed_channel",
    metadata,
    installation_id(primary_key=True),
    Column("name", String(80), primary_key=True),  # Slack's, without the #: one that is renamed is another
    Column("allowed_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)

# What Slack said of a channel and of who reads it, for all processes: until somebody joins it or it is shared.
channel = Table(
    "channel",
    metadata,
    installation_id(primary_key=True),
    Column("id", String(32), primary_key=True),  # Slack's
    Column("changes", Integer, nullable=False, server_default="0"),  # what was asked before the newest is not kept
    Column("name", String(80)),
    Column("is_external", Boolean),
    Column("is_archived", Boolean),
    Column("members", Document),  # their ids in Slack
    Column("asked_at", UtcDateTime),  # empty: nothing is known
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)
