"""
How a case's result comes to me (结果送达): here, collected or sent, with what each costs told
before it is chosen; and the money in its place.

Which ways are open and whether money goes back is the room's word, asked anew at every touch; a
form names a way and a place, never a sum.
"""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.cases.models import Case
from kiosk_server.cases.own import case_of
from kiosk_server.core.errors import Conflict, Invalid, KioskError, NotFound, Refused, Unavailable
from kiosk_server.core.identifiers import is_id, new_token
from kiosk_server.payments.life import PAYABLE
from kiosk_server.payments.rules import Origin
from kiosk_server.residents.assurance import Act
from kiosk_server.results import services
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.web.request_context import database
from kiosk_server.web.security import allow_position
from mobile_api.access import holder
from mobile_api.booking_terms import form_key, refusals_noted
from mobile_api.courier_partners import couriers, payer, payers
from mobile_api.wallets import actor_id
from mobile_api.web.cases import CASES, case_shown
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.result_told import AT_SITE, doors_to, sites_to, version_of
from mobile_api.web.sending import carrier, payer_named

_EVENT = AuditEvent.RESULT_REFUSED
_LONGEST_SITE = 40


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of results."""
    blueprint.get("/cases/<case_id>/state", endpoint="case_state")(state)
    blueprint.get("/cases/<case_id>/send", endpoint="case_send")(send_form)
    blueprint.post("/cases/<case_id>/result", endpoint="case_choose")(choose)
    blueprint.get("/cases/<case_id>/money-back", endpoint="case_ask_money")(ask_for_money)
    blueprint.post("/cases/<case_id>/money-back", endpoint="case_money")(money_back)


def state(case_id: str) -> ResponseReturnValue:
    """Answer what a case's page asks now and then; 304 while nothing has happened."""
    may(Act.SEE_CASES)
    with refusals_noted(_EVENT), database().reading() as session:
        version = version_of(session, case_of(session, actor_id(), own_id(case_id)))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def send_form(case_id: str) -> ResponseReturnValue:
    """Offer my addresses and the sites that hand parcels out, each with its postage."""
    may(Act.SEND)
    return _send_page(own_id(case_id))


def choose(case_id: str) -> ResponseReturnValue:
    """Take a way; a double touch chooses once. What is owed leads to its payment."""
    may(Act.SEND)
    own_id(case_id)
    asked = request.form.get("way", "")
    way = next((each for each in ResultWay if each == asked), None)
    if way is None:
        return case_shown(case_id, Refused("way_not_open"))
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            case = case_of(session, actor_id(), case_id)
            chosen = _chosen(session, case, way)
            order = chosen.order
            paid_first = order is not None and order.state in PAYABLE
            leads_to = f"/m/payments/{order.id}" if order and paid_first else f"{CASES}/{case_id}"
    except (Refused, Conflict, Invalid, Unavailable) as refused:
        sends = way is ResultWay.SEND
        return _send_page(case_id, refused) if sends else case_shown(case_id, refused)
    return redirect(leads_to, code=303)


def ask_for_money(case_id: str) -> ResponseReturnValue:
    """Ask once before the money takes the paper's place."""
    may(Act.PAY)
    with refusals_noted(_EVENT), database().reading() as session:
        case = case_of(session, actor_id(), own_id(case_id))
        view = result_of(session, case)
        if not view.may_have_money:
            raise Refused("nothing_to_return")
        return page("m/case_money.html", tab="cases", case_id=case.id, view=view)


def money_back(case_id: str) -> ResponseReturnValue:
    """Give the money back in place of the paper; pressed twice it goes once."""
    may(Act.PAY)
    own_id(case_id)
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            case = case_of(session, actor_id(), case_id)
            services.money_back(session, case.id, by=holder().actor)
    except Refused as refused:
        return case_shown(case_id, refused)
    return redirect(f"{CASES}/{case_id}", code=303)


def _chosen(session: Session, case: Case, way: ResultWay) -> services.Chosen:
    sends = way is ResultWay.SEND
    address, to_site = _where(way)
    wanted = payer_named(request.form.get("payer", "")) if sends else None
    return services.choose(
        session,
        case.id,
        way,
        by=holder().actor,
        origin=Origin.PHONE,
        address_id=address,
        to_site_id=to_site,
        courier=couriers().first() if sends else None,
        payer=payer(wanted) if sends else None,
        request_key=form_key(f"{way}\x1f{address}\x1f{to_site}\x1f{wanted}"),
    )


def _where(way: ResultWay) -> tuple[str | None, str | None]:
    """Return the address and the site that the form names for *way*."""
    if way is ResultWay.COLLECT:
        return None, request.form.get("site", "")[:_LONGEST_SITE] or None
    if way is ResultWay.HERE:
        return None, None
    where = request.form.get("where", "")
    if where.startswith(AT_SITE):
        return None, where.removeprefix(AT_SITE)[:_LONGEST_SITE]
    if not where:
        raise Invalid("where_missing")
    if not is_id(where):
        raise NotFound("address_not_found")
    return where, None


def _send_page(case_id: str, refused: KioskError | None = None) -> ResponseReturnValue:
    with refusals_noted(_EVENT), database().reading() as session:
        case = case_of(session, actor_id(), case_id)
        view = result_of(session, case)
        if ResultWay.SEND not in view.open_ways and refused is None:
            raise Refused("way_not_open")
        allow_position()
        return page(
            "m/case_send.html",
            tab="cases",
            status=409 if refused else 200,
            fault=refused.code if refused else None,
            case_id=case.id,
            view=view,
            carrier=carrier(),
            doors=doors_to(session, case.site_id),
            sites=sites_to(session, case.site_id),
            payers=payers(),
            key=new_token(128),
        )
