"""Lists by what callers need, and ready agents laid out by what they can; together they make a match of constant cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IN_LINE = "state IN ('callback', 'waiting')"
_LIVE = "state IN ('callback', 'connected', 'offered', 'waiting')"
_WAS_LIVE = "state IN ('connected', 'offered', 'waiting')"
_ALONE = "split_part(needs, ';', 3)"

_NEEDS_OF_OLD_ENTRIES = """
UPDATE queue_entries SET
    needs = group_id || ';' || coalesce(skill || ':' || required_level, '') || ';',
    asked = jsonb_build_object(
        'needs', jsonb_build_object('groups', jsonb_build_array(group_id), 'skills',
            CASE WHEN skill IS NULL THEN '[]'::jsonb
                 ELSE jsonb_build_array(jsonb_build_array(skill, required_level)) END),
        'entered_at', entered_at)
"""

_WHO_IS_READY = """
INSERT INTO ready_places (agent_id, group_id, skill, level, rank)
SELECT own.agent_id, own.group_id, able.skill, able.level, extract(epoch FROM coalesce(agents.idle_since, agents.since))
FROM agents JOIN agent_groups AS own ON own.agent_id = agents.id, LATERAL (
    SELECT '' AS skill, 0 AS level
    UNION ALL SELECT skill, level FROM agent_skills WHERE agent_id = own.agent_id) AS able
WHERE agents.state = 'ready' AND agents.device <> ''
"""


def upgrade() -> None:
    op.create_table(
        "ready_places",
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ready_places_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "group_id", "skill", name=op.f("pk_ready_places")),
    )
    op.create_index("ix_ready_places_order", "ready_places", ["group_id", "skill", "level", "rank", "agent_id"])
    op.execute(_WHO_IS_READY)
    op.drop_index("ix_agents_ready", table_name="agents")
    op.add_column("agents", sa.Column("offered_at", sa.DateTime(timezone=True)))

    op.add_column("queue_entries", sa.Column("needs", sa.Text()))
    op.add_column("queue_entries", sa.Column("asked", postgresql.JSONB()))
    op.add_column(
        "queue_entries",
        sa.Column("steps_taken", postgresql.ARRAY(sa.SmallInteger()), server_default="{}", nullable=False),
    )
    op.add_column("queue_entries", sa.Column("change_at", sa.DateTime(timezone=True)))
    op.execute(_NEEDS_OF_OLD_ENTRIES)
    op.alter_column("queue_entries", "needs", nullable=False)
    op.alter_column("queue_entries", "asked", nullable=False)
    op.drop_index("ix_queue_entries_heads", table_name="queue_entries")
    op.drop_index("uq_queue_entries_live", table_name="queue_entries")
    op.drop_column("queue_entries", "skill")
    op.drop_column("queue_entries", "required_level")
    op.create_index(
        "ix_queue_entries_heads",
        "queue_entries",
        ["group_id", "queue_class", "needs", "rank_at"],
        postgresql_where=sa.text(_IN_LINE),
    )
    op.create_index("ix_queue_entries_change_at", "queue_entries", ["change_at"], postgresql_where=sa.text(_IN_LINE))
    op.create_index(
        "ix_queue_entries_alone",
        "queue_entries",
        [sa.text(_ALONE)],
        postgresql_where=sa.text(f"{_IN_LINE} AND {_ALONE} <> ''"),
    )
    op.create_index(
        "uq_queue_entries_live", "queue_entries", ["contact_id"], unique=True, postgresql_where=sa.text(_LIVE)
    )


def downgrade() -> None:
    for index in ("live", "alone", "change_at", "heads"):
        name = f"uq_queue_entries_{index}" if index == "live" else f"ix_queue_entries_{index}"
        op.drop_index(name, table_name="queue_entries")
    op.add_column("queue_entries", sa.Column("skill", sa.Text()))
    op.add_column("queue_entries", sa.Column("required_level", sa.SmallInteger(), server_default="1", nullable=False))
    op.execute(
        "UPDATE queue_entries SET skill = asked #>> '{needs,skills,0,0}', "
        "required_level = coalesce((asked #>> '{needs,skills,0,1}')::smallint, 1)"
    )
    op.alter_column("queue_entries", "required_level", server_default=None)
    op.create_check_constraint("level_range", "queue_entries", "required_level BETWEEN 1 AND 5")
    for column in ("change_at", "steps_taken", "asked", "needs"):
        op.drop_column("queue_entries", column)
    op.create_index(
        "ix_queue_entries_heads",
        "queue_entries",
        ["group_id", "queue_class", "required_level", "rank_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_queue_entries_live", "queue_entries", ["contact_id"], unique=True, postgresql_where=sa.text(_WAS_LIVE)
    )
    op.drop_column("agents", "offered_at")
    op.create_index("ix_agents_ready", "agents", ["idle_since"], postgresql_where=sa.text("state = 'ready'"))
    op.drop_table("ready_places")
