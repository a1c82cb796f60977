"""Alerts, the calls for them, who is on call, and what devices were."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("suspected_at", sa.DateTime(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("gone_since", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("silenced_until", sa.DateTime(), nullable=True),
        sa.Column("silenced_by", sa.String(length=26), nullable=True),
        sa.Column("silence_reason", sa.String(length=20), nullable=True),
        sa.Column("escalated_at", sa.DateTime(), nullable=True),
        sa.Column("grouped_with", sa.String(length=26), nullable=True),
        sa.Column("next_call_at", sa.DateTime(), nullable=True),
        sa.Column("calls_from", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_alert_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_closed", ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_grouped_with"), ["grouped_with"], unique=False)
        batch_op.create_index("ix_alert_next_call", ["next_call_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_site_id"), ["site_id"], unique=False)
        batch_op.create_index("ix_alert_terminal", ["terminal_id", "id"], unique=False)
        batch_op.create_index(
            "uq_alert_live",
            ["terminal_id", "device", "kind"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "device_state_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("condition", sa.String(length=20), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_device_state_change_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_state_change")),
    )
    with op.batch_alter_table("device_state_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_state_change_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_device_state_change_terminal", ["terminal_id", "at"], unique=False
        )

    op.create_table(
        "on_call_duty",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_on_call_duty_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_duty")),
        sa.UniqueConstraint(
            "division_code", "staff_id", name=op.f("uq_on_call_duty_division_code_staff_id")
        ),
    )
    op.create_table(
        "alert_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("alert_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.String(length=26), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_call_alert_id_alert")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_call")),
        sa.UniqueConstraint("alert_id", "number", name=op.f("uq_alert_call_alert_id_number")),
    )


def downgrade() -> None:
    op.drop_table("alert_call")
    op.drop_table("on_call_duty")
    with op.batch_alter_table("device_state_change", schema=None) as batch_op:
        batch_op.drop_index("ix_device_state_change_terminal")
        batch_op.drop_index(batch_op.f("ix_device_state_change_at"))

    op.drop_table("device_state_change")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alert_live",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_alert_terminal")
        batch_op.drop_index(batch_op.f("ix_alert_site_id"))
        batch_op.drop_index("ix_alert_next_call")
        batch_op.drop_index(batch_op.f("ix_alert_grouped_with"))
        batch_op.drop_index("ix_alert_closed")

    op.drop_table("alert")
