"""What the pages of work orders must know, worded for the templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk_server.places.queries import SiteView
from kiosk_server.staff_console.alert_view import cause_words
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.upkeep.causes import Severity
from kiosk_server.web.words import message_or, words
from kiosk_server.work_orders.models import WorkOrderPart
from kiosk_server.work_orders.queries import NoticeView, OrderView, StepView
from kiosk_server.work_orders.rules import (
    ENDS,
    IN_HAND,
    OrderState,
    RepairTimes,
    Timeliness,
)

_LOOKS: Mapping[OrderState, tuple[str, str]] = {
    OrderState.OPEN: ("warn", "bell"),
    OrderState.ASSIGNED: ("closed", "user"),
    OrderState.ON_THE_WAY: ("closed", "next"),
    OrderState.ARRIVED: ("closed", "pin"),
    OrderState.WORKING: ("closed", "tool"),
    OrderState.WAITING_FOR_PARTS: ("warn", "clock"),
    OrderState.DONE: ("good", "eye-off"),
    OrderState.REOPENED: ("stop", "refresh"),
    OrderState.CHECKED: ("good", "check"),
    OrderState.CANCELLED: ("closed", "cross"),
}
_EDGES = {Timeliness.OVERDUE: "stop", Timeliness.DUE_SOON: "warn", Timeliness.IN_TIME: ""}
_DOTS = {"reopen": "stop", "finish": "good", "check": "good", "wait_for_parts": "warn"}


@dataclass(frozen=True)
class OrderLine:
    """One order: how it stands, where, what, who has it, until when."""

    id: str
    terminal: str
    site: str
    trouble: str
    severity: str
    state: str
    look: str
    symbol: str
    edge: str
    who: str
    opened: str
    due: str
    limit: str
    """Words for a limit that is near or over; empty while there is time."""
    ready: str
    ready_unfinished: bool
    """The terminal is ready again and nobody has said that the work is done."""
    repeat_of: str
    in_hand: bool


def order_line(view: OrderView, sites: Mapping[str, SiteView]) -> OrderLine:
    """Return *view* as one line in the words of this request's language."""
    look, symbol = _LOOKS[view.state]
    in_hand = view.state in IN_HAND
    limit = view.timeliness if in_hand else Timeliness.IN_TIME
    return OrderLine(
        id=view.id,
        terminal=view.terminal_id,
        site=site_name(sites[view.site_id]),
        trouble=cause_words(view.cause),
        severity=words(f"staff-severity-{view.severity}"),
        state=words(f"staff-work-state-{view.state}"),
        look=look,
        symbol="check" if view.state is OrderState.DONE else symbol,
        edge=_EDGES[limit],
        who=view.assignee,
        opened=moment(view.opened_at),
        due=moment(view.due_at),
        limit="" if limit is Timeliness.IN_TIME else words(f"staff-work-{limit}"),
        ready=moment(view.ready_at),
        ready_unfinished=view.ready_at is not None and in_hand,
        repeat_of=view.repeat_of or "",
        in_hand=in_hand,
    )


def facts_of(view: OrderView) -> list[tuple[str, str]]:
    """Return what is known of an order, name by name."""
    found = [
        ("severity", words(f"staff-severity-{view.severity}")),
        ("origin", words(f"staff-work-origin-{view.origin}")),
        ("opened", moment(view.opened_at)),
        ("due", moment(view.due_at)),
        ("who", view.assignee or words("staff-work-nobody")),
    ]
    if view.arrived_at and view.arrival:
        found.append(("arrived", f"{moment(view.arrived_at)} · {_arrival(view)}"))
    if view.fault_cause:
        found.append(("cause", words(f"staff-work-cause-{view.fault_cause}")))
    if view.done_at:
        found.append(("done", moment(view.done_at)))
    if view.ready_at:
        found.append(("ready", moment(view.ready_at)))
    return [(words(f"staff-work-fact-{name}"), value) for name, value in found]


def step_lines(steps: Iterable[StepView]) -> list[dict[str, str]]:
    """Return what was done with an order, newest first."""
    return [
        {
            "at": moment(step.at),
            "look": _DOTS.get(step.verb, "closed"),
            "words": words(f"staff-work-step-{_told(step)}", name=step.by, about=_about(step)),
        }
        for step in reversed(list(steps))
    ]


def notice_lines(notices: Iterable[NoticeView]) -> list[str]:
    """Return what became of each message about an order."""
    lines = []
    for notice in notices:
        outcome = notice.outcome or "waiting"
        if outcome == "sent" and notice.simulated:
            outcome = "simulated"
        lines.append(
            words(f"staff-work-told-{outcome}", name=notice.name, time=moment(notice.asked_at))
        )
    return lines


def part_lines(parts: Iterable[WorkOrderPart]) -> list[dict[str, str]]:
    """Return the parts that were fitted."""
    return [
        {
            "name": words(f"staff-work-part-{part.code}"),
            "quantity": str(part.quantity),
            "out": part.serial_out or "—",
            "in": part.serial_in or "—",
        }
        for part in parts
    ]


def device_words(device: str) -> str:
    """Return the name of a device kind, or of the terminal as a whole."""
    if device == "terminal":
        return words("staff-work-whole")
    return message_or(f"staff-device-{device}", "staff-device-other")


def hours_words(hours: float | None) -> str:
    """Return a length of time in hours, `3.5`; a dash for none."""
    return "—" if hours is None else f"{hours:.1f}"


def times_line(name: str, times: RepairTimes) -> dict[str, str]:
    """Return one row of figures."""
    return {
        "name": name,
        "count": str(times.finished),
        "mean": hours_words(times.mean_hours),
        "median": hours_words(times.median_hours),
        "in_time": f"{times.in_time}/{times.finished}",
    }


def is_over(view: OrderView) -> bool:
    """Return whether nothing more can be done with an order."""
    return view.state in ENDS


def severities() -> list[str]:
    """Return the severities that a list is sifted by, the worst first."""
    return [each.value for each in Severity]


def _arrival(view: OrderView) -> str:
    if view.arrival_reason:
        return words(
            "staff-work-arrival-by-hand", why=words(f"staff-work-unseen-{view.arrival_reason}")
        )
    return words("staff-work-arrival-scanned")


def _told(step: StepView) -> str:
    return "take" if step.verb == "assign" and step.by == step.about else step.verb


def _about(step: StepView) -> str:
    prefix = {"arrive": "unseen", "finish": "cause", "cancel": "cancel"}.get(step.verb)
    if prefix is None or not step.about:
        return step.about
    if step.verb == "arrive" and step.about == "scanned":
        return words("staff-work-arrival-scanned")
    return words(f"staff-work-{prefix}-{step.about}")
