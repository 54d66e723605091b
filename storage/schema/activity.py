"""What people log on clients and follow, and what is sent: tasks, notes, key accounts, messages, files."""

from __future__ import annotations

from sqlalchemy import (
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

from storage.schema.columns import Document, Key, UtcDateTime, folded, installation_id, metadata, owned

# What people log on a client: what is to be done, and what is worth knowing. Ids are random, so that a button about
# one never means another, and the modal that made it is kept: sent twice, it is logged once.
task = Table(
    "task",
    metadata,
    installation_id(primary_key=True),
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
    owned("client_id", table="record"),
    owned("assignee_id", table="person"),
    owned("author_id", table="person"),
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
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("slack_view_id", String(64), nullable=False),
    Column("client_id", Key, nullable=False),
    Column("category", String(64)),
    Column("body", Text, nullable=False),
    Column("author_id", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("company_id", Key),  # as of a task, as is:
    Column("remote_id", String(64)),
    owned("client_id", table="record"),
    owned("author_id", table="person"),
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
    installation_id(primary_key=True),
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

# A message that is to be sent to somebody, or to a channel, once for its kind and key (`bot.jobs.deliveries`). Ids are
# random: by them a message of which nothing more was heard is looked for in Slack.
delivery = Table(
    "delivery",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("person_id", Key),  # who gets it; empty: a channel does
    Column("kind", String(32), nullable=False),
    Column("key", folded(255), nullable=False),
    Column("payload", Document),  # the message as it was made; empty: it is made when it is sent, or no longer needed
    Column("state", String(8), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # not before that
    Column("lease_until", UtcDateTime),  # until then one process works on it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("channel", String(32)),  # where it stands in Slack, as is:
    Column("ts", String(32)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("digest_id", Key),  # of a channel's: what it belongs to
    Column("thread_ts", String(32)),  # of news: the message under which it is told
    Column("facts", Document),  # what is said, as ids and numbers: by it the message is brought up to date
    Column("reason", String(64)),  # why it was not sent
    Column("changes", Integer, nullable=False, server_default="0"),  # of what a digest says, since it was last drawn
    Column(
        "kills", Integer, nullable=False, server_default="0"
    ),  # how often its process ended in the middle: no attempts
    owned("person_id", table="person"),
    owned("digest_id", table="digest"),
    UniqueConstraint("installation_id", "kind", "key"),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'quiet', 'skipped')", name="state"),
    CheckConstraint("(person_id IS NULL) <> (digest_id IS NULL)", name="to"),
    Index("ix_delivery_digest", "installation_id", "digest_id", "made_at"),
    Index(
        "ix_delivery_changes",
        "installation_id",
        "id",
        postgresql_where=text("changes > 0"),
        sqlite_where=text("changes > 0"),
    ),
    Index(
        "ix_delivery_due_at",
        "installation_id",
        "due_at",
        "id",
        postgresql_where=text("state IN ('waiting', 'sending')"),
        sqlite_where=text("state IN ('waiting', 'sending')"),
    ),
)

# The tasks that a direct message shows, and in which version: it is brought up to date after they were changed.
shown = Table(
    "shown",
    metadata,
    installation_id(primary_key=True),
    Column("delivery_id", Key, primary_key=True),
    Column("task_id", Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),  # the version that there is by now
    owned("task_id", table="task"),
    owned("delivery_id", table="delivery"),
    Index("ix_shown_task", "installation_id", "task_id"),
    Index(
        "ix_shown_old",
        "installation_id",
        "delivery_id",
        postgresql_where=text("version < wanted"),
        sqlite_where=text("version < wanted"),
    ),
)

# A client that an import gave to another CSM, until the new one has been told (`bot.jobs.handovers`), and then for as
# long as that message is kept. Several changes before that are one: from the first CSM to the last.
handover = Table(
    "handover",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),  # random: a button about one never means another
    Column("client_id", Key, nullable=False),
    Column("property_id", Key, nullable=False),  # by which the CSM is named
    Column("from_id", Key, nullable=False),
    Column("to_id", Key, nullable=False),
    Column("is_whole", Boolean, nullable=False, server_default="0"),  # the import has ended: nothing more will come
    Column("ended", Document, nullable=False, server_default="[]"),  # what was put off: keys of opportunities and days
    Column("delivery_id", Key),  # empty: it waits
    owned("client_id", table="record"),
    owned("property_id", table="property"),
    owned("from_id", table="person"),
    owned("to_id", table="person"),
    owned("delivery_id", table="delivery"),
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

# Clients that somebody follows: a person, or a team together. Those of a team outlive who made them.
key_account = Table(
    "key_account",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("client_id", Key, nullable=False),
    Column("person_id", Key),
    Column("team_id", Key),
    Column("made_by", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    owned("team_id", table="team"),
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
    installation_id(primary_key=True),
    Column("channel_id", String(32), primary_key=True),  # Slack's
    Column("client_id", Key, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    ForeignKeyConstraint(["installation_id", "made_by"], ["person.installation_id", "person.id"]),
    Index("ix_channel_tie_client", "installation_id", "client_id"),
)

# A list that somebody asked for as a file: made and sent by a job, in any of the processes.
export_request = Table(
    "export_request",
    metadata,
    installation_id(primary_key=True),
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
    owned("workspace_id", table="workspace"),
    owned("person_id", table="person"),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="state"),
    Index("ix_export_request_lease_until", "installation_id", "state", "lease_until"),
)

# Who has taken a low client. It goes when the client is given back, is low no longer, or gets another CSM.
claim = Table(
    "claim",
    metadata,
    installation_id(primary_key=True),
    Column("client_id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    owned("client_id", table="record"),
    owned("person_id", table="person"),
    sqlite_with_rowid=False,
)

# Before when nothing more is posted to a place: a channel, somebody, or (empty) the whole Slack workspace. By it all
# processes together keep to Slack's pace, and to what it asks for where it has had enough.
pace = Table(
    "pace",
    metadata,
    installation_id(primary_key=True),
    Column("place", String(32), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)
