"""The question that each line is listened to, where we recognise speech ourselves."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listenings",
        sa.Column("leg_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("speaking_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_murmured", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_listenings_leg_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("leg_id", name=op.f("pk_listenings")),
        sa.UniqueConstraint("token", name=op.f("uq_listenings_token")),
    )
    op.create_index("ix_listenings_opened_at", "listenings", ["opened_at"])


def downgrade() -> None:
    op.drop_table("listenings")
