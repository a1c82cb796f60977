"""Faults that are taken in hand: orders, their steps, parts, photographs and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_order",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("alert_id", sa.String(length=26), nullable=True),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=26), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("assignee_id", sa.String(length=26), nullable=True),
        sa.Column("arrived_at", sa.DateTime(), nullable=True),
        sa.Column("arrival", sa.String(length=10), nullable=True),
        sa.Column("arrival_reason", sa.String(length=20), nullable=True),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("fault_cause", sa.String(length=20), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=26), nullable=True),
        sa.Column("repeat_of", sa.String(length=26), nullable=True),
        sa.Column("warned_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_work_order_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["staff_member.id"],
            name=op.f("fk_work_order_assignee_id_staff_member"),
        ),
        sa.ForeignKeyConstraint(
            ["repeat_of"], ["work_order.id"], name=op.f("fk_work_order_repeat_of_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_work_order_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index("ix_work_order_assignee", ["assignee_id", "state"], unique=False)
        batch_op.create_index(
            "ix_work_order_fault", ["terminal_id", "device", "fault_cause", "done_at"], unique=False
        )
        batch_op.create_index("ix_work_order_site", ["site_id", "id"], unique=False)
        batch_op.create_index(
            "uq_work_order_in_hand",
            ["terminal_id", "device", "kind"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('arrived', 'assigned', 'on_the_way', 'open', 'reopened', 'waiting_for_parts', 'working')"
            ),
            postgresql_where=sa.text(
                "state IN ('arrived', 'assigned', 'on_the_way', 'open', 'reopened', 'waiting_for_parts', 'working')"
            ),
        )

    op.create_table(
        "work_order_notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_order_notice_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_notice")),
        sa.UniqueConstraint(
            "order_id", "number", name=op.f("uq_work_order_notice_order_id_number")
        ),
    )
    op.create_table(
        "work_order_part",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("serial_out", sa.String(length=40), nullable=False),
        sa.Column("serial_in", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_order_part_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_part")),
    )
    with op.batch_alter_table("work_order_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_part_order_id"), ["order_id"], unique=False)

    op.create_table(
        "work_order_photo",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_order_photo_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_work_order_photo_file_id")),
    )
    with op.batch_alter_table("work_order_photo", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_order_photo_order_id"), ["order_id"], unique=False
        )

    op.create_table(
        "work_order_step",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("about", sa.String(length=26), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_order_step_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_step")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_work_order_step_order_id_number")),
    )


def downgrade() -> None:
    op.drop_table("work_order_step")
    with op.batch_alter_table("work_order_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_order_photo_order_id"))

    op.drop_table("work_order_photo")
    with op.batch_alter_table("work_order_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_order_part_order_id"))

    op.drop_table("work_order_part")
    op.drop_table("work_order_notice")
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_work_order_in_hand",
            sqlite_where=sa.text(
                "state IN ('arrived', 'assigned', 'on_the_way', 'open', 'reopened', 'waiting_for_parts', 'working')"
            ),
            postgresql_where=sa.text(
                "state IN ('arrived', 'assigned', 'on_the_way', 'open', 'reopened', 'waiting_for_parts', 'working')"
            ),
        )
        batch_op.drop_index("ix_work_order_site")
        batch_op.drop_index("ix_work_order_fault")
        batch_op.drop_index("ix_work_order_assignee")
        batch_op.drop_index(batch_op.f("ix_work_order_alert_id"))

    op.drop_table("work_order")
