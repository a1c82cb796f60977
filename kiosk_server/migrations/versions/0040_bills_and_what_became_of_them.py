"""Bills as billers told of them, our payments of them, and what a simulated biller keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_LIVE = sa.text("state NOT IN ('refused', 'reversed', 'released')")


def upgrade() -> None:
    op.create_table(
        "bill",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("biller", sa.String(length=40), nullable=False),
        sa.Column("account_index", sa.String(length=32), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bill_amount_fen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("number_index", name=op.f("uq_bill_number_index")),
    )
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_account_index"), ["account_index"])
        batch_op.create_index(batch_op.f("ix_bill_told_at"), ["told_at"])
    op.create_table(
        "bill_payment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("bill_id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("biller", sa.String(length=40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("ask_next_at", sa.DateTime(), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("refused_for", sa.String(length=64), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("disputed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bill_payment_amount_fen")),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bill.id"], name=op.f("fk_bill_payment_bill_id_bill")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_bill_payment_order_id_payment_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_payment")),
    )
    with op.batch_alter_table("bill_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_payment_bill_id"), ["bill_id"])
        batch_op.create_index(batch_op.f("ix_bill_payment_order_id"), ["order_id"])
        batch_op.create_index(batch_op.f("ix_bill_payment_ask_next_at"), ["ask_next_at"])
        batch_op.create_index("ix_bill_payment_state", ["state", "id"])
        batch_op.create_index(
            "ix_bill_payment_one_at_a_time",
            ["bill_id"],
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )
    op.create_table(
        "simulated_booking",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("bill_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_booking")),
    )
    with op.batch_alter_table("simulated_booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_simulated_booking_bill_digest"), ["bill_digest"])
        batch_op.create_index(batch_op.f("ix_simulated_booking_at"), ["at"])


def downgrade() -> None:
    op.drop_table("simulated_booking")
    op.drop_table("bill_payment")
    op.drop_table("bill")
