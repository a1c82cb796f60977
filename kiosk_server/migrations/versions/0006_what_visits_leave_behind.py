"""A visit has a mark, and a terminal says whether it found one left behind."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("mark", sa.String(length=32), nullable=True))
    op.create_table(
        "terminal_residue",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("found_in", sa.Text(), nullable=False),
        sa.Column("unseen", sa.Text(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_terminal_residue_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_terminal_residue")),
    )


def downgrade() -> None:
    op.drop_table("terminal_residue")
    op.drop_column("visit", "mark")
