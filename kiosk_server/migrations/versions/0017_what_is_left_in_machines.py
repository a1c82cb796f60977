"""What is left in machines and on shelves, and when it runs out."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supply_stock",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("supply", sa.String(length=10), nullable=False),
        sa.Column("left", sa.Double(), nullable=False),
        sa.Column("evidence", sa.String(length=10), nullable=False),
        sa.Column("sensor", sa.String(length=6), nullable=False),
        sa.Column("filled", sa.Double(), nullable=False),
        sa.Column("used", sa.Double(), nullable=False),
        sa.Column("fill", sa.Double(), nullable=False),
        sa.Column("counted_until", sa.DateTime(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("week", sa.Text(), nullable=True),
        sa.Column("spread", sa.Double(), nullable=True),
        sa.Column("likely_on", sa.Date(), nullable=True),
        sa.Column("early_on", sa.Date(), nullable=True),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_supply_stock_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "supply", name=op.f("pk_supply_stock")),
    )
    with op.batch_alter_table("supply_stock", schema=None) as batch_op:
        batch_op.create_index("ix_supply_stock_early", ["early_on"], unique=False)
    op.create_table(
        "supply_shelf",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("host_place_id", sa.String(length=40), nullable=False),
        sa.Column("supply", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("counted_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_supply_shelf_site_id_site")
        ),
        sa.PrimaryKeyConstraint("site_id", "host_place_id", "supply", name=op.f("pk_supply_shelf")),
    )


def downgrade() -> None:
    op.drop_table("supply_shelf")
    with op.batch_alter_table("supply_stock", schema=None) as batch_op:
        batch_op.drop_index("ix_supply_stock_early")
    op.drop_table("supply_stock")
