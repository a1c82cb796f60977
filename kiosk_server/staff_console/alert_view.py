"""What the alert pages must know, worded for the templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk_server.places.queries import SiteView
from kiosk_server.staff_console.fleet_view import moment, reason_words, site_name
from kiosk_server.terminals.rules import Reason
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.upkeep.queries import AlertView, CallView
from kiosk_server.upkeep.rules import AlertState
from kiosk_server.web.words import words

_LOOKS = {
    Severity.URGENT: ("stop", "cross"),
    Severity.SERIOUS: ("part", "warn"),
    Severity.SOON: ("warn", "clock"),
}
_OVER = ("closed", "check")


@dataclass(frozen=True)
class AlertLine:
    """One alert, or one silent site: how grave, where, what, since when, who knows of it."""

    id: str
    terminal: str
    site: str
    together: str
    severity: str
    look: str
    symbol: str
    trouble: str
    since: str
    closed: str
    told: str
    silenced: str
    is_open: bool


def alert_lines(views: Iterable[AlertView], sites: Mapping[str, SiteView]) -> list[AlertLine]:
    """Return *views* as lines, one for each group: a silent site is one trouble."""
    groups: dict[str, list[AlertView]] = {}
    for view in views:
        # What is over is told one by one: each came back in its own time.
        key = view.group_id if view.state is AlertState.OPEN else view.id
        groups.setdefault(key, []).append(view)
    return [
        alert_line(members[0], sites[members[0].site_id], members) for members in groups.values()
    ]


def alert_line(view: AlertView, site: SiteView, members: Iterable[AlertView] = ()) -> AlertLine:
    """Return *view*, which speaks for *members* of its group, as one line."""
    is_open = view.state is AlertState.OPEN
    look, symbol = _LOOKS[view.severity] if is_open else _OVER
    others = sorted(member.terminal_id for member in members)
    return AlertLine(
        id=view.id,
        terminal=view.terminal_id,
        site=site_name(site),
        together=words("staff-alert-together", count=len(others), terminals=" ".join(others))
        if len(others) > 1
        else "",
        severity=words(f"staff-severity-{view.severity if is_open else 'over'}"),
        look=look,
        symbol=symbol,
        trouble=cause_words(view.cause),
        since=moment(view.suspected_at),
        closed=moment(view.closed_at),
        told=_told(view),
        silenced=_silenced(view),
        is_open=is_open,
    )


def cause_words(cause: Cause) -> str:
    """Return what is wrong in this request's language: `A4 打印机：纸用完了`."""
    return reason_words(Reason(cause.device, cause.kind))


def call_words(call: CallView) -> str:
    """Return what became of one call: sent, waiting, or why not."""
    outcome = (call.outcome or "waiting").replace("_", "-")
    if outcome == "sent" and call.simulated:
        outcome = "simulated"
    return words(
        f"staff-call-{outcome}", name=call.name, time=moment(call.sent_at or call.asked_at)
    )


def _told(view: AlertView) -> str:
    if view.calls:
        return call_words(view.calls[-1])
    if view.state is not AlertState.OPEN or view.next_call_at is None:
        return ""
    # The first look is a few seconds away, or has found nobody and comes back.
    waits = view.next_call_at > view.opened_at and view.severity is not Severity.SOON
    return words("staff-call-nobody" if waits else "staff-call-due", time=moment(view.next_call_at))


def _silenced(view: AlertView) -> str:
    if view.silence is None or view.state is not AlertState.OPEN:
        return ""
    return words(
        "staff-silenced",
        name=view.silence.name,
        why=words(f"staff-silence-{view.silence.reason}"),
        until=moment(view.silence.until),
    )
