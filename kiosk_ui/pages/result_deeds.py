"""
What is done for one case: paid, its money given back, its parcel's code told; each once.
"""

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import NotFound
from kiosk_server.deliveries.handing_over import new_code
from kiosk_server.deliveries.slips import hand_over_slip_possible, queue_hand_over_slip
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.rules import as_yuan
from kiosk_server.results.queries import result_of
from kiosk_server.results.services import money_back
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.web.request_context import database
from kiosk_ui.own_cases import own_case, strangers_noted, to_pay
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paid import PAY_BACK
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import HandOverPage, MoneyBackPage
from kiosk_ui.visiting import deed, progress_here, this_visit

_CODE, _SLIP = "hand_over_code", "hand_over_slip"
"""Draft: case and code of the hand-over, and the case whose code came out on a slip."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.post("/results/<case_id>/pay", endpoint="pay_result")(pay_result)
    blueprint.get("/results/<case_id>/money", endpoint="result_money")(money)
    blueprint.post("/results/<case_id>/money", endpoint="result_money_back")(give_money_back)
    blueprint.post("/results/<case_id>/code", endpoint="make_hand_over_code")(make_code)
    blueprint.get("/results/<case_id>/code", endpoint="hand_over")(hand_over)


def pay_result(case_id: str) -> ResponseReturnValue:
    """Pay what is still owed for the way that was chosen."""
    back = url_for("kiosk.result", case_id=case_id)
    with strangers_noted(), deed() as (session, visit):
        case = own_case(session, visit, case_id)
        order = to_pay(session, result_of(session, case))
        if order is not None:
            put_draft(session, visit, **{PAY_ORDER: order.id, PAY_BACK: back})
    return redirect(url_for("kiosk.paying") if order is not None else back, 303)


def money(case_id: str) -> ResponseReturnValue:
    """Ask whether the money shall come back in place of the paper."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        view = result_of(session, own_case(session, visit, case_id))
    if not view.may_have_money or view.order is None:
        return redirect(_onward(case_id), 303)
    return show(
        MoneyBackPage(
            screen=screen,
            amount=as_yuan(view.order.amount_fen - view.order.returned_fen),
            yes_url=url_for("kiosk.result_money_back", case_id=case_id),
            back_url=_onward(case_id),
        )
    )


def give_money_back(case_id: str) -> ResponseReturnValue:
    """Send the money back, with every right to print the paper; touched twice, once."""
    with strangers_noted(), deed() as (session, visit):
        case = own_case(session, visit, case_id)
        if result_of(session, case).may_have_money:
            money_back(session, case.id, by=resident_at(visit))
            # Its code prints nothing any more.
            put_draft(session, visit, reprint_code=None)
    return redirect(_onward(case_id), 303)


def make_code(case_id: str) -> ResponseReturnValue:
    """Make the code for the hand-over, and print it where a slip comes out."""
    with strangers_noted(), deed() as (session, visit):
        case = own_case(session, visit, case_id)
        delivery = result_of(session, case).delivery
        if delivery is None:
            raise NotFound("delivery_not_found")
        code = new_code(session, delivery.id, by=resident_at(visit))
        printed = hand_over_slip_possible(session, visit)
        if printed:
            queue_hand_over_slip(session, visit, delivery, code=code)
        told = {_CODE: f"{case.id}:{code}", _SLIP: case.id if printed else None}
        put_draft(session, visit, **told)
    return wanted(make_response(redirect(url_for("kiosk.hand_over", case_id=case_id), 303)))


def hand_over(case_id: str) -> ResponseReturnValue:
    """Show the code that was made in this visit."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        own_case(session, visit, case_id)
        kept = draft_of(session, visit)
    made_for, _, code = kept.get(_CODE, "").partition(":")
    here = url_for("kiosk.result", case_id=case_id)
    if made_for != case_id:
        return redirect(here, 303)
    printed = kept.get(_SLIP) == case_id
    return show(HandOverPage(screen=screen, code=code, back_url=here, printed=printed))


def _onward(case_id: str) -> str:
    """Return where this came from: the print that does not come, or the case."""
    progress = progress_here()
    if progress.printing and progress.errand is None:
        return url_for("kiosk.printing")
    return url_for("kiosk.result", case_id=case_id)
