"""
Telling a holder that a certificate ends soon (到期提醒): once for each certificate and threshold.

    tell_of_expiry(session) -> int                      what a chore does every morning
    send_expiry_notice(database, channel, notice_id)    what the outbox does with a notice

A notice stands on the phone in any case; a message goes to whoever agreed to it. It names the type
and the day, and no number and no name.
"""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.certificates.certificate_types import ISSUED_HERE, certificate_type
from kiosk_server.certificates.holders import holder_of
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate, ExpiryNotice
from kiosk_server.certificates.rights import who_holds_for
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.residents import accounts
from kiosk_server.residents.consents import Purpose, stands

EXPIRY_TOLD = "certificates.expiring"
"""Outbox topic: `{"notice": id}`."""
THRESHOLDS_DAYS = (60, 30, 7)
NO_PHONE, NO_CHANNEL, NOT_NEEDED = "no_phone", "no_channel", "not_needed"
"""Outcomes of our own: nobody who has a number here and agreed to messages; nobody to carry them;
it was renewed."""


def tell_of_expiry(session: Session) -> int:
    """Ask for a notice for everything that crossed a threshold; return how many were asked for.

    Proofs issued here are left out: most serve thirty days, and are made anew in a minute.
    """
    told, today = 0, clock.beijing_today()
    ending = (
        select(Certificate)
        .where(
            Certificate.state == CertificateState.VALID,
            Certificate.type_id != ISSUED_HERE,
            Certificate.valid_until >= today,
        )
        .order_by(Certificate.id)
    )
    for certificate in session.scalars(ending).yield_per(500):
        days_left = (certificate.valid_until - today).days if certificate.valid_until else None
        crossed = [each for each in THRESHOLDS_DAYS if days_left is not None and days_left <= each]
        if crossed and _ask(session, certificate, min(crossed)):
            told += 1
    return told


def send_expiry_notice(
    database: Database, channel: PhoneMessages | None, notice_id: str
) -> MessageOutcome:
    """Hand a notice to the channel, unless the certificate was renewed meanwhile."""
    with database.reading() as session:
        errand = _errand(session, notice_id)
    if isinstance(errand, PhoneMessage) and channel is not None:
        outcome = channel.send(errand)
        told = outcome.value
    else:
        outcome = MessageOutcome.REFUSED
        told = errand if isinstance(errand, str) else NO_CHANNEL
    with database.unit_of_work() as session:
        session.get_one(ExpiryNotice, notice_id).outcome = told
    return outcome


def _ask(session: Session, certificate: Certificate, days_before: int) -> bool:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    asked = session.scalar(
        insert(ExpiryNotice)
        .values(
            id=new_id(),
            certificate_id=certificate.id,
            days_before=days_before,
            asked_at=clock.now(),
        )
        .on_conflict_do_nothing(
            index_elements=[ExpiryNotice.certificate_id, ExpiryNotice.days_before]
        )
        .returning(ExpiryNotice.id)
    )
    if asked is None:
        return False
    emit(
        session,
        EXPIRY_TOLD,
        {"notice": asked},
        lane=MESSAGES,
        dedup=f"{EXPIRY_TOLD}:{asked}",
    )
    day = certificate.valid_until.isoformat() if certificate.valid_until else ""
    for resident_id in who_holds_for(session, holder_of(certificate)):
        topic, kind = Topic.CERTIFICATE_EXPIRING, certificate.type_id
        tell(session, resident_id, topic, certificate.id, type=kind, day=day)
    return True


def _errand(session: Session, notice_id: str) -> PhoneMessage | str:
    """Return the message of a notice, or why there is none to send."""
    notice = session.get_one(ExpiryNotice, notice_id)
    certificate = session.get_one(Certificate, notice.certificate_id)
    if notice.outcome is not None:
        return notice.outcome
    if certificate.state != CertificateState.VALID or certificate.valid_until is None:
        return NOT_NEEDED
    for resident_id in who_holds_for(session, holder_of(certificate)):
        if not stands(session, resident_id, Purpose.EXPIRY_MESSAGES):
            continue
        account = accounts.of_resident(session, resident_id)
        number = accounts.number_of(session, account) if account else None
        if number is not None:
            kind = certificate_type(certificate.type_id)
            return PhoneMessage(
                id=notice.id,
                phone=number,
                template="certificate_expiring.zh",
                values={"kind": kind.names["zh"], "day": certificate.valid_until.isoformat()},
            )
    return NO_PHONE
