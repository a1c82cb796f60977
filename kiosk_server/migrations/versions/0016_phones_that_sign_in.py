"""Phones that sign in: accounts, tokens, codes, hand-overs, and answers that are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("next_path", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_hand_over_state_digest")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "kept_answer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
    )
    with op.batch_alter_table("kept_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_answer_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("challenge_digest", sa.String(length=64), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("message_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("challenge_digest", name=op.f("uq_sign_in_code_challenge_digest")),
    )
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_code_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "binding_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("code_index", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=14), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_binding_code_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_code")),
    )
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_binding_code_code_index"), ["code_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_binding_code_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_binding_code_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "phone_account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.String(length=32), nullable=True),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("bound_at", sa.DateTime(), nullable=True),
        sa.Column("bound_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_phone_account_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_account")),
        sa.UniqueConstraint("number_index", name=op.f("uq_phone_account_number_index")),
        sa.UniqueConstraint("resident_id", name=op.f("uq_phone_account_resident_id")),
    )
    op.create_table(
        "account_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("partner", sa.String(length=16), nullable=False),
        sa.Column("subject_index", sa.String(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["phone_account.id"],
            name=op.f("fk_account_link_account_id_phone_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint(
            "partner", "subject_index", name=op.f("uq_account_link_partner_subject_index")
        ),
    )
    with op.batch_alter_table("account_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_link_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "account_notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["phone_account.id"],
            name=op.f("fk_account_notice_account_id_phone_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_notice")),
    )
    with op.batch_alter_table("account_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_notice_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "account_phone",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("label_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("way", sa.String(length=14), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("key_jwk", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["phone_account.id"],
            name=op.f("fk_account_phone_account_id_phone_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_phone")),
    )
    with op.batch_alter_table("account_phone", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_phone_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "phone_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("spent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["account_phone.id"], name=op.f("fk_phone_token_phone_id_account_phone")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_phone_token")),
    )
    with op.batch_alter_table("phone_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_token_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_token_phone_id"), ["phone_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("phone_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_token_phone_id"))
        batch_op.drop_index(batch_op.f("ix_phone_token_expires_at"))

    op.drop_table("phone_token")
    with op.batch_alter_table("account_phone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_phone_account_id"))

    op.drop_table("account_phone")
    with op.batch_alter_table("account_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_notice_account_id"))

    op.drop_table("account_notice")
    with op.batch_alter_table("account_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_link_account_id"))

    op.drop_table("account_link")
    op.drop_table("phone_account")
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_binding_code_resident_id"))
        batch_op.drop_index(batch_op.f("ix_binding_code_expires_at"))
        batch_op.drop_index(batch_op.f("ix_binding_code_code_index"))

    op.drop_table("binding_code")
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_code_expires_at"))

    op.drop_table("sign_in_code")
    with op.batch_alter_table("kept_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_answer_expires_at"))

    op.drop_table("kept_answer")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_expires_at"))

    op.drop_table("hand_over")
