"""Verifying organisations: applications, people, devices, programs, signs."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_organisation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wanted_scenes", sa.String(length=200), nullable=False),
        sa.Column("scenes", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.Column("moved_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_organisation")),
    )
    with op.batch_alter_table("partner_organisation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_partner_organisation_one_of_each",
            ["code"],
            unique=True,
            sqlite_where=sa.text("state IN ('applied', 'approved', 'suspended')"),
            postgresql_where=sa.text("state IN ('applied', 'approved', 'suspended')"),
        )
        batch_op.create_index(batch_op.f("ix_partner_organisation_state"), ["state"], unique=False)
    op.create_table(
        "partner_credential",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("scenes", sa.String(length=200), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("secret_made_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["partner_organisation.id"],
            name=op.f("fk_partner_credential_organisation_id_partner_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_credential")),
    )
    with op.batch_alter_table("partner_credential", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_credential_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "partner_device",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("bound_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["partner_organisation.id"],
            name=op.f("fk_partner_device_organisation_id_partner_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_device")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_partner_device_secret_digest")),
    )
    with op.batch_alter_table("partner_device", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_device_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "partner_member",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=True),
        sa.Column("invited_at", sa.DateTime(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["partner_organisation.id"],
            name=op.f("fk_partner_member_organisation_id_partner_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_member")),
        sa.UniqueConstraint("login", name=op.f("uq_partner_member_login")),
    )
    with op.batch_alter_table("partner_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_member_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "partner_sign",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["partner_organisation.id"],
            name=op.f("fk_partner_sign_organisation_id_partner_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_sign")),
    )
    with op.batch_alter_table("partner_sign", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_sign_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "partner_invitation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["partner_member.id"],
            name=op.f("fk_partner_invitation_member_id_partner_member"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["partner_organisation.id"],
            name=op.f("fk_partner_invitation_organisation_id_partner_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_partner_invitation_token_digest")),
    )
    with op.batch_alter_table("partner_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_invitation_ends_at"), ["ends_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_invitation_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_invitation_organisation_id"), ["organisation_id"], unique=False
        )
    op.create_table(
        "partner_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["partner_device.id"],
            name=op.f("fk_partner_session_device_id_partner_device"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["partner_member.id"],
            name=op.f("fk_partner_session_member_id_partner_member"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_partner_session")),
    )
    with op.batch_alter_table("partner_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_session_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_session_device_id"), ["device_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_session_member_id"), ["member_id"], unique=False
        )
    op.create_table(
        "partner_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.String(length=26), nullable=False),
        sa.Column("scenes", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["partner_credential.id"],
            name=op.f("fk_partner_token_credential_id_partner_credential"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_partner_token")),
    )
    with op.batch_alter_table("partner_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_token_credential_id"), ["credential_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_token_expires_at"), ["expires_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("partner_token")
    op.drop_table("partner_session")
    op.drop_table("partner_invitation")
    op.drop_table("partner_sign")
    op.drop_table("partner_member")
    op.drop_table("partner_device")
    op.drop_table("partner_credential")
    op.drop_table("partner_organisation")
