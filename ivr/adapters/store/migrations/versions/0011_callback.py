"""Callbacks: what was promised, and places in line that are held while the citizen cannot be rung."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_IN_LINE = "state IN ('callback', 'waiting')"
_NOT_HELD = f"{_IN_LINE} AND held_until IS NULL"
_ALONE = "split_part(needs, ';', 3)"
_GOALS_BEFORE = "'flow', 'whisper', 'conference', 'gone'"
_GOALS = "'flow', 'whisper', 'conference', 'called_back', 'gone'"


def _index_the_line(in_line: str) -> None:
    for name in ("heads", "change_at", "alone"):
        op.drop_index(f"ix_queue_entries_{name}", table_name="queue_entries")
    op.create_index(
        "ix_queue_entries_heads",
        "queue_entries",
        ["group_id", "queue_class", "needs", "rank_at"],
        postgresql_where=sa.text(in_line),
    )
    op.create_index("ix_queue_entries_change_at", "queue_entries", ["change_at"], postgresql_where=sa.text(in_line))
    op.create_index(
        "ix_queue_entries_alone",
        "queue_entries",
        [sa.text(_ALONE)],
        postgresql_where=sa.text(f"{in_line} AND {_ALONE} <> ''"),
    )


def _know_goals(goals: str) -> None:
    op.drop_constraint(op.f("ck_legs_goal_known"), "legs", type_="check")
    op.create_check_constraint(op.f("ck_legs_goal_known"), "legs", f"goal IN ({goals})")


def upgrade() -> None:
    op.add_column("queue_entries", sa.Column("callback_at", sa.DateTime(timezone=True)))
    op.add_column("queue_entries", sa.Column("held_until", sa.DateTime(timezone=True)))
    _index_the_line(_NOT_HELD)
    op.create_index(
        "ix_queue_entries_held_until",
        "queue_entries",
        ["held_until"],
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    _know_goals(_GOALS)
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("entry_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("caller_pseudonym", sa.Text()),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("first_called_at", sa.DateTime(timezone=True)),
        sa.Column("told_late_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('open', 'reached', 'unreached', 'cancelled', 'taken_over', 'given_up')",
            name=op.f("ck_callbacks_state_known"),
        ),
        sa.CheckConstraint("state = 'open' OR ended_at IS NOT NULL", name=op.f("ck_callbacks_ended_unless_open")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_callbacks_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["queue_entries.id"], name=op.f("fk_callbacks_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(
        "uq_callbacks_open",
        "callbacks",
        ["caller_pseudonym", "topic"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_callbacks_contact_id", "callbacks", ["contact_id"])
    op.create_index("ix_callbacks_entry_id", "callbacks", ["entry_id"], unique=True)
    op.create_index("ix_callbacks_asked_at", "callbacks", ["asked_at"])
    op.create_index(
        "ix_callbacks_promised_until", "callbacks", ["promised_until"], postgresql_where=sa.text("state = 'open'")
    )


def downgrade() -> None:
    op.drop_table("callbacks")
    _know_goals(_GOALS_BEFORE)
    op.drop_index("ix_queue_entries_held_until", table_name="queue_entries")
    _index_the_line(_IN_LINE)
    op.drop_column("queue_entries", "held_until")
    op.drop_column("queue_entries", "callback_at")
