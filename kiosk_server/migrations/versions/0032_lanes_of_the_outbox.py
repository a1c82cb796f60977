"""Lanes of the outbox: whom a message goes to, and how he has answered lately."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_lane",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("silent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_lane")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("lane", sa.String(length=30), nullable=False, server_default="house")
        )
        batch_op.drop_index("ix_outbox_message_ready")
        batch_op.create_index("ix_outbox_message_ready", ["state", "lane", "due"], unique=False)
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.alter_column("lane", existing_type=sa.String(length=30), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_ready")
        batch_op.create_index("ix_outbox_message_ready", ["state", "due"], unique=False)
        batch_op.drop_column("lane")
    op.drop_table("outbox_lane")
