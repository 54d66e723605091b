"""Names of standings.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NAMES = """
    UPDATE standing SET name_key = (
        SELECT name_key FROM record WHERE record.installation_id = standing.installation_id AND record.id = client_id
    )
"""


def upgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "name_key",
                sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
                server_default="",
                nullable=False,
            )
        )
    op.execute(NAMES)
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_standing_name", ["installation_id", "workspace_id", "name_key", "client_id", "tier"], unique=False
        )
