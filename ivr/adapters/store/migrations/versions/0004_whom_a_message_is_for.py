"""For whom a message is: the employee who was asked for and was not there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("entry", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "entry")
