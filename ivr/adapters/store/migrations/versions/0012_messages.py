"""A message is a task: due at a moment, taken by somebody, ended with an outcome; and its sound is kept by us."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("due_at", "overdue_at", "taken_at", "fetched_at", "deleted_at"):
        op.add_column("messages", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("taken_by", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("messages", sa.Column("outcome", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_messages_taken_by"), "messages", "agents", ["taken_by"], ["id"])
    op.drop_index("ix_messages_open", table_name="messages")
    op.create_index(
        "ix_messages_open",
        "messages",
        ["group_id", "due_at"],
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_index("ix_messages_at_carrier", "messages", ["left_at"], postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_table(
        "message_sounds",
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_sounds_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_sounds")),
    )


def downgrade() -> None:
    op.drop_table("message_sounds")
    op.drop_index("ix_messages_at_carrier", table_name="messages")
    op.drop_index("ix_messages_open", table_name="messages")
    op.create_index(
        "ix_messages_open",
        "messages",
        ["group_id", "left_at"],
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.drop_constraint(op.f("fk_messages_taken_by"), "messages", type_="foreignkey")
    for name in ("outcome", "taken_by", "deleted_at", "fetched_at", "taken_at", "overdue_at", "due_at"):
        op.drop_column("messages", name)
