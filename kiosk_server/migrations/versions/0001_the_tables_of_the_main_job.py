"""The tables of the main job."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_ends", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_window_ends"), ["window_ends"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=True),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_event", ["event", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_entry_subject", ["subject_kind", "subject_id", "id"], unique=False
        )

    op.create_table(
        "audit_link",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    op.create_table(
        "catalogue_item",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("current_version_id", sa.String(length=26), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_catalogue_item")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("item_code", sa.String(length=60), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("masked_holder", sa.String(length=120), nullable=False),
        sa.Column("good_for", sa.String(length=200), nullable=False),
        sa.Column("not_good_for", sa.String(length=200), nullable=False),
        sa.Column("bears_seal", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=30), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_certificate_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "certificate_number",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_certificate_number")),
    )
    op.create_table(
        "division",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["division.code"], name=op.f("fk_division_parent_code_division")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("dedup", sa.String(length=120), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("leased_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_message_dedup")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_ready", ["state", "due"], unique=False)

    op.create_table(
        "resident",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint("number_index", name=op.f("uq_resident_number_index")),
    )
    op.create_table(
        "service_case_counter",
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_service_case_counter")),
    )
    op.create_table(
        "simulated_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("message_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_message")),
    )
    op.create_table(
        "staff_member",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_member_login")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("shelf", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_key_id"), ["key_id"], unique=False)

    op.create_table(
        "terminal",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=True),
        sa.Column("key_id", sa.String(length=26), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("software", sa.String(length=40), nullable=True),
        sa.Column("clock_offset_seconds", sa.Double(), nullable=True),
        sa.Column("spool_open", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("key_id", name=op.f("uq_terminal_key_id")),
        sa.UniqueConstraint("public_key", name=op.f("uq_terminal_public_key")),
    )
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_site_id"), ["site_id"], unique=False)

    op.create_table(
        "catalogue_item_version",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("item_code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_code"],
            ["catalogue_item.code"],
            name=op.f("fk_catalogue_item_version_item_code_catalogue_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item_version")),
        sa.UniqueConstraint(
            "item_code", "version", name=op.f("uq_catalogue_item_version_item_code_version")
        ),
    )
    with op.batch_alter_table("catalogue_item_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_item_version_item_code"), ["item_code"], unique=False
        )

    op.create_table(
        "certificate_document",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reprint", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_document_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_document")),
        sa.UniqueConstraint(
            "certificate_id", "digest", name=op.f("uq_certificate_document_certificate_id_digest")
        ),
    )
    op.create_table(
        "certificate_usage",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_usage_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_usage")),
    )
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.create_index(
            "ix_certificate_usage_certificate", ["certificate_id", "at"], unique=False
        )

    op.create_table(
        "device_state",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("condition", sa.String(length=20), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_device_state_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "kind", name=op.f("pk_device_state")),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_enrolment_code_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_enrolment_code")),
    )
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enrolment_code_terminal_id"), ["terminal_id"], unique=False
        )

    op.create_table(
        "file_blob",
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_file_blob_file_id_stored_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_blob")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_site_division_code_division")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["site.id"], name=op.f("fk_site_parent_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_division_code"), ["division_code"], unique=False)

    op.create_table(
        "staff_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_staff_session_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "terminal_nonce",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("forget_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_nonce_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "nonce", name=op.f("pk_terminal_nonce")),
    )
    with op.batch_alter_table("terminal_nonce", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_terminal_nonce_forget_at"), ["forget_at"], unique=False
        )

    op.create_table(
        "host_place",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_host_place_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_place")),
    )
    with op.batch_alter_table("host_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_host_place_site_id"), ["site_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("session_digest", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("size", sa.String(length=2), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("reach", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=12), nullable=True),
        sa.Column("item_version_id", sa.String(length=26), nullable=True),
        sa.Column("assurance", sa.String(length=20), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("expected_resident_id", sa.String(length=26), nullable=True),
        sa.Column("reprint_right_id", sa.String(length=26), nullable=True),
        sa.Column("draft_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["expected_resident_id"],
            ["resident.id"],
            name=op.f("fk_visit_expected_resident_id_resident"),
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["catalogue_item_version.id"],
            name=op.f("fk_visit_item_version_id_catalogue_item_version"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_visit_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("session_digest", name=op.f("uq_visit_session_digest")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_terminal", ["terminal_id", "state"], unique=False)

    op.create_table(
        "print_job",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("certificate_id", sa.String(length=26), nullable=True),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("reprint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("trouble", sa.String(length=30), nullable=True),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("came_out", sa.String(length=3), nullable=True),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_print_job_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_print_job_terminal", ["terminal_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "service_case",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("item_code", sa.String(length=60), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("handled_by", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("promise_version", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=True),
        sa.Column("decision_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_id", sa.String(length=26), nullable=True),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("human_asked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["catalogue_item_version.id"],
            name=op.f("fk_service_case_item_version_id_catalogue_item_version"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_service_case_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_service_case_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_service_case_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_case")),
        sa.UniqueConstraint("number", name=op.f("uq_service_case_number")),
    )
    with op.batch_alter_table("service_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_case_resident_id"), ["resident_id"], unique=False
        )
        batch_op.create_index(
            "ix_service_case_visit", ["visit_id", "item_version_id"], unique=False
        )

    op.create_table(
        "visit_card_read",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sam_id", sa.String(length=64), nullable=False),
        sa.Column("masked_name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_visit_card_read_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_card_read_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_card_read")),
    )
    with op.batch_alter_table("visit_card_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_card_read_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_card_request",
        sa.Column("nonce_digest", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_card_request_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("nonce_digest", name=op.f("pk_visit_card_request")),
    )
    with op.batch_alter_table("visit_card_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_card_request_visit_id"), ["visit_id"], unique=False
        )

    op.create_table(
        "visit_consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=True),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["catalogue_item_version.id"],
            name=op.f("fk_visit_consent_item_version_id_catalogue_item_version"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_consent_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_consent")),
    )
    with op.batch_alter_table("visit_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_consent_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_phone_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("masked_phone", sa.String(length=20), nullable=False),
        sa.Column("message_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_phone_code_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_phone_code")),
    )
    with op.batch_alter_table("visit_phone_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_phone_code_visit_id"), ["visit_id"], unique=False
        )

    op.create_table(
        "visit_presence_proof",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_visit_presence_proof_resident_id_resident"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_presence_proof_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_presence_proof")),
    )
    with op.batch_alter_table("visit_presence_proof", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_presence_proof_visit_id"), ["visit_id"], unique=False
        )

    op.create_table(
        "print_reprint_right",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("used_job_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_job.id"], name=op.f("fk_print_reprint_right_job_id_print_job")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_print_reprint_right_resident_id_resident"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_reprint_right")),
        sa.UniqueConstraint("job_id", name=op.f("uq_print_reprint_right_job_id")),
    )
    with op.batch_alter_table("print_reprint_right", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_print_reprint_right_code_mac"), ["code_mac"], unique=False
        )

    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_rating_case_id_service_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("case_id", name=op.f("uq_rating_case_id")),
    )
    op.create_table(
        "rating_link",
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_rating_link_case_id_service_case")
        ),
        sa.PrimaryKeyConstraint("code_mac", name=op.f("pk_rating_link")),
    )
    with op.batch_alter_table("rating_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_link_case_id"), ["case_id"], unique=False)

    op.create_table(
        "rating_skip",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["service_case.id"], name=op.f("fk_rating_skip_case_id_service_case")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_rating_skip")),
    )
    op.create_table(
        "rating_follow_up",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("rating_id", sa.String(length=26), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("provisional_due", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["rating.id"], name=op.f("fk_rating_follow_up_rating_id_rating")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_follow_up")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_rating_follow_up_rating_id")),
    )


def downgrade() -> None:
    op.drop_table("rating_follow_up")
    op.drop_table("rating_skip")
    with op.batch_alter_table("rating_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_link_case_id"))

    op.drop_table("rating_link")
    op.drop_table("rating")
    with op.batch_alter_table("print_reprint_right", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_print_reprint_right_code_mac"))

    op.drop_table("print_reprint_right")
    with op.batch_alter_table("visit_presence_proof", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_presence_proof_visit_id"))

    op.drop_table("visit_presence_proof")
    with op.batch_alter_table("visit_phone_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_phone_code_visit_id"))

    op.drop_table("visit_phone_code")
    with op.batch_alter_table("visit_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_consent_visit_id"))

    op.drop_table("visit_consent")
    with op.batch_alter_table("visit_card_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_card_request_visit_id"))

    op.drop_table("visit_card_request")
    with op.batch_alter_table("visit_card_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_card_read_visit_id"))

    op.drop_table("visit_card_read")
    with op.batch_alter_table("service_case", schema=None) as batch_op:
        batch_op.drop_index("ix_service_case_visit")
        batch_op.drop_index(batch_op.f("ix_service_case_resident_id"))

    op.drop_table("service_case")
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_print_job_visit_id"))
        batch_op.drop_index("ix_print_job_terminal")
        batch_op.drop_index(batch_op.f("ix_print_job_case_id"))

    op.drop_table("print_job")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_terminal")

    op.drop_table("visit")
    with op.batch_alter_table("host_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_host_place_site_id"))

    op.drop_table("host_place")
    with op.batch_alter_table("terminal_nonce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terminal_nonce_forget_at"))

    op.drop_table("terminal_nonce")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_division_code"))

    op.drop_table("site")
    op.drop_table("file_blob")
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_code_terminal_id"))

    op.drop_table("enrolment_code")
    op.drop_table("device_state")
    with op.batch_alter_table("certificate_usage", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_usage_certificate")

    op.drop_table("certificate_usage")
    op.drop_table("certificate_document")
    with op.batch_alter_table("catalogue_item_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_item_version_item_code"))

    op.drop_table("catalogue_item_version")
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terminal_site_id"))

    op.drop_table("terminal")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_key_id"))

    op.drop_table("stored_file")
    op.drop_table("staff_member")
    op.drop_table("simulated_message")
    op.drop_table("service_case_counter")
    op.drop_table("resident")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_ready")

    op.drop_table("outbox_message")
    op.drop_table("division")
    op.drop_table("certificate_number")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_resident_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_case_id"))

    op.drop_table("certificate")
    op.drop_table("catalogue_item")
    op.drop_table("audit_link")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index("ix_audit_entry_event")

    op.drop_table("audit_entry")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_window_ends"))

    op.drop_table("attempt")
