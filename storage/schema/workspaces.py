"""Customer success workspaces, and what people keep of their own: views, forms that were sent, the audit, Home tabs."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text, text

from storage.schema.columns import Document, Key, UtcDateTime, folded, installation_id, metadata, owned

workspace = Table(
    "workspace",
    metadata,
    installation_id(primary_key=True),
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
    installation_id(primary_key=True),
    Column("workspace_id", Key, primary_key=True),
    Column("object", String(64), primary_key=True),
    Column("is_shown", Boolean, nullable=False, server_default="1"),
    Column("csm_property", String(255)),
    Column("renewal_property", String(255)),  # or the end date of a revenue object
    Column("pipelines", Document, nullable=False, server_default="[]"),  # their names; none chosen: all
    Column("default_pipeline", String(255)),
    Column("layout", String(8), nullable=False, server_default="table"),
    owned("workspace_id", table="workspace"),
    CheckConstraint("layout IN ('table', 'board')", name="layout"),
)

# A filter under a name (`bot.domain.views`), of one person or of a team. Ids are random, so that a modal about a view
# that is gone never means another one.
saved_view = Table(
    "saved_view",
    metadata,
    installation_id(primary_key=True),
    Column("id", Key, primary_key=True),
    Column("workspace_id", Key, nullable=False),
    Column("person_id", Key, nullable=False),  # who saved it
    Column("team_id", Key),  # whose it is; empty: the person's own
    Column("name", String(60), nullable=False),
    Column("name_key", folded(255), nullable=False),
    Column("text", Text, nullable=False),  # the filter as it is typed, with names as they were when it was saved
    Column("csm_id", Key),  # the person that it names
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    owned("workspace_id", table="workspace"),
    owned("person_id", table="person"),
    owned("team_id", table="team"),
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
    installation_id(primary_key=True),
    Column("view_id", Key, primary_key=True),
    Column("team_id", Key, nullable=False),
    owned("view_id", table="saved_view"),
    owned("team_id", table="team"),
)

# Modals that were submitted and written, so that one that is sent twice writes once. Kept for a day.
submission = Table(
    "submission",
    metadata,
    installation_id(primary_key=True),
    Column("slack_view_id", String(64), primary_key=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
)

# Who changed which setting, when, from what to what. Rows are only added.
audit_entry = Table(
    "audit_entry",
    metadata,
    installation_id(primary_key=True),
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

# The Home tab of each person who has opened it: where they are in it, and what was published last.
home = Table(
    "home",
    metadata,
    installation_id(primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("place", Text, nullable=False),  # the tab, and what is shown of it (`bot.domain.home.Place`)
    Column("hash", String(64), nullable=False),  # of the content: what is the same is not published again
    Column("slack_hash", String(64), nullable=False),  # Slack's of what was published: by it a newer one is not undone
    Column("is_stale", Boolean, nullable=False, server_default="0"),  # something that it shows was changed elsewhere
    Column("lease_until", UtcDateTime),  # until then one process publishes it; after that it was not published
    owned("person_id", table="person"),
    Index(
        "ix_home_stale",
        "installation_id",
        "person_id",
        postgresql_where=text("is_stale OR lease_until IS NOT NULL"),
        sqlite_where=text("is_stale OR lease_until IS NOT NULL"),
    ),
)
