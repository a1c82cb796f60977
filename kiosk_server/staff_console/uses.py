"""
A log of uses (用证记录) that staff must see (P39): one certificate, by the number on it or from an
objection, for a stated reason; its holder is told and reads the same reason.

There is no list, no search by person and none by place, and every look counts against a day's few.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.queries import certificate_called
from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.showing.staff_looks import (
    LONGEST_WORDS,
    PER_DAY,
    StaffReason,
    look_as_staff,
)
from kiosk_server.showing.uses import Use
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, require
from kiosk_server.web.request_context import database

HERE = "/staff/uses"
LONGEST_NUMBER = 120


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.get("/uses", endpoint="uses_form")(form)
    blueprint.post("/uses", endpoint="uses_look")(look)


def form() -> ResponseReturnValue:
    """Ask for one certificate and the reason."""
    require(Right.USES_SEE)
    return _page({}, None)


def look() -> ResponseReturnValue:
    """Show the latest looks at one certificate; the holder is told."""
    require(Right.USES_SEE)
    typed = request.form.get("certificate", "").strip()[:LONGEST_NUMBER]
    reason, said = request.form.get("reason", ""), request.form.get("words", "")
    faults = {} if reason in set(StaffReason) else {"reason": "not_chosen"}
    if not typed:
        faults["certificate"] = "missing"
    if not said.strip():
        faults["words"] = "missing"
    if faults:
        return _page(faults, None), 422
    try:
        with database().unit_of_work() as session:
            certificate = certificate_called(session, typed)
            reason_stated = StaffReason(reason)
            seen = look_as_staff(session, certificate.id, reason_stated, said, by=actor())
    except NotFound:
        return _page({"certificate": "unknown"}, None), 404
    except Invalid:
        return _page({"words": "missing"}, None), 422
    return _page({}, seen, title=certificate.kind, holder=certificate.masked_holder)


def _page(
    faults: dict[str, str], seen: list[Use] | None, *, title: str = "", holder: str = ""
) -> str:
    return render_template(
        "staff/uses.html",
        faults=faults,
        seen=seen,
        title=title,
        holder=holder,
        asked=request.values,
        reasons=[each.value for each in StaffReason],
        longest=LONGEST_WORDS,
        per_day=PER_DAY,
        moment=moment,
    )
