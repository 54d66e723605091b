"""Categories of standings.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOTHING = "UPDATE standing SET areas = 1152921504606846975, area_changes = NULL"  # no category is included


def upgrade() -> None:
    op.create_table(
        "standing_area",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", KEY, nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("change_7", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_standing_area_installation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "installation_id",
            "workspace_id",
            "area",
            "phase",
            "level",
            "share",
            "client_id",
            name=op.f("pk_standing_area"),
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("standing_area", schema=None) as batch_op:
        batch_op.create_index(
            "ix_standing_area_change_7",
            ["installation_id", "workspace_id", "area", "phase", "change_7", "client_id"],
            unique=False,
        )
    # All scores are made again, and with them these rows; until then no standing speaks of categories.
    op.execute(NOTHING)
    op.execute("UPDATE installation SET settled_to = 0 WHERE as_of IS NOT NULL")
