"""What residents agree to and are told, accounts that close, cards, and suggestions switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_consent_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "account_closing",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["phone_account.id"],
            name=op.f("fk_account_closing_account_id_phone_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_closing")),
    )
    with op.batch_alter_table("account_closing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_closing_closes_at"), ["closes_at"], unique=False
        )

    op.create_table(
        "resident_notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_notice_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_notice")),
    )
    with op.batch_alter_table("resident_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_notice_at"), ["at"], unique=False)
        batch_op.create_index("ix_resident_notice_resident", ["resident_id", "id"], unique=False)

    op.create_table(
        "digital_card",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_part", sa.String(length=8), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=True),
        sa.Column("certificate_ids", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["holding_organisation.id"],
            name=op.f("fk_digital_card_organisation_id_holding_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digital_card")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_digital_card_token_digest")),
    )
    with op.batch_alter_table("digital_card", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_digital_card_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "suggestion_switch",
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("tag", sa.String(length=24), nullable=False),
        sa.Column("off_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_suggestion_switch_resident_id_resident"),
        ),
        sa.PrimaryKeyConstraint("resident_id", "tag", name=op.f("pk_suggestion_switch")),
    )


def downgrade() -> None:
    op.drop_table("suggestion_switch")
    with op.batch_alter_table("digital_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digital_card_resident_id"))

    op.drop_table("digital_card")
    with op.batch_alter_table("resident_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_resident_notice_resident")
        batch_op.drop_index(batch_op.f("ix_resident_notice_at"))

    op.drop_table("resident_notice")
    with op.batch_alter_table("account_closing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_closing_closes_at"))

    op.drop_table("account_closing")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_resident_id"))

    op.drop_table("consent")
