"""
Every event that is audited, by a stable name.

Rooms add their members here: one list tells an auditor what can stand in the chain. Names are
past tense, `room.event`.
"""

from enum import StrEnum


class AuditEvent(StrEnum):
    """What happened. The value is stored for as long as the law asks; never rename one."""

    VISIT_STARTED = "visit.started"
    VISIT_ENDED = "visit.ended"
    VISIT_REFUSED = "visit.refused"
    CONSENT_GIVEN = "visit.consent_given"
    CARD_READ = "visit.card_read"
    CARD_READ_REFUSED = "visit.card_read_refused"
    PRESENCE_PROVEN = "visit.presence_proven"
    PRESENCE_REFUSED = "visit.presence_refused"
    RECORDS_FETCHED = "records.fetched"
    CASE_DECIDED = "case.decided"
    CASE_COMPLETED = "case.completed"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_VERIFIED = "certificate.verified"
    CERTIFICATE_REFUSED = "certificate.refused"
    VERIFY_GUESSING = "certificate.guessing"
    PRINT_REQUESTED = "print.requested"
    PRINT_ENDED = "print.ended"
    PRINT_SETTLED = "print.settled"
    REPRINT_GRANTED = "print.reprint_granted"
    REPRINT_USED = "print.reprint_used"
    REPRINT_REFUSED = "print.reprint_refused"
    RATING_GIVEN = "rating.given"
    TERMINAL_ENROLLED = "terminal.enrolled"
    TERMINAL_ENROLMENT_REFUSED = "terminal.enrolment_refused"
    TERMINAL_REVOKED = "terminal.revoked"
    TERMINAL_REFUSED = "terminal.refused"
    TERMINAL_LOCKED = "terminal.locked"
    TERMINAL_UNLOCKED = "terminal.unlocked"
    ENROLMENT_CODE_MADE = "terminal.enrolment_code_made"
    STAFF_SIGNED_IN = "staff.signed_in"
    STAFF_SIGNED_OUT = "staff.signed_out"
    STAFF_REFUSED = "staff.refused"
    STAFF_LOCKED = "staff.locked"
    STAFF_ADDED = "staff.added"
    STAFF_DISABLED = "staff.disabled"
    PERSONAL_DATA_SEEN = "personal_data.seen"
    OUTBOX_RETRIED = "outbox.retried"
    KEYS_ROTATED = "keys.rotated"
    CATALOGUE_PUBLISHED = "catalogue.published"
