"""Codes between a phone and a terminal, and forms that go on on the phone."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_carried_form",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("carried_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["catalogue_item_version.id"],
            name=op.f("fk_visit_carried_form_item_version_id_catalogue_item_version"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_visit_carried_form_resident_id_resident"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_carried_form")),
    )
    with op.batch_alter_table("visit_carried_form", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_carried_form_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_carried_form_resident_id"), ["resident_id"], unique=False
        )
    op.create_table(
        "visit_phone_pass",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("errand", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=True),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("terminal_id", sa.String(length=26), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.Column("form_id", sa.String(length=26), nullable=True),
        sa.Column("number", sa.String(length=2), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("at_terminal_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["visit_carried_form.id"],
            name=op.f("fk_visit_phone_pass_form_id_visit_carried_form"),
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"],
            ["account_phone.id"],
            name=op.f("fk_visit_phone_pass_phone_id_account_phone"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_visit_phone_pass_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_phone_pass_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_phone_pass")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_visit_phone_pass_token_digest")),
    )
    with op.batch_alter_table("visit_phone_pass", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_phone_pass_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_phone_pass_phone_id"), ["phone_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_phone_pass_visit_id"), ["visit_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("visit_phone_pass")
    op.drop_table("visit_carried_form")
