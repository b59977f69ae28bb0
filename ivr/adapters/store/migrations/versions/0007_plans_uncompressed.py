"""The texts of a plan are megabytes, written once and seldom read: packing them takes longer than all else of taking one up."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE dialplans ALTER COLUMN sources SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE dialplans ALTER COLUMN sources SET STORAGE EXTENDED")
