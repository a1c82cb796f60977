"""
A member of staff who must see a log of uses: one certificate, for a stated reason, told to its
holder (P39).

There is no list of people, no search, and no way to ask for more than one certificate at a time.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.holders import holder_of
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import who_holds_for
from kiosk_server.certificates.rules import Channel
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.limits import count_attempt
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.models import PhoneAccount
from kiosk_server.residents.phone_rules import NoticeKind
from kiosk_server.showing.rules import Looker
from kiosk_server.showing.uses import NewUse, Use, record_use, uses_of_certificate

PER_DAY = 20
LATEST = 20
LONGEST_WORDS = 200


class StaffReason(StrEnum):
    """For what a log may be looked into."""

    OBJECTION = "objection"
    """The holder objected to a look, or to the certificate."""
    COMPLAINT = "complaint"
    COURT_ORDER = "court_order"
    MISUSE = "misuse"
    """Somebody is suspected to have shown what is not his."""


def look_as_staff(
    session: Session, certificate_id: str, reason: StaffReason, words: str, *, by: Actor
) -> list[Use]:
    """Return the latest looks at one certificate; the look of staff stands in the same log.

    Raises `NotFound`, `Invalid("reason_missing")`, `TooMany("too_many_staff_look")` after twenty in
    a day.
    """
    if not 0 < len(words.strip()) <= LONGEST_WORDS:
        raise Invalid("reason_missing", fields=[FieldFault("words", "reason_missing")])
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound("certificate_not_found")
    count_attempt(session, "staff_look", by.id, limit=PER_DAY, window=timedelta(days=1))
    seen = uses_of_certificate(session, certificate, limit=LATEST)
    look = NewUse(
        Channel.STAFF,
        reason.value,
        looker=Looker(member_id=by.id),
        purpose=words.strip(),
    )
    record_use(session, certificate, look)
    note(
        session,
        AuditEvent.USES_SEEN,
        actor=by,
        subject=Subject("certificate", certificate.id),
        facts={"reason": reason.value, "looks": len(seen)},
    )
    _tell_holder(session, certificate)
    return seen


def _tell_holder(session: Session, certificate: Certificate) -> None:
    who = who_holds_for(session, holder_of(certificate))
    accounts = select(PhoneAccount.id).where(PhoneAccount.resident_id.in_(who))
    for account_id in session.scalars(accounts.order_by(PhoneAccount.id)):
        tell(session, account_id, NoticeKind.USES_SEEN)
