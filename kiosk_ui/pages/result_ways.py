"""
How would you like it (结果怎么拿): printed here, collected at a window, sent; what each costs is
said before it is chosen. What is owed is paid on the way (`paying`), and then it goes on here.

A case stands in the address by its id, which opens for its holder alone.
"""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.case_fees import CASE, fees_of
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Origin, as_yuan, total_fen
from kiosk_server.places.queries import site
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.results.paper import print_paper as print_result
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import COLLECT_WITHIN, ResultWay
from kiosk_server.results.services import choose
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_ui.openness import printer_here
from kiosk_ui.outside import press, records
from kiosk_ui.own_cases import own_case, strangers_noted, to_pay, wish_key
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import rows_beneath_flow
from kiosk_ui.paid import PAID_ORDER, PAY_BACK
from kiosk_ui.presenters.results import rows_of
from kiosk_ui.presenters.wording import chinese, titled, worded
from kiosk_ui.sending import courier_here, destinations_of, payer_here
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    AddAddressPage,
    QrDrawing,
    ResultSendPage,
    ResultWaysPage,
    Stage,
    WorkingPage,
)
from kiosk_ui.visiting import deed, this_visit

ADDRESSES = "/m/addresses"
_TO_CHOOSE = {ResultWay.HERE.value, ResultWay.COLLECT.value}


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/results/<case_id>/ways", endpoint="result_ways")(ways)
    blueprint.post("/results/<case_id>/ways", endpoint="choose_way")(choose_way)
    blueprint.get("/results/<case_id>/send", endpoint="result_send")(send)
    blueprint.post("/results/<case_id>/send", endpoint="send_result")(send_result)
    blueprint.get("/results/<case_id>/send/add", endpoint="add_address")(add_address)
    blueprint.post("/results/<case_id>/print", endpoint="print_result")(print_here)
    blueprint.get("/paid-case", endpoint="paid_case")(paid_case)


def ways(case_id: str) -> ResponseReturnValue:
    """Show the ways that are open, each with its fee and postage."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        case = own_case(session, visit, case_id)
        view = result_of(session, case)
        fees = fees_of(session, case) if view.owed else ()
        content = catalogue.version(session, case.item_version_id).content
        window = site(session, case.site_id)
        sends = courier_here() is not None
        found = destinations_of(session, case) if sends else []
        closed = printer_here(session, screen.language)
    if not view.open_ways:
        return redirect(url_for("kiosk.result", case_id=case_id), 303)
    return show(
        ResultWaysPage(
            screen=screen,
            name=titled(content.names, screen.language),
            ways=tuple(way.value for way in view.open_ways if sends or way != ResultWay.SEND),
            choose_url=url_for("kiosk.choose_way", case_id=case_id),
            send_url=url_for("kiosk.result_send", case_id=case_id),
            back_url=_back(visit, case),
            wish=new_id(),
            site=worded(window.names, screen.language),
            collect_days=COLLECT_WITHIN.days,
            fee=as_yuan(total_fen(fees)) if fees else None,
            basis=chinese(fees[0].basis, screen.language) if fees else None,
            here=closed,
            postage=found[0].postage if found else None,
        )
    )


def choose_way(case_id: str) -> ResponseReturnValue:
    """Choose to have it here or at a window; what is owed is paid first."""
    chosen = request.form.get("way", "")
    if chosen not in _TO_CHOOSE:
        return redirect(url_for("kiosk.result_ways", case_id=case_id), 303)
    return _chosen(case_id, ResultWay(chosen))


def send(case_id: str) -> ResponseReturnValue:
    """Ask where to; postage is said with each place."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        case = own_case(session, visit, case_id)
        view = result_of(session, case)
        open_ = ResultWay.SEND in view.open_ways and courier_here() is not None
        rows = rows_of(destinations_of(session, case), screen.language) if open_ else []
    here = url_for("kiosk.result_send", case_id=case_id)
    if not open_:
        return redirect(url_for("kiosk.result_ways", case_id=case_id), 303)
    if not rows:
        return redirect(url_for("kiosk.add_address", case_id=case_id), 303)
    shown, paging = turned(rows, rows_beneath_flow(screen), here)
    return show(
        ResultSendPage(
            screen=screen,
            rows=shown,
            send_url=url_for("kiosk.send_result", case_id=case_id),
            add_url=url_for("kiosk.add_address", case_id=case_id),
            back_url=url_for("kiosk.result_ways", case_id=case_id),
            wish=new_id(),
            fee=as_yuan(view.fee_fen) if view.owed else None,
            paging=paging,
        )
    )


def send_result(case_id: str) -> ResponseReturnValue:
    """Have it sent to one's own address, or to a site that hands parcels out."""
    kind, _, named = request.form.get("to", "").partition(":")
    if kind not in ("address", "site") or not named:
        return redirect(url_for("kiosk.result_send", case_id=case_id), 303)
    at_home = kind == "address"
    return _chosen(
        case_id,
        ResultWay.SEND,
        address_id=named if at_home else None,
        to_site_id=None if at_home else named,
    )


def add_address(case_id: str) -> ResponseReturnValue:
    """Show the code that leads one's phone to one's address book."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        case = own_case(session, visit, case_id)
        any_there = bool(destinations_of(session, case))
    onward = "kiosk.result_send" if any_there else "kiosk.result_ways"
    return show(
        AddAddressPage(
            screen=screen,
            qr=QrDrawing(*qr_path(settings().public_origin + ADDRESSES)),
            back_url=url_for(onward, case_id=case_id),
        )
    )


def print_here(case_id: str) -> ResponseReturnValue:
    """Print what is paid, or free; the job tells the rest."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        own_case(session, visit, case_id)
    return _to_printer(visit, case_id)


def paid_case() -> ResponseReturnValue:
    """Go on with what was paid for: more to pay, to the printer, or the case as it stands."""
    visit = this_visit()
    with deed() as (session, held):
        fetched = _papers_paid_for(session, held)
        if fetched is not None:
            return redirect(url_for("kiosk.papers", delivery_id=fetched.id), 303)
        case = _paid_for(session, held)
        view = result_of(session, case)
        left = to_pay(session, view)
        if left is not None:
            _go_and_pay(session, held, left, case.id)
    if left is not None:
        return redirect(url_for("kiosk.paying"), 303)
    if view.way is not ResultWay.HERE or visit.resident_id != case.resident_id:
        return redirect(url_for("kiosk.result", case_id=case.id), 303)
    with database().reading() as session:
        screen = this_screen(session)
    return show(
        WorkingPage(
            screen=screen,
            what="document",
            next_url=url_for("kiosk.print_result", case_id=case.id),
            usual_seconds=2,
            longest_seconds=20,
            stage=Stage.PRINT,
        )
    )


def _chosen(
    case_id: str,
    way: ResultWay,
    *,
    address_id: str | None = None,
    to_site_id: str | None = None,
) -> ResponseReturnValue:
    with strangers_noted(), deed() as (session, visit):
        case = own_case(session, visit, case_id)
        choose(
            session,
            case.id,
            way,
            by=resident_at(visit),
            origin=Origin.KIOSK,
            address_id=address_id,
            to_site_id=to_site_id,
            courier=courier_here() if way is ResultWay.SEND else None,
            payer=payer_here() if way is ResultWay.SEND else None,
            request_key=wish_key(visit, request.form.get("wish", "")[:40]),
        )
        owed = to_pay(session, result_of(session, case))
        if owed is not None:
            _go_and_pay(session, visit, owed, case.id)
    if owed is not None:
        return redirect(url_for("kiosk.paying"), 303)
    if way is ResultWay.HERE:
        return _to_printer(visit, case_id)
    return redirect(url_for("kiosk.result", case_id=case_id), 303)


def _go_and_pay(session: Session, visit: Visit, order: PaymentOrder, case_id: str) -> None:
    back = url_for("kiosk.result_ways", case_id=case_id)
    put_draft(session, visit, **{PAY_ORDER: order.id, PAY_BACK: back})


def _papers_paid_for(session: Session, visit: Visit) -> DeliveryOrder | None:
    """Return the papers whose fetching was paid for, where it was no result."""
    order = session.get(PaymentOrder, draft_of(session, visit).get(PAID_ORDER, ""))
    if order is None or order.subject_kind == CASE:
        return None
    delivery = session.get(DeliveryOrder, order.subject_id)
    return delivery if delivery and delivery.direction == Direction.PAPERS else None


def _paid_for(session: Session, visit: Visit) -> Case:
    order = session.get(PaymentOrder, draft_of(session, visit).get(PAID_ORDER, ""))
    if order is None:
        raise NotFound("case_not_found")
    case_id: str | None = order.subject_id
    if order.subject_kind != CASE:
        delivery = session.get(DeliveryOrder, order.subject_id)
        case_id = delivery.case_id if delivery is not None else None
    return own_case(session, visit, case_id or "")


def _to_printer(visit: Visit, case_id: str) -> ResponseReturnValue:
    print_result(
        database(),
        press(),
        origin=settings().public_origin,
        visit_id=visit.id,
        case_id=case_id,
        sample=records().simulated,
    )
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def _back(visit: Visit, case: Case) -> str:
    """Return the page before: the decision that has just been made, or the case as it stands."""
    own = case.visit_id == visit.id and visit.item_version_id is not None
    return url_for("kiosk.decision") if own else url_for("kiosk.result", case_id=case.id)
