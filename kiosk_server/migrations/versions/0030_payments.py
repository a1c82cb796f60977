"""Payments: orders, attempts, notices, refunds, the ledger, and days compared with bills."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_day",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("received_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("compared_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "day", name=op.f("pk_payment_day")),
    )
    op.create_table(
        "payment_difference",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("movement", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("book_fen", sa.Integer(), nullable=True),
        sa.Column("bill_fen", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("settled_how", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_difference")),
        sa.UniqueConstraint(
            "channel",
            "day",
            "movement",
            "number",
            name=op.f("uq_payment_difference_channel_day_movement_number"),
        ),
    )
    with op.batch_alter_table("payment_difference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_difference_settled_at"), ["settled_at"], unique=False
        )

    op.create_table(
        "payment_notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notice")),
        sa.UniqueConstraint("channel", "digest", name=op.f("uq_payment_notice_channel_digest")),
    )
    with op.batch_alter_table("payment_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_notice_came_at"), ["came_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_notice_number"), ["number"], unique=False)

    op.create_table(
        "payment_order",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("payer_id", sa.String(length=26), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("returned_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_order_amount_fen")),
        sa.CheckConstraint(
            "returned_fen >= 0 AND returned_fen <= amount_fen",
            name=op.f("ck_payment_order_returned_fen"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["resident.id"], name=op.f("fk_payment_order_payer_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("request_key", name=op.f("uq_payment_order_request_key")),
    )
    with op.batch_alter_table("payment_order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payment_order_one_at_a_time",
            ["subject_kind", "subject_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('closed', 'refunded')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'refunded')"),
        )
        batch_op.create_index("ix_payment_order_open", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_payment_order_payer", ["payer_id", "id"], unique=False)

    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=512), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("ask_next_at", sa.DateTime(), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("refund_fen", sa.Integer(), nullable=False),
        sa.Column("refused_for", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "refund_fen >= 0 AND refund_fen <= paid_fen", name=op.f("ck_payment_attempt_refund_fen")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_payment_attempt_order_id_payment_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint(
            "channel", "reference", name=op.f("uq_payment_attempt_channel_reference")
        ),
    )
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_attempt_ask_next_at"), ["ask_next_at"], unique=False
        )
        batch_op.create_index(
            "ix_payment_attempt_counted_once",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("counted"),
            postgresql_where=sa.text("counted"),
        )
        batch_op.create_index(batch_op.f("ix_payment_attempt_order_id"), ["order_id"], unique=False)

    op.create_table(
        "payment_item",
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("unit_fen", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_item_order_id_payment_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "place", name=op.f("pk_payment_item")),
    )
    op.create_table(
        "payment_receipt",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_payment_receipt_order_id_payment_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_receipt")),
        sa.UniqueConstraint("order_id", name=op.f("uq_payment_receipt_order_id")),
    )
    op.create_table(
        "payment_ledger",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("movement", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_ledger_amount_fen")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["payment_attempt.id"],
            name=op.f("fk_payment_ledger_attempt_id_payment_attempt"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_ledger")),
        sa.UniqueConstraint(
            "channel", "movement", "number", name=op.f("uq_payment_ledger_channel_movement_number")
        ),
        sa.UniqueConstraint(
            "channel",
            "movement",
            "reference",
            name=op.f("uq_payment_ledger_channel_movement_reference"),
        ),
    )
    with op.batch_alter_table("payment_ledger", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_ledger_attempt_id"), ["attempt_id"], unique=False
        )
        batch_op.create_index("ix_payment_ledger_day", ["channel", "at"], unique=False)

    op.create_table(
        "payment_refund",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("ask_next_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("failed_for", sa.String(length=64), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_refund_amount_fen")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["payment_attempt.id"],
            name=op.f("fk_payment_refund_attempt_id_payment_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_order.id"],
            name=op.f("fk_payment_refund_order_id_payment_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
        sa.UniqueConstraint("request_key", name=op.f("uq_payment_refund_request_key")),
    )
    with op.batch_alter_table("payment_refund", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_refund_ask_next_at"), ["ask_next_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_refund_attempt_id"), ["attempt_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payment_refund_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_table("payment_refund")
    op.drop_table("payment_ledger")
    op.drop_table("payment_receipt")
    op.drop_table("payment_item")
    op.drop_table("payment_attempt")
    op.drop_table("payment_order")
    op.drop_table("payment_notice")
    op.drop_table("payment_difference")
    op.drop_table("payment_day")
