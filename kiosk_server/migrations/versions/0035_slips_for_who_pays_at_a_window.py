"""What stands on the slip of an order that is to be paid at a window."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_slip",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_payment_slip_order_id_payment_order"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_payment_slip")),
        sa.UniqueConstraint("order_id", name=op.f("uq_payment_slip_order_id")),
    )


def downgrade() -> None:
    op.drop_table("payment_slip")
