"""
One's own phones at a terminal, with the identity card (我的手机): stop them all, bind a new one.

    phones_signed_in(session, visit) -> int
    stop_phones(session, visit)      -> int              手机丢失停用
    ask_for_code(session, visit)     -> ShownCode        the older one serves no more
    code_shown(session, visit)       -> ShownCode | None until it was used or lapses

Each asks for a card that was read for this very errand. The code stands sealed in the visit's
draft, to be shown again, and goes with it (P52); what it opens lives on for its few minutes, since
the phone may be slower than the visit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.core.limits import count_attempt
from kiosk_server.residents import my_phones
from kiosk_server.residents.assurance import Way
from kiosk_server.residents.proving import make_binding_code
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.errand_state import Errand, errand_of, shown_for_errand
from kiosk_server.visits.models import Visit

MOST_CODES_A_VISIT = 5
SLIP = "binding_slip"
"""Draft: the print job of the code's slip, once it was asked for."""
_CODE, _UNTIL, _STOPPED = "binding_code", "binding_until", "phones_stopped"


@dataclass(frozen=True)
class ShownCode:
    """Eight digits for the phone, and until when they serve."""

    code: str
    expires_at: datetime


def phones_signed_in(session: Session, visit: Visit) -> int:
    """Return how many phones the person of *visit* is signed in on; `Refused("card_first")`."""
    return my_phones.signed_in(session, _holder(session, visit))


def stopped_here(session: Session, visit: Visit) -> int | None:
    """Return how many phones this visit has stopped; None where it stopped none yet."""
    kept = draft_of(session, visit).get(_STOPPED)
    return None if kept is None else int(kept)


def stop_phones(session: Session, visit: Visit) -> int:
    """Sign the person of *visit* out everywhere, and say on how many; `Refused("card_first")`."""
    stopped = my_phones.stop_all(session, _holder(session, visit), by=resident_at(visit))
    put_draft(session, visit, **{_STOPPED: str(stopped)})
    return stopped


def ask_for_code(session: Session, visit: Visit) -> ShownCode:
    """
    Make the code that binds a phone to the person of *visit*.

    Raises `Refused("card_first")`, and `TooMany` after five in one visit.
    """
    holder = _holder(session, visit)
    count_attempt(
        session, "binding_visit", visit.id, limit=MOST_CODES_A_VISIT, window=timedelta(hours=1)
    )
    made = make_binding_code(session, holder, way=Way.ID_CARD, by=resident_at(visit))
    until = made.expires_at.isoformat()
    put_draft(session, visit, **{_CODE: made.code, _UNTIL: until, SLIP: None})
    return ShownCode(made.code, made.expires_at)


def code_shown(session: Session, visit: Visit) -> ShownCode | None:
    """Return the code that this visit shows, or None where there is none or it has lapsed."""
    kept = draft_of(session, visit)
    if _CODE not in kept:
        return None
    shown = ShownCode(kept[_CODE], datetime.fromisoformat(kept[_UNTIL]))
    return shown if shown.expires_at > clock.now() else None


def _holder(session: Session, visit: Visit) -> str:
    if errand_of(session, visit) is not Errand.OWN_PHONES or not shown_for_errand(session, visit):
        raise Refused("card_first")
    if visit.resident_id is None:
        raise Refused("card_first")
    return visit.resident_id
