"""People are known without a card too: help is asked for, and failed steps are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_failed_step",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "terminal_id", "day", "step", "reason", name=op.f("pk_visit_failed_step")
        ),
    )
    op.create_table(
        "visit_help_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=True),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_visit_help_request_resident_id_resident"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_member.id"],
            name=op.f("fk_visit_help_request_staff_id_staff_member"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_help_request_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_help_request")),
    )
    with op.batch_alter_table("visit_help_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_help_request_code_mac"), ["code_mac"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_help_request_visit_id"), ["visit_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("visit_help_request")
    op.drop_table("visit_failed_step")
