"""What became of clients, by its day.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("client_event", schema=None) as batch_op:
        batch_op.create_index("ix_client_event_day", ["installation_id", "day", "client_id"], unique=False)
