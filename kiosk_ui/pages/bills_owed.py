"""
What is owed (待缴账单): which of it is paid now, and how its biller took it.

Paid is what a channel has said (`pages.paying`); booked is what the biller has said. Until he does
the page says so, and that the money comes back by itself if he does not.
"""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bills.life import MONEY_BACK, BillState
from kiosk_server.bills.queries import (
    SUBJECT_KIND,
    PaidBill,
    biller_named,
    bills_named,
    bills_of_order,
    found_bill,
)
from kiosk_server.bills.rules import FoundBill
from kiosk_server.bills.services import freshen, pay
from kiosk_server.bills.slips import bill_slip_asked, queue_bill_slip
from kiosk_server.cases.slips import slip_possible
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Unavailable
from kiosk_server.core.identifiers import digest
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.life import PAYABLE, OrderState
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import receipt_of
from kiosk_server.payments.rules import Origin
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.biller_gateways import biller_gateways
from kiosk_server.web.request_context import database
from kiosk_ui.bill_draft import BillDraft, Why, bill_draft, put_bill_draft
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import bills_a_page, bills_shown
from kiosk_ui.paid import ON, PAID_ORDER, PAY_BACK
from kiosk_ui.presenters.bills import answerable, is_waiting, owed_rows, paid_rows, whole_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import BillDonePage, BillsOwedPage, BillTroublePage, Page, Screen
from kiosk_ui.visiting import deed, this_visit

ON[SUBJECT_KIND] = "kiosk.bill_done"


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/bills/owed", endpoint="bills_owed")(owed)
    blueprint.post("/bills/owed", endpoint="choose_bill")(choose)
    blueprint.post("/bills/pay", endpoint="pay_bills")(pay_bills)
    blueprint.get("/bills/done", endpoint="bill_done")(done)
    blueprint.get("/bills/done/state", endpoint="bill_state")(state)
    blueprint.post("/bills/done/slip", endpoint="bill_slip")(slip)


def owed() -> ResponseReturnValue:
    """Show what is owed, or why there is nothing to pay and whom to ask."""
    visit = this_visit()
    with database().reading() as session:
        draft = bill_draft(session, visit)
        if draft is None or draft.typed is not None:
            return redirect(url_for("kiosk.bill_asking" if draft else "kiosk.bills"), 303)
        screen = this_screen(session)
        page = _page_of(session, screen, draft)
    return show(page) if page else redirect(url_for("kiosk.bills"), 303)


def choose() -> ResponseReturnValue:
    """Leave one bill out, or take it in again; once an order stands nothing changes."""
    with deed() as (session, visit):
        draft = bill_draft(session, visit)
        if draft is not None and _standing(session, draft) is None:
            put_bill_draft(session, visit, draft.touched(request.form.get("bill", "")))
    page = request.args.get("page")
    return redirect(url_for("kiosk.bills_owed", page=page, list="yes"), 303)


def pay_bills() -> ResponseReturnValue:
    """Open one order for what is chosen and go to pay it; what changed meanwhile is shown first."""
    visit = this_visit()
    with database().reading() as session:
        draft = bill_draft(session, visit)
        if draft is None:
            return redirect(url_for("kiosk.bills"), 303)
        own = _standing(session, draft) is not None
        bills = [each for each in _bills(session, draft) if own or each.payable]
    chosen = [each.id for each in bills if each.id not in draft.left]
    if not chosen:
        return redirect(url_for("kiosk.bills_owed", list="yes"), 303)
    by = resident_at(visit)
    try:
        freshen(database(), biller_gateways(), chosen, by=by)
        with deed() as (session, visit):
            order = pay(session, chosen, payer_id=None, origin=Origin.KIOSK, by=by)
            put_bill_draft(session, visit, replace(draft, order=order.id))
            back = url_for("kiosk.bills_owed", list="yes")
            put_draft(session, visit, **{PAY_ORDER: order.id, PAY_BACK: back})
    except Conflict:
        # Another amount, or paid elsewhere meanwhile: the list says which.
        return redirect(url_for("kiosk.bills_owed", list="yes", changed="yes"), 303)
    except Unavailable:
        with deed() as (session, visit):
            put_bill_draft(session, visit, draft.without(Why.SILENT))
        return redirect(url_for("kiosk.bills_owed"), 303)
    return redirect(url_for("kiosk.paying"), 303)


def done() -> ResponseReturnValue:
    """Show how the biller took what was paid."""
    visit = this_visit()
    with database().reading() as session:
        order = _paid_order(session, visit)
        if order is None:
            return redirect(url_for("kiosk.bills"), 303)
        screen = this_screen(session)
        page = _done_page(session, screen, visit, order)
    return show(page)


def state() -> ResponseReturnValue:
    """Tell a script whether the page would look different now (ETag, RFC 9110 8.8.3)."""
    with database().reading() as session:
        order = _paid_order(session, this_visit())
        version = _version(order, bills_of_order(session, order.id)) if order else "none"
    response: Response = jsonify({"version": version})
    response.set_etag(version)
    return response.make_conditional(request)


def slip() -> ResponseReturnValue:
    """Print the receipt; touched twice, it is one."""
    with deed() as (session, visit):
        order = _paid_order(session, visit)
        if order is not None:
            queue_bill_slip(session, visit, order)
    return wanted(make_response(redirect(url_for("kiosk.bill_done"), 303)))


def _page_of(session: Session, screen: Screen, draft: BillDraft) -> Page | None:
    listed = "list" in request.args and draft.found
    if draft.why is not None and not listed:
        return _trouble(screen, draft, draft.why)
    order = _standing(session, draft)
    bills = _bills(session, draft)
    if not bills:
        return None
    if order is None and not any(each.payable for each in bills):
        taken = any(each.standing is BillState.ORDERED for each in bills)
        return _trouble(screen, draft, Why.TAKEN if taken else Why.NOTHING)
    return _owed_page(screen, draft, bills, own=order is not None)


def _owed_page(
    screen: Screen, draft: BillDraft, bills: list[FoundBill], *, own: bool
) -> BillsOwedPage:
    biller = biller_named(draft.biller)
    rows = owed_rows(bills, draft.left, own)
    taken = [row for row in rows if row.chosen and row.held is None]
    shown, paging = turned(rows, bills_a_page(screen), url_for("kiosk.bills_owed", list="yes"))
    gateway = biller_gateways().get(biller.gateway)
    return BillsOwedPage(
        screen=screen,
        biller=worded(biller.names, screen.language),
        rows=shown,
        chosen=len(taken),
        sum_fen=sum(row.amount_fen for row in taken),
        choose_url=url_for("kiosk.choose_bill", page=paging.page),
        pay_url=url_for("kiosk.pay_bills"),
        back_url=url_for("kiosk.bills"),
        another_url=url_for("kiosk.bill_account", code=biller.code, more="yes")
        if biller.family and not own
        else None,
        fixed=own,
        changed="changed" in request.args,
        simulated=gateway is not None and gateway.simulated,
        paging=paging,
    )


def _trouble(screen: Screen, draft: BillDraft, why: Why) -> BillTroublePage:
    biller, again = biller_named(draft.biller), None
    if why in (Why.UNKNOWN, Why.SILENT):
        more = "yes" if draft.found else None
        again = url_for("kiosk.bill_account", code=biller.code, more=more)
    back = url_for("kiosk.bills_owed", list="yes") if draft.found else url_for("kiosk.bills")
    return BillTroublePage(
        screen=screen,
        why=why.value,
        biller=worded(biller.names, screen.language),
        answerable=answerable(biller, screen.language),
        back_url=back if why is not Why.TAKEN else url_for("kiosk.bills"),
        again_url=again,
        until=clock.to_beijing(draft.until) if draft.until else None,
    )


def _done_page(session: Session, screen: Screen, visit: Visit, order: PaymentOrder) -> BillDonePage:
    bills = bills_of_order(session, order.id)
    biller, states = bills[0].biller, [each.state for each in bills]
    room = bills_shown(screen)
    receipt = receipt_of(session, order.id)
    asked = bill_slip_asked(session, visit, order.id)
    prints = not asked and slip_possible(session, visit)
    return BillDonePage(
        screen=screen,
        state=whole_of(states),
        biller=worded(biller.names, screen.language),
        answerable=answerable(biller, screen.language),
        rows=tuple(paid_rows(bills[:room], returned=_is_back(order, bills))),
        unshown=max(0, len(bills) - room),
        sum_fen=order.amount_fen,
        receipt=receipt.id if receipt else None,
        state_url=url_for("kiosk.bill_state"),
        version=_version(order, bills),
        another_url=url_for("kiosk.bills"),
        done_url=url_for("kiosk.end"),
        waiting=is_waiting(states),
        slip="asked" if asked else None if prints else "no",
        slip_url=url_for("kiosk.bill_slip") if prints else None,
    )


def _bills(session: Session, draft: BillDraft) -> list[FoundBill]:
    """Return the bills that were found, as they stand now; what is forgotten by now is none."""
    try:
        named = bills_named(session, draft.biller, draft.accounts, draft.found)
    except NotFound:
        return []
    known = {bill.id: bill for bill in named}
    return [found_bill(session, known[each]) for each in draft.found]


def _standing(session: Session, draft: BillDraft) -> PaymentOrder | None:
    """Return the order that this visit opened, as long as it can be paid."""
    order = session.get(PaymentOrder, draft.order) if draft.order else None
    if order is None or order.state not in PAYABLE or order.expires_at <= clock.now():
        return None
    return order


def _paid_order(session: Session, visit: Visit) -> PaymentOrder | None:
    order_id = draft_of(session, visit).get(PAID_ORDER)
    order = session.get(PaymentOrder, order_id) if order_id else None
    return order if order is not None and order.subject_kind == SUBJECT_KIND else None


def _is_back(order: PaymentOrder, bills: list[PaidBill]) -> bool:
    """Return whether everything that was to go back has gone."""
    due = sum(each.amount_fen for each in bills if each.state in MONEY_BACK)
    return due > 0 and order.state != OrderState.REFUNDING and order.returned_fen >= due


def _version(order: PaymentOrder, bills: list[PaidBill]) -> str:
    told = (order.state, *(each.state.value for each in bills))
    return digest(repr(told))[:16]
