"""
Papers that are fetched, or were (材料上门取件): each piece, what happened, the code that is told to
whoever comes for them; and that nobody shall come.
"""

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.deliveries import services
from kiosk_server.deliveries.handing_over import is_over, new_code
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import Payer
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.queries import delivery_of, pieces_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.deliveries.slips import hand_over_slip_possible, queue_hand_over_slip
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.rules import as_yuan
from kiosk_server.places.queries import site
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_ui.own_cases import strangers_noted
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import lines_a_page
from kiosk_ui.paid import PAY_BACK
from kiosk_ui.presenters.papers import owes_postage, papers_state, papers_times, papers_told
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    Deed,
    HandOverPage,
    PapersCancelPage,
    PapersPage,
    PaperTold,
    ResultTime,
)
from kiosk_ui.visiting import deed, this_visit

_CODE, _SLIP = "papers_code", "papers_code_slip"
"""Draft: parcel and code of the hand-over, and the parcel whose code came out on a slip."""
_BEFORE_FETCHED = (DeliveryState.CREATED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/papers/of/<delivery_id>", endpoint="papers")(papers)
    blueprint.post("/papers/of/<delivery_id>/code", endpoint="make_papers_code")(make_code)
    blueprint.get("/papers/of/<delivery_id>/code", endpoint="papers_code")(code)
    blueprint.post("/papers/of/<delivery_id>/pay", endpoint="pay_papers")(pay)
    blueprint.get("/papers/of/<delivery_id>/cancel", endpoint="cancel_papers")(ask_to_cancel)
    blueprint.post("/papers/of/<delivery_id>/cancel", endpoint="cancel_papers_now")(cancel)


def papers(delivery_id: str) -> ResponseReturnValue:
    """Show each piece and what happened, with what may be done now."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        order = _own(session, visit, delivery_id)
        told = papers_told(pieces_of(session, order.id), screen.language)
        happened = papers_times(session, order, screen.language)
        here = url_for("kiosk.papers", delivery_id=order.id)
        entries: list[PaperTold | ResultTime] = [*told, *happened]
        shown, paging = turned(entries, lines_a_page(screen), here)
        deeds = _deeds(session, order)
        state = papers_state(session, order)
        office = site(session, order.site_id)
    return show(
        PapersPage(
            screen=screen,
            state=state,
            site=worded(office.names, screen.language),
            papers=tuple(each for each in shown if isinstance(each, PaperTold)),
            lines=tuple(each for each in shown if isinstance(each, ResultTime)),
            main=deeds[0] if deeds else None,
            others=tuple(deeds[1:]),
            back_url=url_for("kiosk.results"),
            waybill=order.waybill,
            postage=_at_the_door(order),
            paging=paging,
        )
    )


def make_code(delivery_id: str) -> ResponseReturnValue:
    """Make the code that the courier asks for, and print it where a slip comes out."""
    with strangers_noted(), deed() as (session, visit):
        order = _own(session, visit, delivery_id)
        made = new_code(session, order.id, by=resident_at(visit))
        printed = hand_over_slip_possible(session, visit)
        if printed:
            queue_hand_over_slip(session, visit, order, code=made)
        told = {_CODE: f"{order.id}:{made}", _SLIP: order.id if printed else None}
        put_draft(session, visit, **told)
    return wanted(make_response(redirect(url_for("kiosk.papers_code", delivery_id=order.id), 303)))


def code(delivery_id: str) -> ResponseReturnValue:
    """Show the code that was made in this visit."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        _own(session, visit, delivery_id)
        kept = draft_of(session, visit)
    made_for, _, made = kept.get(_CODE, "").partition(":")
    here = url_for("kiosk.papers", delivery_id=delivery_id)
    if made_for != delivery_id:
        return redirect(here, 303)
    printed = kept.get(_SLIP) == delivery_id
    return show(HandOverPage(screen=screen, code=made, back_url=here, printed=printed, papers=True))


def pay(delivery_id: str) -> ResponseReturnValue:
    """Pay the postage that nobody comes without."""
    back = url_for("kiosk.papers", delivery_id=delivery_id)
    with strangers_noted(), deed() as (session, visit):
        order = _own(session, visit, delivery_id)
        postage = postage_of(session, order)
        owed = postage is not None and owes_postage(session, order)
        if postage is not None and owed:
            put_draft(session, visit, **{PAY_ORDER: postage.id, PAY_BACK: back})
    return redirect(url_for("kiosk.paying") if owed else back, 303)


def ask_to_cancel(delivery_id: str) -> ResponseReturnValue:
    """Ask once before the courier is told to stay away."""
    visit = this_visit()
    here = url_for("kiosk.papers", delivery_id=delivery_id)
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        order = _own(session, visit, delivery_id)
        office = site(session, order.site_id)
    if not _can_cancel(order):
        return redirect(here, 303)
    return show(
        PapersCancelPage(
            screen=screen,
            site=worded(office.names, screen.language),
            yes_url=url_for("kiosk.cancel_papers_now", delivery_id=delivery_id),
            back_url=here,
        )
    )


def cancel(delivery_id: str) -> ResponseReturnValue:
    """Tell the courier to stay away, or nobody, where he was not asked yet."""
    with strangers_noted(), deed() as (session, visit):
        order = _own(session, visit, delivery_id)
        if _can_cancel(order):
            services.cancel(session, order.id, by=resident_at(visit))
    return redirect(url_for("kiosk.papers", delivery_id=delivery_id), 303)


def _own(session: Session, visit: Visit, delivery_id: str) -> DeliveryOrder:
    """Return papers of whoever stands here; `NotFound("delivery_not_found")` for any other."""
    if visit.resident_id is None or not is_id(delivery_id):
        raise NotFound("delivery_not_found")
    order = delivery_of(session, visit.resident_id, delivery_id)
    if order.direction != Direction.PAPERS:
        raise NotFound("delivery_not_found")
    return order


def _deeds(session: Session, order: DeliveryOrder) -> list[Deed]:
    """What may be done now, the best first."""
    found = list[Deed]()
    if order.state == DeliveryState.CREATED and owes_postage(session, order):
        found.append(Deed("pay-postage", url_for("kiosk.pay_papers", delivery_id=order.id)))
    elif order.state in _BEFORE_FETCHED and not is_over(order):
        found.append(Deed("fetch-code", url_for("kiosk.make_papers_code", delivery_id=order.id)))
    if _can_cancel(order):
        found.append(
            Deed("cancel", url_for("kiosk.cancel_papers", delivery_id=order.id), link=True)
        )
    return found


def _can_cancel(order: DeliveryOrder) -> bool:
    return order.state in _BEFORE_FETCHED and order.cancel_asked_at is None


def _at_the_door(order: DeliveryOrder) -> str | None:
    waits = order.payer == Payer.RECIPIENT and order.state in _BEFORE_FETCHED
    return as_yuan(order.fee_fen) if waits and order.fee_fen else None
