"""
Have papers fetched from one's door (材料上门取件): to which office, which papers, which of them are
originals, from which address; then everything once more, and one touch.

For whoever came for his cases and showed who he is. Nothing is typed in a hall: papers are named by
a touch, and an address is written on one's own phone, or at a window.
"""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core.errors import Unavailable
from kiosk_server.core.identifiers import is_id, new_id
from kiosk_server.deliveries import services
from kiosk_server.deliveries.addresses import address_of, addresses_of
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.deliveries.services import DeliveryWish
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.life import UNPAID
from kiosk_server.payments.rules import Origin, as_yuan
from kiosk_server.places.queries import site
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_ui.own_cases import own_case, strangers_noted, wish_key
from kiosk_ui.pages.result_ways import ADDRESSES
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import doors_a_page, rows_beneath_flow
from kiosk_ui.paid import PAY_BACK
from kiosk_ui.papers_plan import PapersPlan, begin_papers_anew, keep_of_papers, papers_plan
from kiosk_ui.presenters.papers import (
    door_of,
    office_rows,
    offices,
    originals_to_tick,
    papers_planned,
    papers_to_tick,
)
from kiosk_ui.presenters.wording import worded
from kiosk_ui.sending import carries_in_play, courier_here, payers_here
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    AddAddressPage,
    FieldProblem,
    PapersCheckPage,
    PapersFromPage,
    PapersTickPage,
    PapersWherePage,
    QrDrawing,
)
from kiosk_ui.visiting import deed, this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.post("/papers", endpoint="begin_papers")(begin)
    blueprint.get("/papers/where", endpoint="papers_where")(where)
    blueprint.post("/papers/where", endpoint="choose_papers_site")(choose_site)
    blueprint.get("/papers/what", endpoint="papers_what")(what)
    blueprint.post("/papers/what", endpoint="name_papers")(name_papers)
    blueprint.get("/papers/originals", endpoint="papers_originals")(originals)
    blueprint.post("/papers/originals", endpoint="mark_originals")(mark_originals)
    blueprint.get("/papers/from", endpoint="papers_from")(from_where)
    blueprint.post("/papers/from", endpoint="choose_papers_door")(choose_door)
    blueprint.get("/papers/add", endpoint="papers_address")(add_address)
    blueprint.get("/papers/check", endpoint="papers_check")(check)
    blueprint.post("/papers/check", endpoint="order_papers")(order_papers)


def begin() -> ResponseReturnValue:
    """Begin: for one of one's cases, whose office is known, or for any office."""
    named = request.form.get("case", "")
    with strangers_noted(), deed() as (session, visit):
        _carried()
        case = own_case(session, visit, named) if named else None
        begin_papers_anew(
            session,
            visit,
            case=case.id if case else None,
            site=case.site_id if case else None,
        )
    return redirect(url_for("kiosk.papers_what" if named else "kiosk.papers_where"), 303)


def where() -> ResponseReturnValue:
    """Ask to which office."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        rows = office_rows(offices(session, visit.site_id), visit.site_id, screen.language)
    shown, paging = turned(rows, rows_beneath_flow(screen), url_for("kiosk.papers_where"))
    return show(
        PapersWherePage(
            screen=screen,
            rows=shown,
            answer_url=url_for("kiosk.choose_papers_site"),
            back_url=url_for("kiosk.results"),
            paging=paging,
        )
    )


def choose_site() -> ResponseReturnValue:
    """Keep the office, if it has windows."""
    named = request.form.get("site", "")
    with deed() as (session, visit):
        if named not in {each.id for each in offices(session, visit.site_id)}:
            return redirect(url_for("kiosk.papers_where"), 303)
        keep_of_papers(session, visit, site=named, case=None)
    return redirect(url_for("kiosk.papers_what"), 303)


def what() -> ResponseReturnValue:
    """Ask which papers."""
    return _what_page()


def name_papers() -> ResponseReturnValue:
    """Keep which papers; none is no parcel."""
    with deed() as (session, visit):
        said = PapersPlan(kinds=tuple(request.form.getlist("paper"))).papers
        if said:
            kinds = ",".join(paper.code for paper in said)
            keep_of_papers(session, visit, kinds=kinds, originals=None)
    if not said:
        return _what_page(FieldProblem("papers-missing"))
    return redirect(url_for("kiosk.papers_originals"), 303)


def originals() -> ResponseReturnValue:
    """Ask which of them are originals: each of these has to come back, and is followed."""
    with database().reading() as session:
        screen = this_screen(session)
        plan = papers_plan(session, this_visit())
    if not plan.papers:
        return redirect(url_for("kiosk.papers_what"), 303)
    return show(
        PapersTickPage(
            screen=screen,
            ask="originals",
            papers=originals_to_tick(plan, screen.language),
            answer_url=url_for("kiosk.mark_originals"),
            back_url=url_for("kiosk.papers_what"),
        )
    )


def mark_originals() -> ResponseReturnValue:
    """Keep which are originals; none may be."""
    with deed() as (session, visit):
        plan, said = papers_plan(session, visit), request.form.getlist("paper")
        told = ",".join(paper.code for paper in plan.papers if paper.code in said)
        keep_of_papers(session, visit, originals=told)
    return redirect(url_for("kiosk.papers_from"), 303)


def from_where() -> ResponseReturnValue:
    """Ask from which of one's addresses; what fetching there costs is said with each."""
    visit = this_visit()
    with database().reading() as session:
        screen, plan = this_screen(session), papers_plan(session, visit)
        if plan.site_id is None or plan.originals is None:
            return redirect(url_for("kiosk.papers_originals"), 303)
        rows = [
            door_of(each, _postage(session, plan, each.division_code), screen.language)
            for each in addresses_of(session, visit.resident_id or "")
        ]
    if not rows:
        return redirect(url_for("kiosk.papers_address"), 303)
    shown, paging = turned(rows, doors_a_page(screen), url_for("kiosk.papers_from"))
    return show(
        PapersFromPage(
            screen=screen,
            rows=shown,
            answer_url=url_for("kiosk.choose_papers_door"),
            add_url=url_for("kiosk.papers_address"),
            back_url=url_for("kiosk.papers_originals"),
            simulated=carries_in_play(),
            paging=paging,
        )
    )


def choose_door() -> ResponseReturnValue:
    """Keep the address, if it is one's own."""
    named = request.form.get("address", "")
    if not is_id(named):
        return redirect(url_for("kiosk.papers_from"), 303)
    with strangers_noted(), deed() as (session, visit):
        keep_of_papers(
            session, visit, address=address_of(session, visit.resident_id or "", named).id
        )
    return redirect(url_for("kiosk.papers_check"), 303)


def add_address() -> ResponseReturnValue:
    """Show the code that leads one's phone to one's address book."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        any_there = bool(addresses_of(session, visit.resident_id or ""))
    return show(
        AddAddressPage(
            screen=screen,
            qr=QrDrawing(*qr_path(settings().public_origin + ADDRESSES)),
            back_url=url_for("kiosk.papers_from" if any_there else "kiosk.papers_originals"),
        )
    )


def check() -> ResponseReturnValue:
    """Show everything once more, with what it costs and who pays."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen, plan = this_screen(session), papers_plan(session, visit)
        if plan.site_id is None or plan.address_id is None or not plan.papers:
            return redirect(url_for("kiosk.papers_from"), 303)
        address = address_of(session, visit.resident_id or "", plan.address_id)
        postage = _postage(session, plan, address.division_code)
        office = site(session, plan.site_id)
    return show(
        PapersCheckPage(
            screen=screen,
            site=worded(office.names, screen.language),
            door=door_of(address, postage, screen.language),
            papers=papers_planned(plan, screen.language),
            payers=tuple(each.value for each in payers_here()),
            order_url=url_for("kiosk.order_papers"),
            back_url=url_for("kiosk.papers_from"),
            wish=new_id(),
            simulated=carries_in_play(),
        )
    )


def order_papers() -> ResponseReturnValue:
    """Call the courier; touched twice, once. Postage that is paid beforehand is paid next."""
    payer = next((each for each in payers_here() if each == request.form.get("payer")), None)
    with strangers_noted(), deed() as (session, visit):
        wish = request.form.get("wish", "")[:40]
        order = services.open_delivery(
            session,
            _wish(visit, papers_plan(session, visit)),
            _carried(),
            payer or payers_here()[0],
            by=resident_at(visit),
            origin=Origin.KIOSK,
            request_key=wish_key(visit, wish),
        )
        here = url_for("kiosk.papers", delivery_id=order.id)
        postage = postage_of(session, order)
        owed = postage is not None and postage.state in UNPAID
        if postage is not None and owed:
            put_draft(session, visit, **{PAY_ORDER: postage.id, PAY_BACK: here})
        begin_papers_anew(session, visit)
    return redirect(url_for("kiosk.paying") if owed else here, 303)


def _carried() -> CourierName:
    """Return who carries; said before anything is asked, where nobody does."""
    courier = courier_here()
    if courier is None:
        raise Unavailable("no_courier")
    return courier


def _what_page(problem: FieldProblem | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.papers_what"))
        plan = papers_plan(session, this_visit())
    if plan.site_id is None:
        return redirect(url_for("kiosk.papers_where"), 303)
    return show(
        PapersTickPage(
            screen=screen,
            ask="what",
            papers=papers_to_tick(plan, screen.language),
            answer_url=url_for("kiosk.name_papers"),
            back_url=url_for("kiosk.results" if plan.case_id else "kiosk.papers_where"),
            problem=problem,
        )
    )


def _wish(visit: Visit, plan: PapersPlan) -> DeliveryWish:
    return DeliveryWish(
        visit.resident_id or "",
        Direction.PAPERS,
        plan.address_id,
        case_id=plan.case_id,
        site_id=plan.site_id,
        pieces=plan.pieces,
    )


def _postage(session: Session, plan: PapersPlan, division_code: str) -> str:
    """What fetching there costs whoever does not let the office pay, in yuan."""
    fen = services.quote(session, plan.site_id or "", division_code, len(plan.papers))
    return as_yuan(0 if payers_here() == (Payer.OFFICE,) else fen)
