"""Since when a parcel waits at a site for its resident, and how often he was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery_order") as table:
        table.add_column(sa.Column("waits_since", sa.DateTime(), nullable=True))
        table.add_column(
            sa.Column("reminded", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
    # What lies there already waits from now on as from the last that was heard of it.
    op.execute(
        "UPDATE delivery_order SET waits_since = changed_at"
        " WHERE to_site_id IS NOT NULL AND state = 'delivered' AND handed_over_at IS NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("delivery_order") as table:
        table.drop_column("reminded")
        table.drop_column("waits_since")
