"""How a site below the city takes matters in, so that it is clear who decides."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("mandate", sa.String(length=12), nullable=True))
    # What is usual for their levels, until the city says otherwise of one.
    site = sa.table("site", sa.column("level", sa.String), sa.column("mandate", sa.String))
    for level, mandate in (("township_centre", "entrusted"), ("village_station", "assisting")):
        op.execute(sa.update(site).where(site.c.level == level).values(mandate=mandate))


def downgrade() -> None:
    op.drop_column("site", "mandate")
