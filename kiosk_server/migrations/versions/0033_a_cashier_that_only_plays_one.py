"""What the simulated cashier keeps: orders that no channel has, and money that never moved."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulated_payment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_payment")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_simulated_payment_token_digest")),
    )
    with op.batch_alter_table("simulated_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_simulated_payment_paid_at"), ["paid_at"])
    op.create_table(
        "simulated_refund",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("payment_id", sa.String(length=26), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["simulated_payment.id"],
            name=op.f("fk_simulated_refund_payment_id_simulated_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_refund")),
    )
    with op.batch_alter_table("simulated_refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_simulated_refund_payment_id"), ["payment_id"])
        batch_op.create_index(batch_op.f("ix_simulated_refund_at"), ["at"])


def downgrade() -> None:
    op.drop_table("simulated_refund")
    op.drop_table("simulated_payment")
