"""What alerts wait for.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.add_column(sa.Column("look_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("left_out", DOCUMENT, nullable=True))
        batch_op.create_index(
            "ix_digest_look_at",
            ["installation_id", "look_at"],
            unique=False,
            postgresql_where=sa.text("alerts IS NOT NULL"),
            sqlite_where=sa.text("alerts IS NOT NULL"),
        )
    # No alerts were written as JSON's null, which is not SQL's:
    op.execute(sa.text("UPDATE digest SET alerts = NULL WHERE CAST(alerts AS TEXT) = 'null'"))
