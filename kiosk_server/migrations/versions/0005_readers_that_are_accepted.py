"""Which ID readers were seen at a terminal, and which of them two people have accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("terminal", sa.Column("reader_sam_id", sa.String(length=64), nullable=True))
    op.create_table(
        "terminal_reader",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("sam_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_reader_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "sam_id", name=op.f("pk_terminal_reader")),
    )


def downgrade() -> None:
    op.drop_table("terminal_reader")
    op.drop_column("terminal", "reader_sam_id")
