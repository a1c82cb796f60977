"""The doors of the console: one to sign in by, and those behind it."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.staff_console import (
    alerts,
    arriving,
    bills,
    book,
    booking_for,
    bookings,
    calendar,
    command_asking,
    command_orders,
    commands,
    couriers,
    deliveries,
    door,
    fleet,
    green_channel,
    helping,
    home_visits,
    keepers,
    lives,
    menu,
    minding,
    objections,
    on_call,
    outbox,
    partner_things,
    partners,
    payments,
    platform,
    queue,
    queue_coming,
    readers,
    residue_view,
    rights,
    screen_code,
    sheet,
    site_hours,
    slot_week,
    supplies,
    terminals,
    use,
    uses,
    window,
    window_day,
    window_money,
    window_paper,
    window_papers,
    window_receipt,
    window_ways,
    work_order,
    work_orders,
)
from kiosk_server.staff_console.session import DOOR, HOME, SIGNED_IN
from kiosk_server.web.page_before import page_before
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.surface import Surface

_WINDOW_PAGES = (
    window,
    window_money,
    window_receipt,
    window_paper,
    window_ways,
    window_papers,
    window_day,
)
"""What a cashier works with."""


def staff_surfaces() -> list[Surface]:
    """Return the console's surfaces: the door, and what is behind it."""
    blueprint = Blueprint("staff", __name__, url_prefix="/staff", template_folder="templates")
    fleet.add_routes(blueprint)
    use.add_routes(blueprint)
    sheet.add_routes(blueprint)
    book.add_routes(blueprint)
    keepers.add_routes(blueprint)
    lives.add_routes(blueprint)
    minding.add_routes(blueprint)
    terminals.add_routes(blueprint)
    commands.add_routes(blueprint)
    command_asking.add_routes(blueprint)
    command_orders.add_routes(blueprint)
    alerts.add_routes(blueprint)
    on_call.add_routes(blueprint)
    helping.add_routes(blueprint)
    objections.add_routes(blueprint)
    bookings.add_routes(blueprint)
    booking_for.add_routes(blueprint)
    calendar.add_routes(blueprint)
    home_visits.add_routes(blueprint)
    deliveries.add_routes(blueprint)
    couriers.add_routes(blueprint)
    queue.add_routes(blueprint)
    queue_coming.add_routes(blueprint)
    site_hours.add_routes(blueprint)
    slot_week.add_routes(blueprint)
    green_channel.add_routes(blueprint)
    uses.add_routes(blueprint)
    rights.add_routes(blueprint)
    partners.add_routes(blueprint)
    partner_things.add_routes(blueprint)
    readers.add_routes(blueprint)
    residue_view.add_panel(blueprint)
    work_orders.add_routes(blueprint)
    work_order.add_routes(blueprint)
    screen_code.add_routes(blueprint)
    arriving.add_routes(blueprint)
    supplies.add_routes(blueprint)
    menu.add_routes(blueprint)
    outbox.add_routes(blueprint)
    payments.add_routes(blueprint)
    for pages in _WINDOW_PAGES:
        pages.add_routes(blueprint)
    bills.add_routes(blueprint)
    platform.add_routes(blueprint)
    return [
        Surface(door.blueprint, DOOR, problem_page=_problem_page),
        Surface(blueprint, SIGNED_IN, problem_page=_problem_page),
    ]


def _problem_page(problem: Problem) -> ResponseReturnValue:
    return render_template(
        "staff/problem.html",
        problem=problem,
        sentence=title_of(problem),
        home=HOME,
        before=page_before(HOME),
        staff=g.get("staff"),
    )
