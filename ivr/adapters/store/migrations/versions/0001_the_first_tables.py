"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_KEEP_EVENTS = """
CREATE FUNCTION refuse_to_rewrite_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('ivr.purging', true) = 'on' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'The event log is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_are_never_rewritten BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_events();
"""


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="offline", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted", sa.Text(), server_default="offline", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_agents_role_known")),
        sa.CheckConstraint(
            "state IN ('offline', 'ready', 'offered', 'talking', 'consulting', 'wrap_up', 'break')",
            name=op.f("ck_agents_state_known"),
        ),
        sa.CheckConstraint("wanted IN ('ready', 'break', 'offline')", name=op.f("ck_agents_wanted_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("username", name=op.f("uq_agents_username")),
    )
    op.create_index(
        "ix_agents_ready", "agents", ["idle_since"], unique=False, postgresql_where=sa.text("state = 'ready'")
    )
    op.create_table(
        "carrier_reports",
        sa.Column("carrier_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("carrier_id", "status", "sequence", name=op.f("pk_carrier_reports")),
    )
    op.create_table(
        "cases",
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), server_default="", nullable=False),
        sa.Column("expected_by", sa.Date(), nullable=True),
        sa.Column("caseworker", sa.Text(), server_default="", nullable=False),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("party_phone", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_party_phone", "cases", ["party_phone"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("plan_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("caller_pseudonym", sa.Text(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("flow_state", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Text(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("resolved", sa.Text(), nullable=True),
        sa.Column("wrap_up_topic", sa.Text(), nullable=True),
        sa.Column("wrap_up_reason", sa.Text(), nullable=True),
        sa.Column("wrap_up_note", sa.Text(), nullable=True),
        sa.Column("cases_found_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('answered_by_machine', 'link_sent', 'case_status_given', 'settled_by_agent', 'not_settled', 'transferred_out', 'callback_promised', 'message_left', 'abandoned_in_menu', 'abandoned_in_queue', 'closed', 'failed')",
            name=op.f("ck_contacts_outcome_known"),
        ),
        sa.CheckConstraint("resolved IN ('yes', 'no', 'not_applicable')", name=op.f("ck_contacts_resolved_known")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_contacts_outcome_exactly_when_ended")
        ),
        sa.CheckConstraint(
            "NOT anonymous OR (caller IS NULL AND caller_pseudonym IS NULL)",
            name=op.f("ck_contacts_anonymous_has_no_caller"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_caller_pseudonym", "contacts", ["caller_pseudonym", "started_at"], unique=False)
    op.create_index("ix_contacts_open", "contacts", ["started_at"], unique=False, postgresql_where="ended_at IS NULL")
    op.create_index("ix_contacts_started_at", "contacts", ["started_at"], unique=False)
    op.create_table(
        "dialplans",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("current_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_dialplans")),
    )
    op.create_index("ix_dialplans_current_since", "dialplans", ["current_since"], unique=False)
    op.create_table(
        "digital_exemptions",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_digital_exemptions")),
    )
    op.create_table(
        "directory",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("presence", sa.Text(), server_default="in", nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "presence IN ('in', 'meeting', 'out', 'holiday', 'ill')", name=op.f("ck_directory_presence_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("leg_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_contact_id", "events", ["contact_id", "id"], unique=False)
    op.create_index("ix_events_kind_at", "events", ["kind", "at"], unique=False)
    op.create_table(
        "group_overrides",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_overrides")),
    )
    op.create_table(
        "line_speeds",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("handle_seconds", sa.Float(), nullable=True),
        sa.Column("staffed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_line_speeds")),
    )
    op.create_table(
        "live_notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_notices")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("leg_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'done', 'failed', 'dropped')", name=op.f("ck_orders_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(
        "ix_orders_leg_pending",
        "orders",
        ["leg_id", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_orders_pending",
        "orders",
        ["lane", "not_before", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "pacing",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pacing")),
    )
    op.create_table(
        "processes",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_processes")),
    )
    op.create_table(
        "unreachable_numbers",
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_unreachable_numbers")),
    )
    op.create_table(
        "agent_groups",
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_groups_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "group_id", name=op.f("pk_agent_groups")),
    )
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_agent_skills_level_range")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_skills_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "skill", name=op.f("pk_agent_skills")),
    )
    op.create_table(
        "contact_cases",
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_cases_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "case_number", name=op.f("pk_contact_cases")),
    )
    op.create_table(
        "legs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("kept_input", sa.Text(), nullable=True),
        sa.Column("kept_answer", sa.Text(), nullable=True),
        sa.Column("due_answer", sa.Text(), nullable=True),
        sa.Column("held", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("in_room", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("goal IN ('flow', 'whisper', 'conference', 'gone')", name=op.f("ck_legs_goal_known")),
        sa.CheckConstraint("role IN ('citizen', 'agent', 'person')", name=op.f("ck_legs_role_known")),
        sa.CheckConstraint(
            "status IN ('planned', 'queued', 'initiated', 'ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'failed', 'canceled')",
            name=op.f("ck_legs_status_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_legs_agent_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_legs_contact_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legs")),
        sa.UniqueConstraint("call_id", name=op.f("uq_legs_call_id")),
    )
    op.create_index("ix_legs_contact_id", "legs", ["contact_id"], unique=False)
    op.create_index(
        "ix_legs_heartbeat_due_at",
        "legs",
        ["heartbeat_due_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_legs_citizen",
        "legs",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("role = 'citizen' AND ended_at IS NULL"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="ordered", nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("segments", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('ordered', 'sent', 'delivered', 'undelivered', 'failed')", name=op.f("ck_links_status_known")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_links_contact_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("code", name=op.f("uq_links_code")),
        sa.UniqueConstraint("message_id", name=op.f("uq_links_message_id")),
    )
    op.create_index("ix_links_contact_id", "links", ["contact_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_messages_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["handled_by"], ["agents.id"], name=op.f("fk_messages_handled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_open",
        "messages",
        ["group_id", "left_at"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "queue_entries",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queue_class", sa.SmallInteger(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("required_level", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("excluded_agents", postgresql.ARRAY(sa.Uuid(as_uuid=False)), server_default="{}", nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'connected', 'abandoned', 'callback', 'message', 'deflected', 'closed')",
            name=op.f("ck_queue_entries_state_known"),
        ),
        sa.CheckConstraint("queue_class BETWEEN 0 AND 2", name=op.f("ck_queue_entries_class_known")),
        sa.CheckConstraint("required_level BETWEEN 1 AND 5", name=op.f("ck_queue_entries_level_range")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_queue_entries_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entries")),
    )
    op.create_index(
        "ix_queue_entries_heads",
        "queue_entries",
        ["group_id", "queue_class", "required_level", "rank_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_queue_entries_left_at", "queue_entries", ["left_at"], unique=False)
    op.create_index(
        "uq_queue_entries_live",
        "queue_entries",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('connected', 'offered', 'waiting')"),
    )
    op.create_table(
        "engagements",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("entry_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("leg_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_idle_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talk_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('ringing', 'accepted', 'connected', 'wrap_up', 'done', 'declined', 'no_answer', 'failed', 'cancelled')",
            name=op.f("ck_engagements_state_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_engagements_agent_id")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_engagements_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["queue_entries.id"], name=op.f("fk_engagements_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_engagements_leg_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
    )
    op.create_index("ix_engagements_agent_id_ended_at", "engagements", ["agent_id", "ended_at"], unique=False)
    op.create_index("ix_engagements_contact_id", "engagements", ["contact_id"], unique=False)
    op.create_index(
        "ix_engagements_lease_until",
        "engagements",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing', 'wrap_up')"),
    )
    op.create_index("ix_engagements_leg_id", "engagements", ["leg_id"], unique=False)
    op.create_index(
        "uq_engagements_agent_live",
        "engagements",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing', 'wrap_up')"),
    )
    op.create_index(
        "uq_engagements_entry_live",
        "engagements",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing')"),
    )
    op.execute(_KEEP_EVENTS)


def downgrade() -> None:
    op.drop_index(
        "uq_engagements_entry_live",
        table_name="engagements",
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing')"),
    )
    op.drop_index(
        "uq_engagements_agent_live",
        table_name="engagements",
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing', 'wrap_up')"),
    )
    op.drop_index("ix_engagements_leg_id", table_name="engagements")
    op.drop_index(
        "ix_engagements_lease_until",
        table_name="engagements",
        postgresql_where=sa.text("state IN ('accepted', 'connected', 'ringing', 'wrap_up')"),
    )
    op.drop_index("ix_engagements_contact_id", table_name="engagements")
    op.drop_index("ix_engagements_agent_id_ended_at", table_name="engagements")
    op.drop_table("engagements")
    op.drop_index(
        "uq_queue_entries_live",
        table_name="queue_entries",
        postgresql_where=sa.text("state IN ('connected', 'offered', 'waiting')"),
    )
    op.drop_index("ix_queue_entries_left_at", table_name="queue_entries")
    op.drop_index("ix_queue_entries_heads", table_name="queue_entries", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("queue_entries")
    op.drop_index("ix_messages_open", table_name="messages", postgresql_where=sa.text("handled_at IS NULL"))
    op.drop_table("messages")
    op.drop_index("ix_links_contact_id", table_name="links")
    op.drop_table("links")
    op.drop_index(
        "uq_legs_citizen", table_name="legs", postgresql_where=sa.text("role = 'citizen' AND ended_at IS NULL")
    )
    op.drop_index("ix_legs_heartbeat_due_at", table_name="legs", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_legs_contact_id", table_name="legs")
    op.drop_table("legs")
    op.drop_table("contact_cases")
    op.drop_table("agent_skills")
    op.drop_table("agent_groups")
    op.drop_table("unreachable_numbers")
    op.drop_table("processes")
    op.drop_table("pacing")
    op.drop_index("ix_orders_pending", table_name="orders", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_orders_leg_pending", table_name="orders", postgresql_where=sa.text("state = 'pending'"))
    op.drop_table("orders")
    op.drop_table("live_notices")
    op.drop_table("line_speeds")
    op.drop_table("group_overrides")
    op.drop_index("ix_events_kind_at", table_name="events")
    op.drop_index("ix_events_contact_id", table_name="events")
    op.drop_table("events")
    op.drop_table("directory")
    op.drop_table("digital_exemptions")
    op.drop_index("ix_dialplans_current_since", table_name="dialplans")
    op.drop_table("dialplans")
    op.drop_index("ix_contacts_started_at", table_name="contacts")
    op.drop_index("ix_contacts_open", table_name="contacts", postgresql_where="ended_at IS NULL")
    op.drop_index("ix_contacts_caller_pseudonym", table_name="contacts")
    op.drop_table("contacts")
    op.drop_index("ix_cases_party_phone", table_name="cases")
    op.drop_table("cases")
    op.drop_table("carrier_reports")
    op.drop_index("ix_agents_ready", table_name="agents", postgresql_where=sa.text("state = 'ready'"))
    op.drop_table("agents")
    op.execute("DROP FUNCTION refuse_to_rewrite_events")
