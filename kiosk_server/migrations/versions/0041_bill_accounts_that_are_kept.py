"""Accounts at billers that a resident has us remember."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_bill_account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("biller", sa.String(length=40), nullable=False),
        sa.Column("account_index", sa.String(length=32), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_kept_bill_account_resident_id_resident"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_bill_account")),
    )
    op.create_index(
        "ix_kept_bill_account_once",
        "kept_bill_account",
        ["resident_id", "account_index"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("kept_bill_account")
