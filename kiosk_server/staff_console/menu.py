"""
The console's menu (主菜单): one table of what there is, and what of it is for whom.

A line's count says how many things wait there for who is signed in; None leaves the line out. On a
phone the first lines stand in the tab bar and the rest behind `/staff/menu`: what a person at a
window does stands first, and who minds terminals sees none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.alerts import open_alert_count
from kiosk_server.staff_console.bills import bills_for_me
from kiosk_server.staff_console.calendar import calendar_to_enter
from kiosk_server.staff_console.command_orders import orders_for_me
from kiosk_server.staff_console.deliveries import deliveries_for_me
from kiosk_server.staff_console.objections import waiting_objections
from kiosk_server.staff_console.outbox import messages_for_me
from kiosk_server.staff_console.partners import waiting_partners
from kiosk_server.staff_console.payments import payments_for_me
from kiosk_server.staff_console.session import staff
from kiosk_server.staff_console.work_orders import count_mine

IN_TAB_BAR = 4


@dataclass(frozen=True)
class MenuLine:
    """One line as a page draws it: its name in `here`, where it leads, icon, words, how many."""

    key: str
    href: str
    icon: str
    words: str
    waiting: int


@dataclass(frozen=True)
class _Place:
    key: str
    href: str
    icon: str
    words: str
    count: Callable[[], int | None]
    href_when_waiting: str | None = None

    def line(self) -> MenuLine | None:
        waiting = self.count()
        if waiting is None:
            return None
        href = self.href_when_waiting if waiting and self.href_when_waiting else self.href
        return MenuLine(self.key, href, self.icon, self.words, waiting)


def _for(right: Right) -> Callable[[], int | None]:
    """Return the count of a line where nothing waits: it is there for who has *right*."""
    return lambda: 0 if has(staff(), right) else None


_PLACES = (
    _Place("queue", "/staff/queue", "speak", "staff-queue", _for(Right.QUEUE_WORK)),
    _Place("window", "/staff/window", "coin", "staff-window", _for(Right.WINDOW_WORK)),
    _Place("bookings", "/staff/bookings", "clock", "staff-bookings", _for(Right.BOOKINGS_WORK)),
    _Place("help", "/staff/help", "user", "staff-help", _for(Right.IDENTITY_CONFIRM)),
    _Place(
        "objections", "/staff/objections", "shield", "staff-objections-menu", waiting_objections
    ),
    _Place("deliveries", "/staff/deliveries", "list", "staff-deliveries", deliveries_for_me),
    _Place("payments", "/staff/payments", "card", "staff-payments", payments_for_me),
    _Place("bills", "/staff/bills", "slip", "staff-bills", bills_for_me),
    _Place("fleet", "/staff/", "screen", "staff-fleet", lambda: 0),
    _Place("alerts", "/staff/alerts", "bell", "staff-alerts", open_alert_count),
    _Place(
        "work",
        "/staff/work-orders",
        "list",
        "staff-work",
        count_mine,
        href_when_waiting="/staff/work-orders/mine",
    ),
    _Place("commands", "/staff/commands", "tool", "staff-orders", orders_for_me),
    _Place(
        "rights", "/staff/rights", "people", "staff-rights-menu", _for(Right.HOLDING_RIGHTS_KEEP)
    ),
    _Place("uses", "/staff/uses", "list", "staff-uses-menu", _for(Right.USES_SEE)),
    _Place("calendar", "/staff/calendar", "clock", "staff-calendar", calendar_to_enter),
    _Place("outbox", "/staff/outbox", "refresh", "staff-outbox", messages_for_me),
    _Place("partners", "/staff/partners", "qr", "staff-partners", waiting_partners),
)


def add_routes(blueprint: Blueprint) -> None:
    """Put the whole menu under *blueprint*, and its lines into every page of it."""
    blueprint.context_processor(lambda: {"menu_lines": menu_lines, "in_tab_bar": IN_TAB_BAR})
    blueprint.get("/menu")(menu_page)


def menu_lines() -> list[MenuLine]:
    """Return the lines for who is signed in; none for a stranger."""
    if not g.get("staff"):
        return []
    return [line for place in _PLACES if (line := place.line()) is not None]


def menu_page() -> ResponseReturnValue:
    """Show every line, large: what a phone's tab bar has no room for."""
    return render_template("staff/menu.html")
