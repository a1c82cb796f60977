"""
What a visit can come for besides a service and a reprint (随身事项): today one's own phones.

An errand is no item of the catalogue: it decides nothing and issues no paper. It stands in the
visit's sealed draft and ends with it, or as soon as a service or a print code is taken up.
"""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import CardRead, Visit


class Errand(StrEnum):
    """What somebody came for."""

    OWN_PHONES = "own_phones"


NOTICE_OF = {Errand.OWN_PHONES: "own-phones/notice/1"}
"""The version of the words that the reading of the card is agreed to under."""

DRAFT, DRAFT_AFTER = "errand", "errand_after"


def errand_of(session: Session, visit: Visit) -> Errand | None:
    """Return the errand of *visit*, or None where it came for a service or a reprint."""
    if visit.item_version_id is not None or visit.expected_resident_id is not None:
        return None
    if visit.draft_sealed is None:
        return None
    kept = draft_of(session, visit).get(DRAFT)
    return Errand(kept) if kept is not None else None


def card_shown(session: Session, visit: Visit) -> bool:
    """
    Return whether a card was read for the errand itself.

    One that was read before, for a service, does not count: whoever finds a visit left open must
    not be able to take its holder's account.
    """
    last = last_read(session, visit)
    return last is not None and last != draft_of(session, visit).get(DRAFT_AFTER)


def last_read(session: Session, visit: Visit) -> str | None:
    """Return the id of the card read that *visit* had last."""
    reads = select(CardRead.id).where(CardRead.visit_id == visit.id).order_by(CardRead.id.desc())
    return session.scalars(reads.limit(1)).first()
