"""Which report of which conference a leg's state comes from, so that late ones change nothing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("legs", sa.Column("room", sa.Text(), nullable=True))
    op.add_column("legs", sa.Column("room_sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("legs", sa.Column("left_rooms", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("legs", sa.Column("hold_asked", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("legs", "hold_asked")
    op.drop_column("legs", "left_rooms")
    op.drop_column("legs", "room_sequence")
    op.drop_column("legs", "room")
