"""
`/staff/window` (收费窗口): an order is found by what its payer has in hand, and worked on.

Found by the code of a slip, by a receipt's number, by a case's number; each look is audited, and
who types numbers that lead nowhere is stopped after ten. What a cashier does stands in
`window_money.py`, his receipt in `window_receipt.py`, his drawer in `window_day.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.cases.queries import of_number
from kiosk_server.core import limits
from kiosk_server.core.errors import Conflict, Invalid, KioskError, NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.cash import Till
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import order_named, order_of_subject, order_on_slip
from kiosk_server.payments.rules import as_yuan
from kiosk_server.results.models import CaseResult
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.queue_window import Desk, my_desk, take_window, windows_page
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.staff_console.window_view import case_shown, order_shown, version_of
from kiosk_server.web.payment_channels import every_channel
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id
from kiosk_server.web.words import current_language, words

HERE = "/staff/window"
MOST_MISSES = 10
MISSES_WINDOW = timedelta(minutes=10)
OF_A_CASE = "case"
"""The kind of thing that an order is for, where it is a case."""
_MISSED = "window_look"
_LONGEST_NUMBER = 80
_LONGEST_SUM = 10
_WRONG_SUMS: Mapping[str, str] = {
    "too_little": "staff-window-too-little",
    "too_much": "staff-window-too-much-handed",
}

Deed = Callable[[Session, Till], object]


@dataclass(frozen=True)
class Found:
    """What a number led to: an order, a case, or an order for a case."""

    order: PaymentOrder | None = None
    case: Case | None = None

    @property
    def place(self) -> str:
        """Where its page is."""
        if self.order is not None:
            return f"{HERE}/orders/{self.order.id}"
        return f"{HERE}/cases/{self.case.id}" if self.case is not None else HERE


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/window")(window_page)
    blueprint.get("/window/choose")(choose_window_page)
    blueprint.post("/window/choose")(choose_my_window)
    blueprint.post("/window/find")(find_at_window)
    blueprint.get("/window/orders/<order_id>")(window_order_page)
    blueprint.get("/window/cases/<case_id>")(window_case_page)


def window_page() -> ResponseReturnValue:
    """Ask for what stands on a slip; without a window, ask which it is."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return choose_window_page() if desk is None else _home(desk)


def choose_window_page() -> ResponseReturnValue:
    """Ask at which window who is signed in takes money."""
    return windows_page(Right.WINDOW_WORK, "window", f"{HERE}/choose")


def choose_my_window() -> ResponseReturnValue:
    """Take a window of one's own sites."""
    return take_window(Right.WINDOW_WORK, HERE)


def find_at_window() -> ResponseReturnValue:
    """Go to what a number names; a number that leads nowhere is counted and audited."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    asked = request.form.get("number", "").strip()[:_LONGEST_NUMBER]
    with database().unit_of_work() as session:
        if limits.attempts(session, _MISSED, staff().staff_id) >= MOST_MISSES:
            _count_miss(session)
        found = _find(session, asked)
        if found is None:
            _count_miss(session)
            note(session, AuditEvent.WINDOW_LOOK_REFUSED, actor=actor(), facts={"reason": "none"})
        else:
            _note_look(session, found)
    if found is None:
        return _home(desk, nothing=asked), 404
    return redirect(found.place, code=303)


def window_order_page(order_id: str) -> ResponseReturnValue:
    """Show one order; while a card is awaited the page renews itself."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return redirect(HERE, code=303) if desk is None else _found_page(desk, order_id=order_id)


def window_case_page(case_id: str) -> ResponseReturnValue:
    """Show one case whose result is handed out here."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return redirect(HERE, code=303) if desk is None else _found_page(desk, case_id=case_id)


def desk_here() -> Desk | None:
    """Return the window at which who is signed in takes money."""
    with database().reading() as session:
        return my_desk(session, Right.WINDOW_WORK)


def do_here(
    deed: Deed, *, order_id: str | None = None, case_id: str | None = None
) -> ResponseReturnValue:
    """Carry out *deed* at my window and show what it was about; what stands against it is said."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    try:
        with database().unit_of_work() as session:
            deed(session, Till(desk.site.id, desk.window.label))
    except (Conflict, Invalid, Refused) as refused:
        problem = Problem.of(refused, request_id())
        typed = request.form.get("handed", "")[:_LONGEST_SUM]
        said = _why_no_cash(refused) or title_of(problem)
        response = _found_page(desk, order_id=order_id, case_id=case_id, refused=said, typed=typed)
        response.status_code = problem.status
        return response
    place = f"orders/{order_id}" if order_id else f"cases/{case_id}"
    return redirect(f"{HERE}/{place}", code=303)


def case_of_mine(session: Session, case_id: str) -> Case:
    """Return a case of my sites; `NotFound("case_not_found")`, audited, for any other."""
    case = session.get(Case, case_id)
    if case is None or not _is_mine(session, case):
        audit_refusal(Right.WINDOW_WORK, Subject("case", case_id) if case else None)
        raise NotFound("case_not_found")
    return case


def _home(desk: Desk, *, nothing: str = "") -> str:
    return render_template(
        "staff/window.html", window=desk.window.label, name=site_name(desk.site), nothing=nothing
    )


def _find(session: Session, asked: str) -> Found | None:
    order = order_on_slip(session, asked) or order_named(session, asked)
    if order is not None:
        return Found(order)
    case = of_number(session, asked)
    return Found(case=case) if case is not None and _is_mine(session, case) else None


def _is_mine(session: Session, case: Case) -> bool:
    """Whether a case was taken in, or its result is to be collected, at a site of mine."""
    mine = my_sites(session, Right.WINDOW_WORK)
    result = session.get(CaseResult, case.id)
    return case.site_id in mine or (result is not None and result.site_id in mine)


def _count_miss(session: Session) -> None:
    limits.count_attempt(
        session, _MISSED, staff().staff_id, limit=MOST_MISSES, window=MISSES_WINDOW
    )


def _note_look(session: Session, found: Found) -> None:
    subject = None
    if found.order is not None:
        subject = Subject("payment_order", found.order.id)
    elif found.case is not None:
        subject = Subject("case", found.case.id)
    note(session, AuditEvent.WINDOW_LOOKED_UP, actor=actor(), subject=subject)


def _found_page(
    desk: Desk,
    *,
    order_id: str | None = None,
    case_id: str | None = None,
    refused: str | None = None,
    typed: str = "",
) -> Response:
    with database().reading() as session:
        if order_id is not None:
            order = session.get(PaymentOrder, order_id)
            if order is None:
                raise NotFound("order_not_found")
            case = _case_beside(session, order)
        else:
            case = case_of_mine(session, case_id or "")
            order = order_of_subject(session, OF_A_CASE, case.id)
        shown = order_shown(session, order, every_channel(), desk.window.id) if order else None
        beside = case_shown(session, case) if case else None
    page = render_template(
        "staff/window_found.html",
        window=desk.window.label,
        name=site_name(desk.site),
        shown=shown,
        case=beside,
        refused=refused,
        typed=typed,
        number=new_id(),
        moment=moment,
        yuan=as_yuan,
    )
    response = make_response(page)
    if refused is None:
        response.headers["Cache-Control"] = "private, no-cache"
        language = current_language().code
        response.set_etag(f"{version_of(shown, beside)}-{language}", weak=True)
        return response.make_conditional(request)
    return response


def _why_no_cash(refused: KioskError) -> str | None:
    """Return in words that the cash was too little or too much; None where it was neither."""
    faults = refused.fields if isinstance(refused, Invalid) else ()
    said = next((_WRONG_SUMS[each.code] for each in faults if each.code in _WRONG_SUMS), None)
    return words(said) if said else None


def _case_beside(session: Session, order: PaymentOrder) -> Case | None:
    if order.subject_kind != OF_A_CASE:
        return None
    case = session.get(Case, order.subject_id)
    return case if case is not None and _is_mine(session, case) else None
