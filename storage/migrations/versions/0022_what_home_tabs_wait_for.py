"""What Home tabs wait for, and whose services and deals are.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

MOMENT = sa.DateTime(timezone=True)
NAMED = {"sqlite": "json_extract(properties, '$.client_id')", "postgresql": "properties ->> 'client_id'"}


def upgrade() -> None:
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lease_until", MOMENT, nullable=True))
        batch_op.drop_index("ix_home_stale", sqlite_where=sa.text("is_stale"))
        batch_op.create_index(
            "ix_home_stale",
            ["installation_id", "person_id"],
            unique=False,
            postgresql_where=sa.text("is_stale OR lease_until IS NOT NULL"),
            sqlite_where=sa.text("is_stale OR lease_until IS NOT NULL"),
        )

    op.add_column("record", sa.Column("client_key", sa.String(length=255), nullable=True))
    named = NAMED[op.get_bind().dialect.name]
    op.execute(f"UPDATE record SET client_key = substr({named}, 1, 255) WHERE {named} IS NOT NULL")  # noqa: S608 (our own)
    op.create_index(
        "ix_record_client_key",
        "record",
        ["installation_id", "object", "client_key"],
        unique=False,
        postgresql_where=sa.text("client_key IS NOT NULL"),
        sqlite_where=sa.text("client_key IS NOT NULL"),
    )
