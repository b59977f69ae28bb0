"""Phrases that supervisors propose for the grammar."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grammar_proposals",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint("state IN ('open', 'exported', 'withdrawn')", name=op.f("ck_grammar_proposals_state_known")),
        sa.CheckConstraint(
            "(phrase IS NULL) = (state = 'withdrawn')", name=op.f("ck_grammar_proposals_withdrawn_has_no_phrase")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grammar_proposals")),
        sa.UniqueConstraint("language", "phrase", name=op.f("uq_grammar_proposals_language_phrase")),
    )


def downgrade() -> None:
    op.drop_table("grammar_proposals")
