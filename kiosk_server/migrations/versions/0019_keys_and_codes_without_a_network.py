"""Issuer keys, and the credentials whose state a status list tells."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SIGNS_OR_WAITS = sa.text("state IN ('active', 'announced')")


def upgrade() -> None:
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kid", sa.String(length=11), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("public_jwk", sa.String(length=300), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_issuer_key_kid")),
    )
    op.create_index(
        "ix_issuer_key_one_of_each",
        "issuer_key",
        ["state"],
        unique=True,
        sqlite_where=_SIGNS_OR_WAITS,
        postgresql_where=_SIGNS_OR_WAITS,
    )
    op.create_table(
        "issued_credential",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("phone_id", sa.String(length=26), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_issued_credential_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_credential")),
        sa.UniqueConstraint("place", name=op.f("uq_issued_credential_place")),
    )
    with op.batch_alter_table("issued_credential", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_issued_credential_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            "ix_issued_credential_owner", ["certificate_id", "phone_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("issued_credential")
    op.drop_index("ix_issuer_key_one_of_each", table_name="issuer_key")
    op.drop_table("issuer_key")
