"""Sites that hand parcels out, deliveries to them, and whose postage carries a delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "site",
        sa.Column("hands_out", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    with op.batch_alter_table("delivery_order") as table:
        table.add_column(sa.Column("to_site_id", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("postage_of", sa.String(length=26), nullable=True))
        table.create_foreign_key(
            op.f("fk_delivery_order_to_site_id_site"), "site", ["to_site_id"], ["id"]
        )
        table.create_index(op.f("ix_delivery_order_to_site_id"), ["to_site_id"])
        table.create_index(op.f("ix_delivery_order_postage_of"), ["postage_of"])


def downgrade() -> None:
    with op.batch_alter_table("delivery_order") as table:
        table.drop_index(op.f("ix_delivery_order_postage_of"))
        table.drop_index(op.f("ix_delivery_order_to_site_id"))
        table.drop_constraint(op.f("fk_delivery_order_to_site_id_site"), type_="foreignkey")
        table.drop_column("postage_of")
        table.drop_column("to_site_id")
    op.drop_column("site", "hands_out")
