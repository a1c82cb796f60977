"""
Work orders (工单) in lists: those of my area, my own on a phone, repairs in figures; and opening
one from an alert, for what somebody saw, or as a keeper who has tried and cannot mend it.
"""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.services import Subject
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, NotFound
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.minding import my_terminal_as_keeper
from kiosk_server.staff_console.session import (
    SESSION_COOKIE,
    actor,
    audit_refusal,
    require,
    staff,
)
from kiosk_server.staff_console.terminals import my_sites, my_terminal
from kiosk_server.staff_console.work_order_view import (
    OrderLine,
    device_words,
    order_line,
    severities,
    times_line,
)
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.upkeep.causes import TERMINAL, Severity
from kiosk_server.upkeep.queries import find as find_alert
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import current_language
from kiosk_server.work_orders import queries, services
from kiosk_server.work_orders.figures import figures
from kiosk_server.work_orders.queries import OVERDUE, Sought
from kiosk_server.work_orders.rules import REPORTED, Origin, Trouble
from kiosk_server.work_orders.services import Wish

HERE = "/staff/work-orders"
CHIPS = ("in_hand", "nobody", OVERDUE, "done", "repeats", "over")
PERIODS = (30, 90, 365)
DEVICES = (TERMINAL, *(kind.value for kind in DeviceKind))


def add_routes(blueprint: Blueprint) -> None:
    """Put the lists under *blueprint*, and the number of my orders into its pages."""
    blueprint.get("/work-orders")(work_orders_page)
    blueprint.get("/work-orders/mine")(my_orders_page)
    blueprint.get("/work-orders/figures")(repairs_page)
    blueprint.post("/alerts/<alert_id>/work-order")(open_from_alert)
    blueprint.get("/terminals/<terminal_id>/work-order")(new_order_page)
    blueprint.post("/terminals/<terminal_id>/work-order")(open_reported)
    blueprint.post("/mine/<terminal_id>/work-order")(open_as_keeper)
    blueprint.context_processor(
        lambda: {
            "work_orders_at": lines_at,
            "may_open_work_orders": lambda: has(staff(), Right.WORK_ORDERS_OPEN),
        }
    )


def count_mine() -> int | None:
    """Return how many orders I have in hand; None for who does not work at machines."""
    if not has(staff(), Right.TERMINALS_SEE):
        return None
    with page_reading() as session:
        return queries.count_in_hand(session, staff_id=staff().staff_id)


def lines_at(terminal_id: str) -> list[OrderLine]:
    """Return the orders in hand at a terminal that I may see."""
    with page_reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        found = queries.in_hand_for(session, terminal_id)
    return [order_line(view, mine) for view in found if view.site_id in mine]


def work_orders_page() -> ResponseReturnValue:
    """Show the orders of my area, newest first."""
    require(Right.TERMINALS_SEE)
    asked = {name: request.args.get(name, "") for name in ("standing", "severity", "site")}
    standing = asked["standing"] if asked["standing"] in CHIPS else "in_hand"
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        page = queries.page_of(
            session,
            Sought(
                site_ids=[site_id for site_id in mine if asked["site"] in ("", site_id)],
                standing=standing,
                severity=asked["severity"] if asked["severity"] in severities() else "",
            ),
            after=request.args.get("after") or None,
        )
    lines = [order_line(view, mine) for view in page.rows]
    kept = {**asked, "standing": standing}
    response = make_response(
        render_template(
            "staff/work_orders.html",
            rows=lines,
            asked=kept,
            chips=CHIPS,
            severities=severities(),
            sites=[(site.id, site_name(site)) for site in mine.values()],
            following=f"{HERE}?{urlencode({**kept, 'after': page.following})}"
            if page.following
            else "",
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    who = request.cookies.get(SESSION_COOKIE, "")
    told = repr((who, current_language().code, count_mine(), kept, page.following, lines))
    response.set_etag(sha256(told.encode()).hexdigest()[:32], weak=True)
    return response.make_conditional(request)


def my_orders_page() -> ResponseReturnValue:
    """Show what I have in hand, what is due first in front: made for a phone on the road."""
    require(Right.TERMINALS_SEE)
    with database().reading() as session:
        sites = my_sites(session, Right.TERMINALS_SEE)
        found = queries.mine(session, staff().staff_id)
    rows = [
        (order_line(view, sites), sites[view.site_id]) for view in found if view.site_id in sites
    ]
    language = current_language().code
    return render_template(
        "staff/my_work_orders.html",
        rows=[(line, site.addresses.get(language) or site.addresses["zh"]) for line, site in rows],
    )


def repairs_page() -> ResponseReturnValue:
    """Show how long repairs took, and what came back."""
    require(Right.TERMINALS_SEE)
    days = request.args.get("days", PERIODS[0], type=int)
    days = days if days in PERIODS else PERIODS[0]
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        found = figures(session, site_ids=list(mine), since=clock.now() - timedelta(days=days))
    return render_template(
        "staff/work_order_figures.html",
        whole=times_line("", found.whole),
        still_wrong=found.still_wrong,
        tables=[
            ("device", [times_line(device_words(row.name), row.times) for row in found.by_device]),
            ("model", [times_line(row.name or "—", row.times) for row in found.by_model]),
            ("site", [times_line(site_name(mine[row.name]), row.times) for row in found.by_site]),
        ],
        repeats=[order_line(view, mine) for view in found.repeats],
        periods=PERIODS,
        period=days,
    )


def open_from_alert(alert_id: str) -> ResponseReturnValue:
    """Open an order for an alert of my area."""
    with database().reading() as session:
        alert = find_alert(session, alert_id)
        site = my_sites(session, Right.TERMINALS_SEE).get(alert.site_id) if alert else None
    if alert is None or site is None:
        require(Right.TERMINALS_SEE)
        audit_refusal(Right.WORK_ORDERS_OPEN, Subject("alert", alert_id) if alert else None)
        raise NotFound("alert_not_found")
    require(Right.WORK_ORDERS_OPEN, site.division_code)
    with database().unit_of_work() as session:
        order_id = services.open_from_alert(session, alert_id, by=actor())
    return redirect(f"{HERE}/{order_id}", code=303)


def new_order_page(terminal_id: str) -> ResponseReturnValue:
    """Ask what is wrong with a terminal of my area."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.WORK_ORDERS_OPEN)
    return _new_page(terminal_id, [])


def open_reported(terminal_id: str) -> ResponseReturnValue:
    """Open an order for what I saw or was told of."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.WORK_ORDERS_OPEN)
    form, faults = request.form, []
    if form.get("device") not in DEVICES:
        faults.append(FieldFault("device", "not_chosen"))
    if form.get("trouble") not in REPORTED:
        faults.append(FieldFault("trouble", "not_chosen"))
    if form.get("severity") not in severities():
        faults.append(FieldFault("severity", "not_chosen"))
    if faults:
        return _new_page(terminal_id, faults), 422
    wish = Wish(form["device"], Trouble(form["trouble"]), Severity(form["severity"]))
    with database().unit_of_work() as session:
        order_id = services.open_by_hand(session, terminal_id, wish, by=actor())
    return redirect(f"{HERE}/{order_id}", code=303)


def open_as_keeper(terminal_id: str) -> ResponseReturnValue:
    """Have somebody sent to a machine that I mind and cannot mend."""
    my_terminal_as_keeper(terminal_id)
    wish = Wish(TERMINAL, Trouble.BEYOND_KEEPER, Severity.SERIOUS, Origin.KEEPER)
    # Somebody may be sent already: asking twice is no mistake of a keeper.
    with suppress(Conflict), database().unit_of_work() as session:
        services.open_by_hand(session, terminal_id, wish, by=actor())
    return redirect(f"/staff/mine/{terminal_id}?sent=1", code=303)


def _new_page(terminal_id: str, faults: list[FieldFault]) -> str:
    return render_template(
        "staff/work_order_new.html",
        terminal=terminal_id,
        devices=[(each, device_words(each)) for each in DEVICES],
        troubles=[each.value for each in REPORTED],
        severities=severities(),
        chosen=request.form,
        faults={fault.at for fault in faults},
    )
