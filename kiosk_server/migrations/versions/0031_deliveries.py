"""Deliveries: addresses, orders, what was heard of them, pieces, and simulated parcels."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulated_parcel",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("ending", sa.String(length=20), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_parcel")),
    )
    with op.batch_alter_table("simulated_parcel", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_simulated_parcel_taken_at"), ["taken_at"], unique=False
        )

    op.create_table(
        "resident_address",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("street_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["division.code"],
            name=op.f("fk_resident_address_division_code_division"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_address_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_address")),
    )
    with op.batch_alter_table("resident_address", schema=None) as batch_op:
        batch_op.create_index(
            "ix_resident_address_one_default",
            ["resident_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )
        batch_op.create_index(
            batch_op.f("ix_resident_address_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "delivery_order",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("party_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("courier", sa.String(length=10), nullable=False),
        sa.Column("payer", sa.String(length=10), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=18), nullable=False),
        sa.Column("trouble", sa.String(length=16), nullable=True),
        sa.Column("waybill", sa.String(length=40), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("look_at", sa.DateTime(), nullable=True),
        sa.Column("subscribe_at", sa.DateTime(), nullable=True),
        sa.Column("code_mac", sa.String(length=64), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(), nullable=True),
        sa.Column("way_on", sa.String(length=12), nullable=True),
        sa.Column("replaces", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_delivery_order_case_id_service_case")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["division.code"],
            name=op.f("fk_delivery_order_division_code_division"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces"],
            ["delivery_order.id"],
            name=op.f("fk_delivery_order_replaces_delivery_order"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_delivery_order_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_delivery_order_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_order")),
        sa.UniqueConstraint("replaces", name=op.f("uq_delivery_order_replaces")),
        sa.UniqueConstraint("request_key", name=op.f("uq_delivery_order_request_key")),
    )
    with op.batch_alter_table("delivery_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_order_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_order_look_at"), ["look_at"], unique=False)
        batch_op.create_index("ix_delivery_order_resident", ["resident_id", "id"], unique=False)
        batch_op.create_index("ix_delivery_order_state", ["state", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_delivery_order_subscribe_at"), ["subscribe_at"], unique=False
        )
        batch_op.create_index("ix_delivery_order_waybill", ["waybill", "courier"], unique=False)

    op.create_table(
        "delivery_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("heard_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=True),
        sa.Column("trouble", sa.String(length=16), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["delivery_order.id"],
            name=op.f("fk_delivery_event_order_id_delivery_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_event")),
        sa.UniqueConstraint("order_id", "mark", name=op.f("uq_delivery_event_order_id_mark")),
    )
    op.create_table(
        "delivery_piece",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("found", sa.String(length=10), nullable=True),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["delivery_order.id"],
            name=op.f("fk_delivery_piece_order_id_delivery_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_piece")),
    )
    with op.batch_alter_table("delivery_piece", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_piece_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery_piece")
    op.drop_table("delivery_event")
    op.drop_table("delivery_order")
    op.drop_table("resident_address")
    op.drop_table("simulated_parcel")
