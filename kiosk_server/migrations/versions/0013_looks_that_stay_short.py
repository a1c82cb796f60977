"""Indexes for what is asked of a terminal's papers and visits by time, in years of them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_print_job_changed", "print_job", ["terminal_id", "changed_at"])
    op.create_index("ix_visit_ended", "visit", ["terminal_id", "ended_at"])


def downgrade() -> None:
    op.drop_index("ix_visit_ended", table_name="visit")
    op.drop_index("ix_print_job_changed", table_name="print_job")
