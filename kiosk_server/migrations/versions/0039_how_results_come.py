"""How results come to people, and the right to a print that needs no failed one before it."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_result",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.Column("delivery_id", sa.String(length=26), nullable=True),
        sa.Column("money_wanted_at", sa.DateTime(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(), nullable=True),
        sa.Column("handed_out_at", sa.DateTime(), nullable=True),
        sa.Column("handed_out_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_case_result_case_id_service_case")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery_order.id"],
            name=op.f("fk_case_result_delivery_id_delivery_order"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_case_result_site_id_site")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_result")),
    )
    with op.batch_alter_table("case_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_result_site_id"), ["site_id"])
        batch_op.create_index(
            "ix_case_result_money_wanted",
            ["money_wanted_at"],
            sqlite_where=sa.text("money_wanted_at IS NOT NULL"),
            postgresql_where=sa.text("money_wanted_at IS NOT NULL"),
        )
    with op.batch_alter_table("print_reprint_right", schema=None) as batch_op:
        batch_op.alter_column("code_mac", existing_type=sa.String(length=64), nullable=True)
        batch_op.alter_column("job_id", existing_type=sa.String(length=26), nullable=True)
        batch_op.create_index(
            "ix_print_reprint_right_unprinted",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("job_id IS NULL"),
            postgresql_where=sa.text("job_id IS NULL"),
        )


def downgrade() -> None:
    op.execute("DELETE FROM print_reprint_right WHERE job_id IS NULL OR code_mac IS NULL")
    with op.batch_alter_table("print_reprint_right", schema=None) as batch_op:
        batch_op.drop_index("ix_print_reprint_right_unprinted")
        batch_op.alter_column("job_id", existing_type=sa.String(length=26), nullable=False)
        batch_op.alter_column("code_mac", existing_type=sa.String(length=64), nullable=False)
    op.drop_table("case_result")
