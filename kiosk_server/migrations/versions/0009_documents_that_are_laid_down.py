"""The server asks a terminal for a document, and keeps it until a case takes it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_capture_request",
        sa.Column("nonce_digest", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("most_pages", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_capture_request_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("nonce_digest", name=op.f("pk_visit_capture_request")),
    )
    with op.batch_alter_table("visit_capture_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_capture_request_visit_id"), ["visit_id"], unique=False
        )
    op.create_table(
        "visit_capture",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("nonce_digest", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_visit_capture_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_capture_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_capture")),
        sa.UniqueConstraint("nonce_digest", name=op.f("uq_visit_capture_nonce_digest")),
    )
    with op.batch_alter_table("visit_capture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_capture_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_visit_capture_expires_at"), ["expires_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("visit_capture")
    op.drop_table("visit_capture_request")
