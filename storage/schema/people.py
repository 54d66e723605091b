"""People of an installation: their addresses, teams, absences and mornings."""

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
    Time,
    UniqueConstraint,
    text,
)

from storage.schema.columns import Document, Key, UtcDateTime, folded, installation_id, metadata, owned

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
    installation_id(primary_key=True),
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
    installation_id(primary_key=True),
    Column("email", String(320), primary_key=True),
    Column("person_id", Key, nullable=False),
    owned("person_id", table="person"),
    Index("ix_person_address_person", "installation_id", "person_id"),
)

# People who look after clients together. Each person has one primary team and may be in others.
team = Table(
    "team",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("name_key", folded(255), nullable=False),  # folded (`bot.domain.catalog.fold`): how a team is found
    Column("country", String(2)),  # ISO 3166
    Column("time_zone", String(64)),  # IANA
    Column("source_id", Key),  # that made it: the sample's teams leave with the sample
    Column("workspace_id", Key),  # whose it is; empty: the primary one's
    Column("channel_id", String(32)),  # where its digests are posted
    Column("version", Integer, nullable=False, server_default="1"),
    ForeignKeyConstraint(["installation_id", "workspace_id"], ["workspace.installation_id", "workspace.id"]),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    owned("source_id", table="source"),
    UniqueConstraint("installation_id", "name_key"),
)

team_member = Table(
    "team_member",
    metadata,
    installation_id(primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("team_id", Key, primary_key=True),
    Column("is_primary", Boolean, nullable=False, server_default="0"),
    Column("is_lead", Boolean, nullable=False, server_default="0"),
    owned("person_id", table="person"),
    owned("team_id", table="team"),
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
    installation_id(primary_key=True),
    Column("email", String(320), primary_key=True),
    Column("team_id", Key, primary_key=True),
    Column("is_primary", Boolean, nullable=False),  # as whom only the data named had it
    Column("is_lead", Boolean, nullable=False),
    Column("is_shared", Boolean, nullable=False),  # the person was in it anyway
    ForeignKeyConstraint(
        ["installation_id", "email"], ["person_address.installation_id", "person_address.email"], ondelete="CASCADE"
    ),
    owned("team_id", table="team"),
)

# When somebody is away, and who covers for them. Who is back early has a shorter one, and one that had not begun goes.
absence = Table(
    "absence",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),  # the last day
    Column("cover_id", Key),
    Column("made_by", Key, nullable=False),  # themselves, or who leads them
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    owned("person_id", table="person"),
    owned("cover_id", table="person"),
    owned("made_by", table="person"),
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

# When and of what somebody hears in the morning (`bot.domain.morning`). Who has a seat by clients, team or hand has a
# row; a part goes to them directly, is left to their channel's digest, or is off.
morning = Table(
    "morning",
    metadata,
    installation_id(primary_key=True),
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
    owned("person_id", table="person"),
    *(
        CheckConstraint(f"{part} IN ('direct', 'channel', 'off')", name=part)
        for part in ("tasks", "clients", "renewals", "cover")
    ),
    Index("ix_morning_next_at", "installation_id", "next_at"),
)
