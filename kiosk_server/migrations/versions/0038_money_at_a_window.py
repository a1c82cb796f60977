"""Money at a window: which POS shows a sum, cash that cashiers took, drawers that were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_attempt", sa.Column("machine", sa.String(length=40), nullable=True))
    op.add_column("simulated_payment", sa.Column("machine", sa.String(length=40), nullable=True))
    op.create_table(
        "payment_cash_count",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("cashier_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("book_fen", sa.Integer(), nullable=False),
        sa.Column("float_fen", sa.Integer(), nullable=False),
        sa.Column("counted_fen", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("settled_how", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_payment_cash_count_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_cash_count")),
    )
    with op.batch_alter_table("payment_cash_count", schema=None) as batch_op:
        for column in ("cashier_id", "site_id", "settled_at"):
            batch_op.create_index(batch_op.f(f"ix_payment_cash_count_{column}"), [column])
    op.create_table(
        "payment_cash",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("movement", sa.String(length=10), nullable=False),
        sa.Column("cashier_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("window", sa.String(length=10), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("handed_fen", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("count_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_cash_amount_fen")),
        sa.CheckConstraint("handed_fen >= amount_fen", name=op.f("ck_payment_cash_handed_fen")),
        sa.ForeignKeyConstraint(
            ["count_id"],
            ["payment_cash_count.id"],
            name=op.f("fk_payment_cash_count_id_payment_cash_count"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_cash_order_id_payment_order")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_payment_cash_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_cash")),
    )
    with op.batch_alter_table("payment_cash", schema=None) as batch_op:
        for column in ("order_id", "count_id"):
            batch_op.create_index(batch_op.f(f"ix_payment_cash_{column}"), [column])
        batch_op.create_index("ix_payment_cash_cashier", ["cashier_id", "count_id"])


def downgrade() -> None:
    op.drop_table("payment_cash")
    op.drop_table("payment_cash_count")
    op.drop_column("simulated_payment", "machine")
    op.drop_column("payment_attempt", "machine")
