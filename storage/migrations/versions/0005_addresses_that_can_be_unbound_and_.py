"""Addresses that can be unbound, and standings that outlive a workspace.

Forwards only: the way back is the backup made before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_address_team",
        sa.Column("installation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id", "email"],
            ["person_address.installation_id", "person_address.email"],
            name=op.f("fk_person_address_team_installation_id_email"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id", "team_id"],
            ["team.installation_id", "team.id"],
            name=op.f("fk_person_address_team_installation_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "email", "team_id", name=op.f("pk_person_address_team")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject_id", KEY, nullable=True))

    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("everything_to", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("standing", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_standing_installation_id_workspace_id"), type_="foreignkey")
