"""One work order (工单): how it stands, what was done, and what I may do with it now."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.files.pictures import MEDIA_TYPE
from kiosk_server.places.queries import SiteView
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.staff_console.work_order_view import (
    facts_of,
    is_over,
    notice_lines,
    order_line,
    part_lines,
    step_lines,
)
from kiosk_server.staff_console.work_orders import HERE
from kiosk_server.supplies.services import load_of_part, take_load
from kiosk_server.upkeep.on_call import list_for
from kiosk_server.web.request_context import database
from kiosk_server.work_orders import queries, services
from kiosk_server.work_orders.checklists import Finding, checklist_for
from kiosk_server.work_orders.fitting import fit
from kiosk_server.work_orders.parts import Part, PartCode
from kiosk_server.work_orders.photos import MOST_PHOTOS, keep_photo, look_at_photo
from kiosk_server.work_orders.queries import OrderView
from kiosk_server.work_orders.rules import (
    LIFE,
    SECOND_LOOK,
    WORKERS_OWN,
    Arrival,
    ArrivalReason,
    CancelReason,
    FaultCause,
    OrderState,
    OrderVerb,
)

Choice = TypeVar("Choice", bound=StrEnum)
_PLAIN: dict[OrderVerb, Callable[..., None]] = {
    OrderVerb.SET_OUT: services.set_out,
    OrderVerb.BEGIN: services.begin,
    OrderVerb.WAIT_FOR_PARTS: services.wait_for_parts,
    OrderVerb.CHECK: services.check,
    OrderVerb.REOPEN: services.reopen,
}
"""Verbs that need no more words than themselves."""
_AT_WORK = (OrderState.WORKING, OrderState.WAITING_FOR_PARTS)


def add_routes(blueprint: Blueprint) -> None:
    """Put an order's page and its verbs under *blueprint*."""
    blueprint.get("/work-orders/<order_id>")(work_order_page)
    blueprint.post("/work-orders/<order_id>/<verb>")(move_order)
    blueprint.post("/work-orders/<order_id>/parts")(fit_part)
    blueprint.post("/work-orders/<order_id>/photos")(add_photo)
    blueprint.get("/work-orders/<order_id>/photos/<photo_id>")(photo_of_order)


def work_order_page(order_id: str) -> ResponseReturnValue:
    """Show one order."""
    return _page(order_id, [])


def move_order(order_id: str, verb: str) -> ResponseReturnValue:
    """Do one thing with an order; the room says whether it may be done now, and by me."""
    if verb not in set(OrderVerb):
        raise NotFound("work_order_verb_not_found")
    asked = OrderVerb(verb)
    with database().reading() as session:
        view, site = _mine(session, order_id, _right_for(asked))
        able = {duty.staff_id for duty in list_for(session, site.division_code)}
    try:
        with database().unit_of_work() as session:
            _do(session, view, asked, able)
    except Invalid as refused:
        return _page(order_id, list(refused.fields)), 422
    return redirect(f"{HERE}/{order_id}", code=303)


def fit_part(order_id: str) -> ResponseReturnValue:
    """Keep a part that I fitted."""
    with database().reading() as session:
        view, _ = _mine(session, order_id, Right.WORK_ORDERS_WORK)
    form = request.form
    if form.get("code") not in set(PartCode):
        return _page(order_id, [FieldFault("code", "not_chosen")]), 422
    part = Part(
        PartCode(form["code"]),
        form.get("quantity", 0, type=int),
        form.get("serial_out", "").strip(),
        form.get("serial_in", "").strip(),
    )
    try:
        with database().unit_of_work() as session:
            fit(session, order_id, part, by=actor())
            if (load := load_of_part(part.code, part.quantity)) is not None:
                take_load(session, view.terminal_id, load.supply, load.units)
    except Invalid as refused:
        return _page(order_id, list(refused.fields)), 422
    return redirect(f"{HERE}/{order_id}#parts", code=303)


def add_photo(order_id: str) -> ResponseReturnValue:
    """Keep a picture of the machine; nothing but its pixels."""
    with database().reading() as session:
        _mine(session, order_id, Right.WORK_ORDERS_OPEN)
    sent = request.files.get("photo")
    try:
        with database().unit_of_work() as session:
            keep_photo(session, order_id, sent.read() if sent else b"", by=actor())
    except Invalid as refused:
        return _page(order_id, list(refused.fields)), 422
    return redirect(f"{HERE}/{order_id}#photos", code=303)


def photo_of_order(order_id: str, photo_id: str) -> ResponseReturnValue:
    """Show a picture; who looks is written down, and no browser keeps it."""
    with database().reading() as session:
        _mine(session, order_id, Right.TERMINALS_SEE)
    with database().unit_of_work() as session:
        data = look_at_photo(session, order_id, photo_id, by=actor())
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _do(session: Session, view: OrderView, verb: OrderVerb, able: set[str]) -> None:
    form, by = request.form, actor()
    if verb in _PLAIN:
        _PLAIN[verb](session, view.id, by=by)
        return
    match verb:
        case OrderVerb.ASSIGN:
            wanted = form.get("staff") or by.id
            # Somebody else must be reachable: he is on a list that covers the place.
            if wanted != by.id and wanted not in able:
                raise Invalid("assignee_invalid", fields=[FieldFault("staff", "not_found")])
            services.assign(session, view.id, wanted, by=by)
        case OrderVerb.ARRIVE:
            reason = _chosen(ArrivalReason, "reason")
            services.arrive(session, view.id, Arrival.BY_HAND, by=by, reason=reason)
        case OrderVerb.FINISH:
            points = checklist_for(view.cause.device)
            findings = {point.value: form.get(f"point.{point}", "") for point in points}
            services.finish(session, view.id, findings, _chosen(FaultCause, "cause"), by=by)
        case OrderVerb.CANCEL:
            services.cancel(session, view.id, _chosen(CancelReason, "why"), by=by)


def _chosen(choices: type[Choice], name: str) -> Choice:
    try:
        return choices(request.form.get(name, ""))
    except ValueError:
        raise Invalid(fields=[FieldFault(name, "not_chosen")]) from None


def _right_for(verb: OrderVerb) -> Right:
    return Right.WORK_ORDERS_CHECK if verb in SECOND_LOOK else Right.WORK_ORDERS_WORK


def _page(order_id: str, faults: list[FieldFault]) -> str:
    with database().reading() as session:
        view, site = _mine(session, order_id, Right.TERMINALS_SEE)
        others = [
            duty
            for duty in list_for(session, site.division_code)
            if duty.staff_id not in (staff().staff_id, view.assignee_id)
        ]
        steps = step_lines(queries.steps_of(session, order_id))
        notices = notice_lines(queries.notices_of(session, order_id))
        parts = part_lines(queries.parts_of(session, order_id))
        photos = [each.id for each in queries.photos_of(session, order_id)]
    verbs = _verbs(view, site.division_code)
    at_work = view.state in _AT_WORK and view.assignee_id == staff().staff_id
    return render_template(
        "staff/work_order.html",
        row=order_line(view, {site.id: site}),
        alert=view.alert_id,
        facts=facts_of(view),
        steps=steps,
        notices=notices,
        parts=parts,
        photos=photos,
        verbs=verbs,
        others=[(duty.staff_id, duty.name) for duty in others],
        mine=view.assignee_id == staff().staff_id,
        points=[point.value for point in checklist_for(view.cause.device)],
        checklist=view.checklist,
        findings=[each.value for each in Finding],
        causes=[each.value for each in FaultCause],
        unseen=[each.value for each in ArrivalReason],
        cancels=[each.value for each in CancelReason],
        codes=[each.value for each in PartCode],
        may_fit=at_work and may(staff(), Right.WORK_ORDERS_WORK, site.division_code),
        may_photograph=not is_over(view)
        and len(photos) < MOST_PHOTOS
        and may(staff(), Right.WORK_ORDERS_OPEN, site.division_code),
        chosen=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _verbs(view: OrderView, division_code: str) -> set[str]:
    me = staff().staff_id
    return {
        verb.value
        for verb in LIFE.open_verbs(view.state)
        if may(staff(), _right_for(verb), division_code)
        and not (verb in WORKERS_OWN and view.assignee_id != me)
        and not (verb in SECOND_LOOK and view.done_by == me)
    }


def _mine(session: Session, order_id: str, right: Right) -> tuple[OrderView, SiteView]:
    view = queries.find(session, order_id)
    site = my_sites(session, Right.TERMINALS_SEE).get(view.site_id) if view else None
    if view is None or site is None:
        require(Right.TERMINALS_SEE)
        audit_refusal(right, Subject("work_order", order_id) if view else None)
        raise NotFound("work_order_not_found")
    require(right, site.division_code)
    return view, site
