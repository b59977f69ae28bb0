"""What callers are told of the wait is measured for each list of a group, by agents who may take it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # It is rewritten every second: there is nothing to keep.
    op.drop_table("line_speeds")
    op.create_table(
        "line_speeds",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("handle_seconds", sa.Float()),
        sa.Column("wait_seconds", sa.Float()),
        sa.Column("able", sa.Integer(), nullable=False),
        sa.Column("staffed", sa.Integer(), nullable=False),
        sa.Column("places", postgresql.JSONB(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.Column("deserted_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "needs", name=op.f("pk_line_speeds")),
    )
    op.create_index("ix_engagements_offered_at", "engagements", ["offered_at"])


def downgrade() -> None:
    op.drop_index("ix_engagements_offered_at", table_name="engagements")
    op.drop_table("line_speeds")
    op.create_table(
        "line_speeds",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("handle_seconds", sa.Float()),
        sa.Column("staffed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_line_speeds")),
    )
