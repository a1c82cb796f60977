"""Which visit shows an order at a terminal; the row goes with the visit."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_visit",
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_payment_visit_order_id_payment_order"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_payment_visit_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_payment_visit")),
    )
    with op.batch_alter_table("payment_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_visit_visit_id"), ["visit_id"])


def downgrade() -> None:
    op.drop_table("payment_visit")
