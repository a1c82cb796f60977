"""Where places lie, and how they can be entered."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("position", sa.Text(), nullable=True))
    op.add_column("site", sa.Column("access", sa.Text(), nullable=True))
    op.add_column("host_place", sa.Column("position", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("host_place", "position")
    op.drop_column("site", "access")
    op.drop_column("site", "position")
