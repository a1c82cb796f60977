"""Fiscal bills of government fees, blue and red."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fiscal_bill",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("reverses", sa.String(length=26), nullable=True),
        sa.Column("refund_id", sa.String(length=26), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("check_code", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("refused_for", sa.String(length=40), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fiscal_bill_amount_fen")),
        sa.CheckConstraint(
            "(kind = 'red') = (refund_id IS NOT NULL)", name=op.f("ck_fiscal_bill_refund_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_fiscal_bill_order_id_payment_order"),
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"],
            ["payment_refund.id"],
            name=op.f("fk_fiscal_bill_refund_id_payment_refund"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses"], ["fiscal_bill.id"], name=op.f("fk_fiscal_bill_reverses_fiscal_bill")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_bill")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_fiscal_bill_code_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_fiscal_bill_refund_id")),
    )
    with op.batch_alter_table("fiscal_bill") as table:
        table.create_index(op.f("ix_fiscal_bill_order_id"), ["order_id"])
        table.create_index("ix_fiscal_bill_state", ["state", "id"])
        table.create_index(
            "ix_fiscal_bill_one_blue",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'blue'"),
            postgresql_where=sa.text("kind = 'blue'"),
        )


def downgrade() -> None:
    op.drop_table("fiscal_bill")
