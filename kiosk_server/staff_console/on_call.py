"""Who is on call (值班) for which division: seen, entered and taken off by name."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.staff.queries import colleague_called
from kiosk_server.staff.rules import Right, covers, may
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.upkeep import on_call
from kiosk_server.web.request_context import database

HERE = "/staff/on-call"


def add_routes(blueprint: Blueprint) -> None:
    """Put the lists under *blueprint*."""
    blueprint.get("/on-call")(on_call_page)
    blueprint.post("/on-call")(enter_duty)
    blueprint.post("/on-call/<duty_id>/remove")(remove_duty)


def on_call_page() -> ResponseReturnValue:
    """Show the lists of my divisions, in the order in which people are called."""
    return _page([])


def enter_duty() -> ResponseReturnValue:
    """Put somebody on the list of one of my divisions."""
    form = request.form
    with database().reading() as session:
        divisions = _my_divisions(session)
        member = colleague_called(session, form.get("login", ""))
    require(Right.ON_CALL_KEEP)
    faults = []
    if form.get("division") not in divisions:
        faults.append(FieldFault("division", "not_chosen"))
    # Whoever is not of this division's staff is called by his own list.
    if member is None or not (
        covers(staff().division_code, member.division_code)
        or covers(member.division_code, staff().division_code)
    ):
        faults.append(FieldFault("staff", "not_found"))
    if member is None or faults:
        return _page(faults), 422
    try:
        with database().unit_of_work() as session:
            on_call.enter(
                session,
                form["division"],
                staff_id=member.id,
                phone=form.get("phone", ""),
                rank=form.get("rank", 0, type=int),
                by=actor(),
            )
    except Invalid as refused:
        return _page(list(refused.fields)), 422
    return redirect(HERE, code=303)


def remove_duty(duty_id: str) -> ResponseReturnValue:
    """Take somebody off one of my lists."""
    with database().reading() as session:
        duty = on_call.find(session, duty_id)
    if duty is None or not may(staff(), Right.ON_CALL_KEEP, duty.division_code):
        require(Right.ON_CALL_KEEP)
        audit_refusal(Right.ON_CALL_KEEP, Subject("duty", duty_id) if duty else None)
        raise NotFound("duty_not_found")
    with database().unit_of_work() as session:
        on_call.remove(session, duty_id, by=actor())
    return redirect(HERE, code=303)


def _page(faults: list[FieldFault]) -> str:
    require(Right.ON_CALL_KEEP)
    with database().reading() as session:
        divisions = _my_divisions(session)
        duties = [
            (duty, on_call.masked_phone_of(session, duty.id))
            for duty in on_call.within(session, staff().division_code)
        ]
    return render_template(
        "staff/on_call.html",
        duties=duties,
        divisions=divisions,
        form=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _my_divisions(session: Session) -> Mapping[str, str]:
    """Return the divisions in which I keep lists, by code, with the site that stands for each."""
    found: dict[str, str] = {}
    for site in my_sites(session, Right.ON_CALL_KEEP).values():
        found.setdefault(site.division_code, site_name(site))
    return found
