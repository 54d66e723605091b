"""Changes of categories.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("area_changes", sa.Text(), nullable=True))
    # All scores are made again: what is new here is made with them.
    op.execute("UPDATE installation SET settled_to = 0 WHERE as_of IS NOT NULL")
