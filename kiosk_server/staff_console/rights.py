"""
Rights to another's wallet (代持权): a guardian's for a child, an agent's for an organisation,
entered at a window from the record that proves them, and ended there.

Numbers are typed from a document that lies on the desk; nothing is listed but what one person
holds, whose own number was typed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.certificates.holders import (
    Holder,
    enter_organisation,
    masked_name_of,
    organisation,
    person,
)
from kiosk_server.certificates.rights import (
    BASES,
    Basis,
    Proof,
    RightEnd,
    RightKind,
    give,
    require_standing,
    revoke_right,
    rights_of,
)
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, Refused
from kiosk_server.core.limits import count_attempt
from kiosk_server.core.masking import mask_name
from kiosk_server.residents import services as residents
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.session import actor, require
from kiosk_server.web.request_context import database

HERE = "/staff/rights"
LONGEST_NAME, LONGEST_REFERENCE = 60, 60
PER_DAY = 60
LASTS_YEARS = (1, 3, 5)
_KIND = CardKind.RESIDENT


@dataclass(frozen=True)
class HeldRight:
    """One right as the clerk reads it; a child's name masked."""

    id: str
    kind: RightKind
    holder: str
    basis: Basis
    until: date


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/rights", endpoint="rights_form")(form)
    blueprint.post("/rights", endpoint="rights_give")(give_right)
    blueprint.post("/rights/find", endpoint="rights_find")(find)
    blueprint.post("/rights/<right_id>/end", endpoint="rights_end")(end_right)


def form() -> ResponseReturnValue:
    """Ask who, for whom, from which record."""
    require(Right.HOLDING_RIGHTS_KEEP)
    return _page({})


def give_right() -> ResponseReturnValue:
    """Enter one right; what is wrong is said at its field."""
    require(Right.HOLDING_RIGHTS_KEEP)
    faults = _faults()
    if faults:
        return _page(faults), 422
    kind = RightKind(request.form["kind"])
    proof = Proof(Basis(request.form["basis"]), _typed("reference", LONGEST_REFERENCE))
    until = clock.beijing_today() + timedelta(days=365 * int(request.form["years"]))
    try:
        with database().unit_of_work() as session:
            _count(session)
            holding = _resident(session, "actor")
            holder = _holder(session, kind)
            right = give(session, holding, kind, holder, proof, until=until, by=actor())
            seen = _seen(session, holding)
    except Invalid as fault:
        return _page({each.at: each.code for each in fault.fields} or {"code": fault.code}), 422
    except (Conflict, Refused) as fault:
        return _page({"holder": fault.code}), 409
    return _page({}, seen=seen, entered=right.id)


def find() -> ResponseReturnValue:
    """Show what one person holds for others, whose number and name were typed."""
    require(Right.HOLDING_RIGHTS_KEEP)
    number = _typed("actor_number", 18).upper()
    if not is_valid(_KIND, number):
        return _page({"actor_number": "number_invalid"}, finding=True), 422
    with database().unit_of_work() as session:
        _count(session)
        resident = residents.find(session, number=number)
        seen = _seen(session, resident.id) if resident is not None else []
    return _page({}, seen=seen, finding=True)


def end_right(right_id: str) -> ResponseReturnValue:
    """End one right at once, for a reason out of the list."""
    require(Right.HOLDING_RIGHTS_KEEP)
    why = request.form.get("why", "")
    with database().unit_of_work() as session:
        _count(session)
        require_standing(session, right_id)
        if why not in set(RightEnd):
            raise Invalid("reason_missing", fields=[FieldFault("why", "reason_missing")])
        revoke_right(session, right_id, by=actor(), why=RightEnd(why))
    return redirect(f"{HERE}?ended=yes", 303)


def _faults() -> dict[str, str]:
    kind, faults = request.form.get("kind", ""), {}
    if kind not in set(RightKind):
        return {"kind": "missing"}
    if request.form.get("basis", "") not in {each.value for each in BASES[RightKind(kind)]}:
        faults["basis"] = "basis_unfit"
    if request.form.get("years", "") not in {str(each) for each in LASTS_YEARS}:
        faults["years"] = "missing"
    faults |= _person_faults("actor")
    if kind == RightKind.GUARDIAN:
        faults |= _person_faults("holder")
    elif not _typed("holder_name", LONGEST_NAME):
        faults["holder_name"] = "missing"
    return faults


def _person_faults(of: str) -> dict[str, str]:
    faults = {}
    if not is_valid(_KIND, _typed(f"{of}_number", 18).upper()):
        faults[f"{of}_number"] = "number_invalid"
    if len(_typed(f"{of}_name", LONGEST_NAME)) < 2:
        faults[f"{of}_name"] = "missing"
    return faults


def _resident(session: Session, of: str) -> str:
    number, name = _typed(f"{of}_number", 18).upper(), _typed(f"{of}_name", LONGEST_NAME)
    return residents.find_or_register(session, number=number, name=name, kind=_KIND).id


def _holder(session: Session, kind: RightKind) -> Holder:
    if kind is RightKind.GUARDIAN:
        return person(_resident(session, "holder"))
    code, name = _typed("holder_number", 18), _typed("holder_name", LONGEST_NAME)
    return organisation(enter_organisation(session, code=code, name=name).id)


def _seen(session: Session, holding: str) -> list[HeldRight]:
    return [
        HeldRight(each.id, each.kind, masked_name_of(session, each.holder), each.basis, each.until)
        for each in rights_of(session, holding)
    ]


def _count(session: Session) -> None:
    # Nobody at a window needs more; who would read the rights of a town is stopped.
    count_attempt(session, "staff_rights", actor().id, limit=PER_DAY, window=timedelta(days=1))


def _typed(name: str, longest: int) -> str:
    return " ".join(request.form.get(name, "").split())[:longest]


def _page(
    faults: dict[str, str],
    *,
    seen: list[HeldRight] | None = None,
    entered: str | None = None,
    finding: bool = False,
) -> str:
    return render_template(
        "staff/rights.html",
        faults=faults,
        seen=seen,
        entered=entered,
        finding=finding,
        ended="ended" in request.args,
        asked=request.form,
        whose=mask_name(_typed("actor_name", LONGEST_NAME)),
        kinds=[each.value for each in RightKind],
        bases=[each.value for each in Basis],
        ends=[each.value for each in RightEnd],
        years=LASTS_YEARS,
        longest_name=LONGEST_NAME,
        longest_reference=LONGEST_REFERENCE,
    )
