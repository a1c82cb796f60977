"""Places that staff add, visits at home, groups let go first, and the region's book."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announced_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("free", sa.Text(), nullable=False),
        sa.Column("worked", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_announced_year")),
    )
    op.create_table(
        "region_feed",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_region_feed")),
    )
    op.create_table(
        "extra_places",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("places >= 1", name=op.f("ck_extra_places_places")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_extra_places_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_places")),
    )
    with op.batch_alter_table("extra_places", schema=None) as batch_op:
        batch_op.create_index("ix_extra_places_day", ["site_id", "day"], unique=False)

    op.create_table(
        "site_priority",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_site_priority_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_priority")),
    )
    with op.batch_alter_table("site_priority", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_priority_site_id"), ["site_id"], unique=False)

    op.create_table(
        "home_visit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_home_visit_booking_id_booking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_visit")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_home_visit_booking_id")),
    )
    op.create_table(
        "region_booking",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_region_booking_booking_id_booking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_booking")),
    )
    with op.batch_alter_table("region_booking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_region_booking_booking_id"), ["booking_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_region_booking_day"), ["day"], unique=False)

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party_id", sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f("ix_booking_party_id"), ["party_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_party_id"))
        batch_op.drop_column("party_id")

    with op.batch_alter_table("region_booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_booking_day"))
        batch_op.drop_index(batch_op.f("ix_region_booking_booking_id"))

    op.drop_table("region_booking")
    op.drop_table("home_visit")
    with op.batch_alter_table("site_priority", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_priority_site_id"))

    op.drop_table("site_priority")
    with op.batch_alter_table("extra_places", schema=None) as batch_op:
        batch_op.drop_index("ix_extra_places_day")

    op.drop_table("extra_places")
    op.drop_table("region_feed")
    op.drop_table("announced_year")
