"""Hours and windows of sites."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_window",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_service_window_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_window")),
    )
    with op.batch_alter_table("service_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_window_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_closing",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_site_closing_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_closing")),
    )
    with op.batch_alter_table("site_closing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_closing_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_day",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("spells", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_day_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_day")),
        sa.UniqueConstraint("site_id", "day", name=op.f("uq_site_day_site_id_day")),
    )
    with op.batch_alter_table("site_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_day_day"), ["day"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("site_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_day_day"))

    op.drop_table("site_day")
    with op.batch_alter_table("site_closing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_closing_site_id"))

    op.drop_table("site_closing")
    with op.batch_alter_table("service_window", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_window_site_id"))

    op.drop_table("service_window")
