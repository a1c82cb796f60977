"""
The region's twelve shared systems on one page (共性支撑系统): connected, local or simulated; when
each answered last, and what waits for it.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.gateways.platform import twelve
from kiosk_server.outbox.queries import lanes_now
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import require_everywhere
from kiosk_server.web.request_context import database, settings


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.get("/platform")(platform_page)


def platform_page() -> ResponseReturnValue:
    """Show all twelve."""
    require_everywhere(Right.OUTBOX_SEE)
    with database().reading() as session:
        lanes = {lane.name: lane for lane in lanes_now(session, clock.now())}
    systems = twelve(settings())
    return render_template("staff/platform.html", systems=systems, lanes=lanes, moment=moment)
