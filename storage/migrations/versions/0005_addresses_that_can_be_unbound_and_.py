"""Addresses that can be unbound, and standings that outlive a workspace.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject_id", KEY, nullable=True))

    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("everything_to", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("person_address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("teams", DOCUMENT, server_default="[]", nullable=False))

    with op.batch_alter_table("standing", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_standing_installation_id_workspace_id"), type_="foreignkey")
