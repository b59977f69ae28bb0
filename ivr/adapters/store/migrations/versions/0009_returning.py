"""Whose place in line an entry has taken up again, and entries found by their contact."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue_entries", sa.Column("place_of", sa.Uuid(as_uuid=False)))
    op.create_foreign_key(
        op.f("fk_queue_entries_place_of"),
        "queue_entries",
        "queue_entries",
        ["place_of"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "uq_queue_entries_place_of",
        "queue_entries",
        ["place_of"],
        unique=True,
        postgresql_where=sa.text("place_of IS NOT NULL"),
    )
    op.create_index("ix_queue_entries_contact_id", "queue_entries", ["contact_id"])


def downgrade() -> None:
    op.drop_index("ix_queue_entries_contact_id", table_name="queue_entries")
    op.drop_index("uq_queue_entries_place_of", table_name="queue_entries")
    op.drop_column("queue_entries", "place_of")
