"""Tickets of the queue, and the counters that number them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_counter",
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(length=2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_queue_counter_site_id_site")
        ),
        sa.PrimaryKeyConstraint("site_id", "day", "letter", name=op.f("pk_queue_counter")),
    )
    op.create_table(
        "queue_ticket",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=14), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("callable_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("window_id", sa.String(length=40), nullable=True),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("calls >= 0", name=op.f("ck_queue_ticket_calls")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_queue_ticket_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_queue_ticket_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["service_window.id"],
            name=op.f("fk_queue_ticket_window_id_service_window"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_ticket")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_queue_ticket_booking_id")),
        sa.UniqueConstraint(
            "site_id", "day", "label", name=op.f("uq_queue_ticket_site_id_day_label")
        ),
        sa.UniqueConstraint("token_digest", name=op.f("uq_queue_ticket_token_digest")),
    )
    with op.batch_alter_table("queue_ticket", schema=None) as batch_op:
        batch_op.create_index("ix_queue_ticket_day", ["site_id", "day", "state"], unique=False)
        batch_op.create_index(
            "ix_queue_ticket_one_at_a_window",
            ["window_id"],
            unique=True,
            sqlite_where=sa.text("state = 'called'"),
            postgresql_where=sa.text("state = 'called'"),
        )


def downgrade() -> None:
    op.drop_table("queue_ticket")
    op.drop_table("queue_counter")
