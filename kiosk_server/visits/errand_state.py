"""
What a visit can come for besides a service and a reprint (随身事项): one's own phones, one's
certificates, one's bookings.

An errand is no item of the catalogue: it decides nothing and issues no paper. It stands in the
visit's sealed draft and ends with it, or as soon as a service or a print code is taken up.
"""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import CardRead, Visit


class Errand(StrEnum):
    """What somebody came for."""

    OWN_PHONES = "own_phones"
    """With the card alone: a phone must not open the account to another phone."""
    WALLET = "wallet"
    """With the card or one's own phone, as everything that follows."""
    BOOKINGS = "bookings"
    """To book a visit to a window, or change one (预约办事)."""
    CHECK_IN = "check_in"
    """To say that one has come to what one booked (预约签到)."""
    RESULTS = "results"
    """To see one's cases, and have what came of them (我的办件)."""


BY_CARD_OR_PHONE = frozenset(Errand) - {Errand.OWN_PHONES}
NOTICE_OF = {
    Errand.OWN_PHONES: "own-phones/notice/1",
    Errand.WALLET: "wallet/notice/1",
    Errand.BOOKINGS: "bookings/notice/1",
    Errand.CHECK_IN: "check-in/notice/1",
    Errand.RESULTS: "results/notice/1",
}
"""The version of the words that the reading of the card is agreed to under."""

DRAFT, DRAFT_AFTER = "errand", "errand_after"
_KNOWN = "errand_known"


def errand_of(session: Session, visit: Visit) -> Errand | None:
    """Return the errand of *visit*, or None where it came for a service or a reprint."""
    if visit.item_version_id is not None or visit.expected_resident_id is not None:
        return None
    if visit.draft_sealed is None:
        return None
    kept = draft_of(session, visit).get(DRAFT)
    return Errand(kept) if kept is not None else None


def shown_for_errand(session: Session, visit: Visit) -> bool:
    """
    Return whether the person was found out for the errand itself: by his card, or for what takes
    it by his phone.

    What was shown before, for a service, does not count: whoever finds a visit left open must
    not be able to take its holder's account.
    """
    kept = draft_of(session, visit)
    if _KNOWN in kept:
        return kept.get(DRAFT) in BY_CARD_OR_PHONE
    last = last_read(session, visit)
    return last is not None and last != kept.get(DRAFT_AFTER)


def note_known(session: Session, visit: Visit) -> None:
    """Keep that the person was found out by his phone for this errand."""
    put_draft(session, visit, **{_KNOWN: "yes"})


def last_read(session: Session, visit: Visit) -> str | None:
    """Return the id of the card read that *visit* had last."""
    reads = select(CardRead.id).where(CardRead.visit_id == visit.id).order_by(CardRead.id.desc())
    return session.scalars(reads.limit(1)).first()
