"""Who was shown the code of a machine's screen, and what a machine tells of a check."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terminal_screen_code_asked",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("window_number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_terminal_screen_code_asked_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_screen_code_asked")),
    )
    with op.batch_alter_table("terminal_screen_code_asked", schema=None) as batch_op:
        batch_op.create_index(
            "ix_terminal_screen_code_asked_window",
            ["terminal_id", "role", "window_number"],
            unique=False,
        )
    with op.batch_alter_table("terminal_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("terminal_check", schema=None) as batch_op:
        batch_op.drop_column("told")
    op.drop_table("terminal_screen_code_asked")
