"""Slots and bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=14), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ended_for", sa.String(length=12), nullable=True),
        sa.Column("held_until", sa.DateTime(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("moved_from", sa.String(length=26), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_booking_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_booking_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("request_key", name=op.f("uq_booking_request_key")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index("ix_booking_day", ["site_id", "day", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_held_until"), ["held_until"], unique=False)
        batch_op.create_index("ix_booking_resident", ["resident_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "slot",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("walk_in", sa.Integer(), nullable=False),
        sa.Column("remaining_booked", sa.Integer(), nullable=False),
        sa.Column("remaining_total", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "remaining_booked >= 0 AND remaining_booked <= capacity - walk_in",
            name=op.f("ck_slot_remaining_booked"),
        ),
        sa.CheckConstraint(
            "remaining_total >= 0 AND remaining_total <= capacity",
            name=op.f("ck_slot_remaining_total"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_slot_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "site_id", "group_code", "starts_at", name=op.f("uq_slot_site_id_group_code_starts_at")
        ),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index("ix_slot_day", ["site_id", "day", "group_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "slot_template",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("walk_in", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_slot_template_minutes")),
        sa.CheckConstraint(
            "walk_in >= 1 AND walk_in <= capacity", name=op.f("ck_slot_template_walk_in")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_slot_template_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_template")),
        sa.UniqueConstraint(
            "site_id",
            "group_code",
            "weekday",
            "opens",
            name=op.f("uq_slot_template_site_id_group_code_weekday_opens"),
        ),
    )
    with op.batch_alter_table("slot_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_template_site_id"), ["site_id"], unique=False)

    op.create_table(
        "booking_slot",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("slot_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_slot_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_booking_slot_slot_id_slot")
        ),
        sa.PrimaryKeyConstraint("booking_id", "slot_id", name=op.f("pk_booking_slot")),
    )
    with op.batch_alter_table("booking_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_slot_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_waiting_entry_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_waiting_entry_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_waiting_entry_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
    )
    with op.batch_alter_table("waiting_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_waiting_entry_booking_id"), ["booking_id"], unique=False
        )
        batch_op.create_index(
            "ix_waiting_entry_day", ["site_id", "day", "group_code", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_waiting_entry_resident_id"), ["resident_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("waiting_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_entry_resident_id"))
        batch_op.drop_index("ix_waiting_entry_day")
        batch_op.drop_index(batch_op.f("ix_waiting_entry_booking_id"))

    op.drop_table("waiting_entry")
    with op.batch_alter_table("booking_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_slot_slot_id"))

    op.drop_table("booking_slot")
    with op.batch_alter_table("slot_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_template_site_id"))

    op.drop_table("slot_template")
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_starts_at"))
        batch_op.drop_index("ix_slot_day")

    op.drop_table("slot")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_starts_at"))
        batch_op.drop_index("ix_booking_resident")
        batch_op.drop_index(batch_op.f("ix_booking_held_until"))
        batch_op.drop_index("ix_booking_day")

    op.drop_table("booking")
