"""A terminal may stand in a host place of its site."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("terminal", sa.Column("host_place_id", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("terminal", "host_place_id")
