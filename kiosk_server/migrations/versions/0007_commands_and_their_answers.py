"""Commands to terminals: what was asked, of whom, and what the machines answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "command_order",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("needs_two", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_order")),
    )
    op.create_table(
        "command_counter",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_command_counter_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_command_counter")),
    )
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("log_file_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["command_order.id"], name=op.f("fk_command_order_id_command_order")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_command_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sa.UniqueConstraint(
            "terminal_id", "sequence", name=op.f("uq_command_terminal_id_sequence")
        ),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_command_state", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_command_terminal", ["terminal_id", "state"], unique=False)

    op.create_table(
        "command_answer",
        sa.Column("command_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("heard_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"], ["command.id"], name=op.f("fk_command_answer_command_id_command")
        ),
        sa.PrimaryKeyConstraint("command_id", "number", name=op.f("pk_command_answer")),
    )


def downgrade() -> None:
    op.drop_table("command_answer")
    op.drop_table("command")
    op.drop_table("command_counter")
    op.drop_table("command_order")
