"""Certificates of every kind in one table of states; rights, copies, objections."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OF_PROOFS_ALONE = (
    ("number", 60),
    ("item_code", 60),
    ("item_version_id", 26),
    ("case_id", 26),
    ("resident_id", 26),
)
_LOOKED_UP = ("identifier", "kept_until", "organisation_id", "succeeds_id", "valid_until")
_ADDED = (
    "kept_until",
    "content_sealed",
    "valid_from",
    "organisation_id",
    "succeeds_id",
    "version",
    "identifier",
    "origin",
    "type_id",
)


def upgrade() -> None:
    op.create_table(
        "certificate_finding",
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("type_id", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("kept_until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "type_id", name=op.f("pk_certificate_finding")),
    )
    op.create_table(
        "holding_organisation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_kind", sa.String(length=3), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_organisation")),
        sa.UniqueConstraint("code_index", name=op.f("uq_holding_organisation_code_index")),
    )
    op.create_table(
        "refusal_report",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("type_id", sa.String(length=40), nullable=False),
        sa.Column("scene", sa.String(length=20), nullable=False),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=26), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_report")),
    )
    with op.batch_alter_table("refusal_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refusal_report_resident_id"), ["resident_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_refusal_report_state"), ["state"], unique=False)

    op.create_table(
        "holding_right",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("organisation_id", sa.String(length=26), nullable=True),
        sa.Column("basis", sa.String(length=30), nullable=False),
        sa.Column("basis_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["holding_organisation.id"],
            name=op.f("fk_holding_right_organisation_id_holding_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_right")),
    )
    with op.batch_alter_table("holding_right", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holding_right_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_holding_right_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_holding_right_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "annotated_copy",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.Column("pdf_file_id", sa.String(length=26), nullable=True),
        sa.Column("png_file_id", sa.String(length=26), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("digest_algorithm", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_annotated_copy_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotated_copy")),
        sa.UniqueConstraint("code", name=op.f("uq_annotated_copy_code")),
        sa.UniqueConstraint("number", name=op.f("uq_annotated_copy_number")),
    )
    with op.batch_alter_table("annotated_copy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_annotated_copy_certificate_id"), ["certificate_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_annotated_copy_made_by"), ["made_by"], unique=False)

    op.create_table(
        "certificate_expiry_notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_expiry_notice_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_expiry_notice")),
        sa.UniqueConstraint(
            "certificate_id",
            "days_before",
            name=op.f("uq_certificate_expiry_notice_certificate_id_days_before"),
        ),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=26), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=26), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refused_for", sa.String(length=30), nullable=True),
        sa.Column("new_certificate_id", sa.String(length=26), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_objection_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["new_certificate_id"],
            ["certificate.id"],
            name=op.f("fk_objection_new_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objection_certificate_id"), ["certificate_id"], unique=False
        )
        batch_op.create_index("ix_objection_due", ["state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "objection_evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("objection_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_evidence_objection_id_objection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_evidence")),
        sa.UniqueConstraint("file_id", name=op.f("uq_objection_evidence_file_id")),
    )
    with op.batch_alter_table("objection_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objection_evidence_objection_id"), ["objection_id"], unique=False
        )

    _bring_certificates()


def downgrade() -> None:
    _take_certificates_back()
    with op.batch_alter_table("objection_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_evidence_objection_id"))

    op.drop_table("objection_evidence")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_resident_id"))
        batch_op.drop_index("ix_objection_due")
        batch_op.drop_index(batch_op.f("ix_objection_certificate_id"))

    op.drop_table("objection")
    op.drop_table("certificate_expiry_notice")
    with op.batch_alter_table("annotated_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_annotated_copy_made_by"))
        batch_op.drop_index(batch_op.f("ix_annotated_copy_certificate_id"))

    op.drop_table("annotated_copy")
    with op.batch_alter_table("holding_right", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holding_right_resident_id"))
        batch_op.drop_index(batch_op.f("ix_holding_right_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_holding_right_actor_id"))

    op.drop_table("holding_right")
    with op.batch_alter_table("refusal_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refusal_report_state"))
        batch_op.drop_index(batch_op.f("ix_refusal_report_resident_id"))

    op.drop_table("refusal_report")
    op.drop_table("holding_organisation")
    op.drop_table("certificate_finding")


def _bring_certificates() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("type_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("identifier", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("succeeds_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("content_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("kept_until", sa.DateTime(), nullable=True))
        batch_op.alter_column(
            "revoked_at", new_column_name="changed_at", existing_type=sa.DateTime()
        )
        batch_op.alter_column(
            "revoked_reason", new_column_name="changed_reason", existing_type=sa.String(length=30)
        )
        for name, length in _OF_PROOFS_ALONE:
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=True)
        batch_op.alter_column(
            "state", existing_type=sa.String(length=10), type_=sa.String(length=12)
        )
    op.execute("UPDATE certificate SET type_id = 'proof', origin = 'here', version = 1")
    # What was called revoked before had four names all along.
    op.execute(
        "UPDATE certificate SET state = 'superseded' WHERE state = 'revoked'"
        " AND changed_reason IN ('record_corrected', 'replaced')"
    )
    op.execute("UPDATE certificate SET state = 'rescinded' WHERE state = 'revoked'")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.alter_column("type_id", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("origin", existing_type=sa.String(length=10), nullable=False)
        batch_op.alter_column("version", existing_type=sa.Integer(), nullable=False)
        for name in _LOOKED_UP:
            batch_op.create_index(batch_op.f(f"ix_certificate_{name}"), [name], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_certificate_organisation_id_holding_organisation"),
            "holding_organisation",
            ["organisation_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_certificate_succeeds_id_certificate"),
            "certificate",
            ["succeeds_id"],
            ["id"],
        )
    with op.batch_alter_table("certificate_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_algorithm", sa.String(length=10), nullable=True))
    op.execute("UPDATE certificate_document SET digest_algorithm = 'sha-256'")
    with op.batch_alter_table("certificate_document", schema=None) as batch_op:
        batch_op.alter_column(
            "digest_algorithm", existing_type=sa.String(length=10), nullable=False
        )
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.alter_column(
            "outcome", existing_type=sa.String(length=10), type_=sa.String(length=20)
        )


def _take_certificates_back() -> None:
    # The older tables know only proofs that were issued here, each valid or revoked.
    foreign = "(SELECT id FROM certificate WHERE origin = 'platform')"
    op.execute(f"DELETE FROM certificate_usage WHERE certificate_id IN {foreign}")  # noqa: S608
    op.execute(f"DELETE FROM certificate_document WHERE certificate_id IN {foreign}")  # noqa: S608
    op.execute("DELETE FROM certificate WHERE origin = 'platform'")
    op.execute("UPDATE certificate_usage SET outcome = 'revoked' WHERE length(outcome) > 10")
    op.execute("UPDATE certificate SET state = 'valid' WHERE state = 'lapsed'")
    op.execute("UPDATE certificate SET state = 'revoked' WHERE state <> 'valid'")
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.alter_column(
            "outcome", existing_type=sa.String(length=20), type_=sa.String(length=10)
        )
    with op.batch_alter_table("certificate_document", schema=None) as batch_op:
        batch_op.drop_column("digest_algorithm")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_certificate_succeeds_id_certificate"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_certificate_organisation_id_holding_organisation"), type_="foreignkey"
        )
        for name in _LOOKED_UP:
            batch_op.drop_index(batch_op.f(f"ix_certificate_{name}"))
        batch_op.alter_column(
            "state", existing_type=sa.String(length=12), type_=sa.String(length=10)
        )
        for name, length in _OF_PROOFS_ALONE:
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch_op.alter_column(
            "changed_at", new_column_name="revoked_at", existing_type=sa.DateTime()
        )
        batch_op.alter_column(
            "changed_reason", new_column_name="revoked_reason", existing_type=sa.String(length=30)
        )
        for name in _ADDED:
            batch_op.drop_column(name)
