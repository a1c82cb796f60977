"""Live codes, what verifiers ask for, the PIN of a phone, and one log of uses for its holder."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_HOLDER = """
SELECT CASE WHEN c.organisation_id IS NULL THEN 'person:' || c.resident_id
       ELSE 'organisation:' || c.organisation_id END
FROM certificate c WHERE c.id = certificate_usage.certificate_id
"""


def upgrade() -> None:
    op.create_table(
        "show_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_show_code_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["account_phone.id"], name=op.f("fk_show_code_phone_id_account_phone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_code")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_show_code_token_digest")),
    )
    with op.batch_alter_table("show_code", schema=None) as batch_op:
        batch_op.create_index(
            "ix_show_code_actor", ["actor_id", "state", "expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_show_code_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "show_pin",
        sa.Column("phone_id", sa.String(length=26), nullable=False),
        sa.Column("pin_hash", sa.String(length=120), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("unlocked_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["account_phone.id"], name=op.f("fk_show_pin_phone_id_account_phone")
        ),
        sa.PrimaryKeyConstraint("phone_id", name=op.f("pk_show_pin")),
    )
    op.create_table(
        "field_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("show_code_id", sa.String(length=26), nullable=True),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_name", sa.String(length=120), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=True),
        sa.Column("terminal_id", sa.String(length=26), nullable=True),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_field_request_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["account_phone.id"], name=op.f("fk_field_request_phone_id_account_phone")
        ),
        sa.ForeignKeyConstraint(
            ["show_code_id"], ["show_code.id"], name=op.f("fk_field_request_show_code_id_show_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_request")),
    )
    with op.batch_alter_table("field_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_request_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_field_request_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_field_request_show_code_id"), ["show_code_id"], unique=False
        )

    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holder", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("scene", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("fields", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("show_code_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("organisation_name", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("member_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("terminal_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("purpose_sealed", sa.LargeBinary(), nullable=True))
    op.execute(f"UPDATE certificate_usage SET fields = '', holder = ({_HOLDER})")  # noqa: S608
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.alter_column("holder", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("fields", existing_type=sa.String(length=300), nullable=False)
        batch_op.create_index(batch_op.f("ix_certificate_usage_at"), ["at"], unique=False)
        batch_op.create_index("ix_certificate_usage_holder", ["holder", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_certificate_usage_show_code_id"), ["show_code_id"], unique=False
        )


def downgrade() -> None:
    op.execute("DELETE FROM certificate_usage WHERE channel IN ('live_code', 'leave', 'staff')")
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_usage_show_code_id"))
        batch_op.drop_index("ix_certificate_usage_holder")
        batch_op.drop_index(batch_op.f("ix_certificate_usage_at"))
        batch_op.drop_column("purpose_sealed")
        batch_op.drop_column("terminal_id")
        batch_op.drop_column("member_id")
        batch_op.drop_column("organisation_name")
        batch_op.drop_column("organisation_id")
        batch_op.drop_column("show_code_id")
        batch_op.drop_column("fields")
        batch_op.drop_column("scene")
        batch_op.drop_column("holder")

    with op.batch_alter_table("field_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_request_show_code_id"))
        batch_op.drop_index(batch_op.f("ix_field_request_expires_at"))
        batch_op.drop_index(batch_op.f("ix_field_request_actor_id"))

    op.drop_table("field_request")
    op.drop_table("show_pin")
    with op.batch_alter_table("show_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_show_code_expires_at"))
        batch_op.drop_index("ix_show_code_actor")

    op.drop_table("show_code")
