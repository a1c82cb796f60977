"""What bears on the ladder of identity at this terminal now, and its rungs as a page shows them."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.visits.card_reads import kinds_served
from kiosk_server.visits.finishing import why_no_staff
from kiosk_server.visits.helping import takes
from kiosk_server.visits.ladder import failures_of
from kiosk_server.visits.ladder_rules import Offer, Rung, Situation, ladder
from kiosk_server.visits.models import Visit
from kiosk_ui.outside import presence_check, sends_messages
from kiosk_ui.presenters.browsing import reason_word
from kiosk_ui.view_models import Closed, RungChoice

_ICONS = {
    Rung.CARD: "card",
    Rung.OWN_PHONE: "qr",
    Rung.NUMBER: "phone",
    Rung.OTHER_CARD: "card",
    Rung.CODE: "phone",
    Rung.FACE: "face-match",
    Rung.STAFF: "user",
    Rung.WINDOW: "people",
}
_PAGES: dict[Rung, tuple[str, dict[str, Any]]] = {
    Rung.CARD: ("kiosk.card", {}),
    Rung.OWN_PHONE: ("kiosk.one_code", {}),
    Rung.NUMBER: ("kiosk.number", {}),
    Rung.OTHER_CARD: ("kiosk.card", {"card": "other"}),
    Rung.CODE: ("kiosk.phone", {}),
    Rung.FACE: ("kiosk.face", {}),
    Rung.STAFF: ("kiosk.helper", {"again": "yes"}),
    Rung.WINDOW: ("kiosk.window", {"why": "window_human"}),
}


def situation_of(
    session: Session, visit: Visit, *, holder_known: bool, phone: str | None = None
) -> Situation:
    """
    Return what bears on the ladder of *visit* now.

    *phone* is why a code cannot go to a holder who is known (`no-phone`, `source-down`, …).
    """
    reader = ability_at(session, visit.terminal_id, needs={DeviceKind.ID_READER})
    return Situation(
        holder_known=holder_known,
        takes=takes(session, visit),
        several_cards=len(kinds_served(session, visit)) > 1,
        reader=None if reader.possible else reason_word(reader.reasons[0]),
        messages=sends_messages(),
        phone=phone,
        face=presence_check() is not None,
        staff=why_no_staff(session, visit.site_id),
        failures=failures_of(session, visit),
    )


def choices_of(situation: Situation, *, carries: bool = False) -> tuple[RungChoice, ...]:
    """
    Return the rungs for a page: those that can be stepped on first, in their order, and the
    window, which is always open, last.

    *carries*: what was begun can go on on the phone.
    """
    *offers, window = ladder(situation)
    open_ones = [_choice(offer) for offer in offers if offer.closed is None]
    if carries:
        open_ones.append(RungChoice("carry", "phone", url_for("kiosk.carry")))
    closed = [_choice(offer) for offer in offers if offer.closed is not None]
    return (*open_ones, *closed, _choice(window))


def _choice(offer: Offer) -> RungChoice:
    endpoint, arguments = _PAGES[offer.rung]
    return RungChoice(
        rung=offer.rung.value.replace("_", "-"),
        icon=_ICONS[offer.rung],
        url=url_for(endpoint, **arguments),
        closed=Closed(offer.closed) if offer.closed else None,
    )
