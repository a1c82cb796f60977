"""Read a visit without holding it: for pages that only show."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest
from kiosk_server.core.masking import mask_name
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.visits import rules
from kiosk_server.visits.card_reads import has_consent
from kiosk_server.visits.models import CardRead, PhoneCode, PresenceProof, Visit
from kiosk_server.visits.services import watch_of

__all__ = [
    "active",
    "has_consent",
    "last_card_read",
    "masked_holder",
    "number_code",
    "phone_code",
    "proofs",
]


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


def masked_holder(session: Session, visit: Visit) -> str:
    """Return the masked name of whom this visit is known to be, by a card or in its place."""
    if visit.resident_id is None:
        return ""
    resident = session.get_one(Resident, visit.resident_id)
    return mask_name(residents.name_of(session, resident))


def phone_code(session: Session, visit: Visit) -> PhoneCode | None:
    """Return the last code to the holder: its masked phone and when it lapses."""
    return _last_code(session, visit, PhoneCode.masked_phone != "")


def number_code(session: Session, visit: Visit) -> PhoneCode | None:
    """Return the last code asked for in this visit by a number that was typed."""
    return _last_code(session, visit, PhoneCode.masked_phone == "")


def proofs(session: Session, visit: Visit) -> list[PresenceProof]:
    """Return the second proofs of this visit, oldest first."""
    given = select(PresenceProof).where(PresenceProof.visit_id == visit.id)
    return list(session.scalars(given.order_by(PresenceProof.id)))


def _last_code(session: Session, visit: Visit, of: ColumnElement[bool]) -> PhoneCode | None:
    asked = select(PhoneCode).where(PhoneCode.visit_id == visit.id, of)
    return session.scalars(asked.order_by(PhoneCode.id.desc()).limit(1)).first()
