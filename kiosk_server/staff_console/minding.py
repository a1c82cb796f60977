"""
The keeper's pages (管理员), made for a phone: his terminals, what to do now, how, the daily check.

A lobby manager or a village cadre sees the machines of his own place and nothing of any other;
pictures show what is to be done, in the language that he reads.
"""

from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.assets import checks, keepers
from kiosk_server.assets.checks import Check, DailyPoint, Verdict
from kiosk_server.assets.keepers import Place
from kiosk_server.assets.tasks import Task, ToDo, to_do
from kiosk_server.audit.services import Subject
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.queries import SiteView, host_places, sites
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import TerminalLine, moment, terminal_line
from kiosk_server.staff_console.session import (
    LANGUAGE_COOKIE,
    actor,
    audit_refusal,
    require,
    staff,
)
from kiosk_server.supplies.services import PAPER_LOADED, loads_in, take_load
from kiosk_server.terminals.queries import TerminalView, find, fleet
from kiosk_server.terminals.rules import DeviceKind, TerminalState
from kiosk_server.upkeep.check_alerts import review_checks
from kiosk_server.upkeep.on_call import list_for
from kiosk_server.web.request_context import database
from kiosk_server.web.words import messages

HERE = "/staff/mine"
PICTURES = {
    Task.CHECK_POWER: 3,
    Task.CLEAR_JAM: 3,
    Task.CLOSE_COVER: 2,
    Task.LOAD_A4: 4,
    Task.LOAD_ROLL: 4,
    Task.EMPTY_OUTPUT: 2,
}
"""Task -> how many pictures show it."""
AMOUNTS = {Task.LOAD_A4: (100, 250, 500), Task.LOAD_ROLL: (1,)}
"""Task -> what can be said to have been put in: sheets, or rolls."""
LOADED = {
    Task.LOAD_A4: DeviceKind.A4_PRINTER.value,
    Task.LOAD_ROLL: DeviceKind.RECEIPT_PRINTER.value,
}
_LIVING = (TerminalState.IN_SERVICE, TerminalState.LOCKED)


@dataclass(frozen=True)
class Minded:
    """One terminal that I mind: how it stands, and what there is to do."""

    line: TerminalLine
    to_do: tuple[ToDo, ...]
    locked: bool
    checked: str


def add_routes(blueprint: Blueprint) -> None:
    """Put the keeper's pages under *blueprint*."""
    blueprint.get("/mine")(mine_page)
    blueprint.get("/mine/<terminal_id>")(minded_page)
    blueprint.get("/mine/<terminal_id>/how/<task>")(how_page)
    blueprint.post("/mine/<terminal_id>/loaded/<task>")(say_loaded)
    blueprint.get("/mine/<terminal_id>/check")(check_page)
    blueprint.post("/mine/<terminal_id>/check")(keep_check)
    # 规范汉字 stay on a page that is read in another script (P57).
    blueprint.context_processor(lambda: {"in_chinese": lambda id_: messages().text("zh", id_)})


def mine_page() -> ResponseReturnValue:
    """Show the terminals of my places, those with something to do first."""
    with database().reading() as session:
        _begin(session)
        found = [_minded(session, view) for view in _my_terminals(session)]
    rows = sorted(found, key=lambda each: (not any(t.pressing for t in each.to_do), each.line.id))
    return render_template("keeper/mine.html", rows=rows)


def minded_page(terminal_id: str) -> ResponseReturnValue:
    """Show one of them: what to do now, and whom to call."""
    with database().reading() as session:
        _begin(session)
        view = _my_terminal(session, terminal_id)
        row = _minded(session, view)
        site = _sites(session)[view.site_id]
        on_call = list_for(session, site.division_code)
    return render_template(
        "keeper/terminal.html",
        row=row,
        site_phone=site.phone,
        technician=on_call[0].name if on_call else "",
        done=request.args.get("done") == "1",
        sent=request.args.get("sent") == "1",
    )


def how_page(terminal_id: str, task: str) -> ResponseReturnValue:
    """Show in pictures how one thing is done."""
    with database().reading() as session:
        _begin(session)
        _my_terminal(session, terminal_id)
    if task not in PICTURES:
        raise NotFound("task_not_found")
    return render_template(
        "keeper/how.html",
        terminal=terminal_id,
        task=task,
        steps=PICTURES[Task(task)],
        amounts=AMOUNTS.get(Task(task), ()),
        check=new_id(),
    )


def say_loaded(terminal_id: str, task: str) -> ResponseReturnValue:
    """Take down how much I put in; the forecast of when it runs out counts from there."""
    view = my_terminal_as_keeper(terminal_id)
    amount = request.form.get("amount", 0, type=int)
    if task not in LOADED or amount not in AMOUNTS[Task(task)]:
        raise Invalid("check_invalid")
    device = LOADED[Task(task)]
    check = Check(
        id=request.form.get("check", ""),
        terminal_id=view.id,
        kind=PAPER_LOADED,
        # Nobody looked at a page: it says nothing of how one comes out.
        points={f"{device}_paper": Verdict.SKIPPED},
        at=clock.now(),
        told={"points": {f"{device}_paper": {"code": None, "measured": float(amount)}}},
    )
    with database().unit_of_work() as session:
        if checks.keep_check(session, check, by=actor()):
            for load in loads_in(PAPER_LOADED, [(device, float(amount))]):
                take_load(session, view.id, load.supply, load.units)
    return redirect(f"{HERE}/{terminal_id}?done=1", code=303)


def minded_by_me(session: Session, terminal_id: str) -> TerminalView:
    """Return a terminal of my places; raises `NotFound`, and audits it, for any other."""
    _begin(session)
    return _my_terminal(session, terminal_id)


def check_page(terminal_id: str) -> ResponseReturnValue:
    """Ask for the daily check, point by point, with pictures."""
    with database().reading() as session:
        _begin(session)
        _my_terminal(session, terminal_id)
    return _check_page(terminal_id, [])


def keep_check(terminal_id: str) -> ResponseReturnValue:
    """Keep what was found; every point is answered."""
    with database().reading() as session:
        _begin(session)
        _my_terminal(session, terminal_id)
    told = {point: request.form.get(point.value, "") for point in DailyPoint}
    allowed = (Verdict.GOOD, Verdict.BAD)
    faults = [FieldFault(point, "not_chosen") for point in told if told[point] not in allowed]
    if faults:
        return _check_page(terminal_id, faults), 422
    check = Check(
        id=request.form.get("check", ""),
        terminal_id=terminal_id,
        kind=checks.DAILY,
        points={point.value: Verdict(found) for point, found in told.items()},
        at=clock.now(),
    )
    with database().unit_of_work() as session:
        if checks.keep_check(session, check, by=actor()):
            review_checks(session, terminal_id)
    return redirect(f"{HERE}/{terminal_id}?done=1", code=303)


def _check_page(terminal_id: str, faults: list[FieldFault]) -> str:
    return render_template(
        "keeper/check.html",
        terminal=terminal_id,
        points=[point.value for point in DailyPoint],
        chosen=request.form,
        check=request.form.get("check") or new_id(),
        faults={fault.at for fault in faults},
    )


def my_terminal_as_keeper(terminal_id: str) -> TerminalView:
    """Return a terminal that I mind; `NotFound`, and a refusal in the audit, for any other."""
    with database().reading() as session:
        _begin(session)
        return _my_terminal(session, terminal_id)


def _begin(session: Session) -> None:
    """Go on if I am a keeper, in the language that I am entered with unless I chose another."""
    require(Right.TERMINALS_MIND)
    if LANGUAGE_COOKIE not in request.cookies:
        known = keepers.language_of(session, staff().staff_id)
        if known is not None:
            g.language = known


def _my_terminals(session: Session) -> list[TerminalView]:
    places = set(keepers.places_of(session, staff().staff_id))
    found = fleet(session, site_ids={place.site_id for place in places})
    return [
        view
        for view in found
        if view.state in _LIVING and Place(view.site_id, view.host_place_id) in places
    ]


def _my_terminal(session: Session, terminal_id: str) -> TerminalView:
    view = find(session, terminal_id)
    places = keepers.places_of(session, staff().staff_id)
    if (
        view is None
        or view.state not in _LIVING
        or Place(view.site_id, view.host_place_id) not in places
    ):
        audit_refusal(Right.TERMINALS_MIND, Subject("terminal", terminal_id) if view else None)
        raise NotFound("terminal_not_found")
    return view


def _minded(session: Session, view: TerminalView) -> Minded:
    now = clock.now()
    newest = checks.last_checks(session, [view.id], kind=checks.DAILY).get(view.id)
    checked_at = newest.at if newest else None
    hosts = {host.id: host for host in host_places(session)}
    return Minded(
        line=terminal_line(view, _sites(session), hosts, now),
        to_do=tuple(to_do(view.state, view.devices, view.last_seen_at, checked_at, now)),
        locked=view.state is TerminalState.LOCKED,
        checked=moment(checked_at),
    )


def _sites(session: Session) -> dict[str, SiteView]:
    return {site.id: site for site in sites(session)}
