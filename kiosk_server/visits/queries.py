"""Read a visit without holding it: for pages that only show."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest
from kiosk_server.visits import rules
from kiosk_server.visits.models import CardRead, Consent, PhoneCode, PresenceProof, Visit
from kiosk_server.visits.services import watch_of


def active(session: Session, *, terminal_id: str, secret: str) -> Visit | None:
    """Return the visit behind a cookie at this terminal while it goes on; change nothing."""
    visit = session.scalars(
        select(Visit).where(
            Visit.session_digest == digest(secret), Visit.terminal_id == terminal_id
        )
    ).one_or_none()
    if visit is None or rules.over_at(watch_of(visit), clock.now()) is not None:
        return None
    return visit


def last_card_read(session: Session, visit: Visit) -> CardRead | None:
    """Return the card that was taken last in this visit, with its masked name."""
    reads = select(CardRead).where(CardRead.visit_id == visit.id).order_by(CardRead.id.desc())
    return session.scalars(reads.limit(1)).first()


def has_consent(session: Session, visit: Visit) -> bool:
    """Return whether the reading notice of the chosen item, or of the reprint, was agreed to."""
    version = None if visit.expected_resident_id is not None else visit.item_version_id
    given = select(Consent.id).where(
        Consent.visit_id == visit.id, Consent.item_version_id.is_not_distinct_from(version)
    )
    return session.scalars(given.limit(1)).first() is not None


def phone_code(session: Session, visit: Visit) -> PhoneCode | None:
    """Return the last code asked for in this visit: its masked phone and when it lapses."""
    asked = select(PhoneCode).where(PhoneCode.visit_id == visit.id).order_by(PhoneCode.id.desc())
    return session.scalars(asked.limit(1)).first()


def proofs(session: Session, visit: Visit) -> list[PresenceProof]:
    """Return the second proofs of this visit, oldest first."""
    given = select(PresenceProof).where(PresenceProof.visit_id == visit.id)
    return list(session.scalars(given.order_by(PresenceProof.id)))
