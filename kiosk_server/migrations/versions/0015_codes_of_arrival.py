"""Codes of arrival that were taken, so that each is one person's."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_order_arrival",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_work_order_arrival_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint("terminal_id", "minute", name=op.f("pk_work_order_arrival")),
    )
    with op.batch_alter_table("work_order_arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_arrival_at"), ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("work_order_arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_order_arrival_at"))
    op.drop_table("work_order_arrival")
