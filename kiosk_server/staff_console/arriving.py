"""
Arriving (到场): the page that a terminal's code leads a technician's phone to.

The code stands in the address because a camera opens it; it is worth nothing after five minutes.
Looking changes nothing: a touch says that he is there.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core.errors import Refused
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, staff
from kiosk_server.staff_console.terminals import my_terminal
from kiosk_server.staff_console.work_order_view import order_line
from kiosk_server.staff_console.work_orders import HERE
from kiosk_server.web.request_context import database
from kiosk_server.work_orders import queries
from kiosk_server.work_orders.arrivals import arrive_by_code, look, waiting_for

LONGEST_CODE = 32


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its button under *blueprint*."""
    blueprint.get("/arrive/<terminal_id>")(arrival_page)
    blueprint.post("/arrive/<terminal_id>")(say_arrived)


def arrival_page(terminal_id: str) -> ResponseReturnValue:
    """Show the orders that I have at the machine before me, and those that nobody has."""
    code = request.args.get("code", "")[:LONGEST_CODE]
    me = staff().staff_id
    with database().reading() as session:
        _, site = my_terminal(session, terminal_id, Right.WORK_ORDERS_WORK)
        seen = look(session, terminal_id, code, staff_id=me)
        waiting = set(waiting_for(session, terminal_id, me))
        found = queries.in_hand_for(session, terminal_id)
    here = [view for view in found if view.site_id == site.id]
    lines = {view.id: order_line(view, {site.id: site}) for view in here}
    return render_template(
        "staff/arrive.html",
        terminal=terminal_id,
        site=site_name(site),
        code=code,
        seen=seen.value,
        waiting=[line for line in lines.values() if line.id in waiting],
        begun=[lines[view.id] for view in here if view.assignee_id == me and view.arrived_at],
        nobody=[lines[view.id] for view in here if view.assignee_id is None],
    )


def say_arrived(terminal_id: str) -> ResponseReturnValue:
    """Take down that I am here; a code that is not good is refused, and the try audited."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.WORK_ORDERS_WORK)
    code = request.form.get("code", "")[:LONGEST_CODE]
    try:
        with database().unit_of_work() as session:
            arrived = arrive_by_code(session, terminal_id, code, by=actor())
    except Refused as refused:
        with database().unit_of_work() as session:
            note(
                session,
                AuditEvent.ARRIVAL_REFUSED,
                actor=actor(),
                subject=Subject("terminal", terminal_id),
                facts={"code": refused.code},
            )
        raise
    if len(arrived) == 1:
        return redirect(f"{HERE}/{arrived[0]}", code=303)
    return redirect(f"{HERE}/mine", code=303)
