"""The server asks a terminal for a code that a person shows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_scan_request",
        sa.Column("nonce_digest", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_scan_request_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("nonce_digest", name=op.f("pk_visit_scan_request")),
    )
    with op.batch_alter_table("visit_scan_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_scan_request_visit_id"), ["visit_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("visit_scan_request")
