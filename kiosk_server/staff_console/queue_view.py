"""
The screen of a window (窗口叫号) as words: whom it has, who waits and why in that order.

The reason of each place in the order is said in a sentence, so that a clerk can answer who asks.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from kiosk_server.core import clock
from kiosk_server.places.models import ServiceWindow
from kiosk_server.places.service_groups import service_groups
from kiosk_server.queue.at_window import Expected, InQueue, WindowNow
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.rules import COMES_BACK_WITHIN
from kiosk_server.staff_console.bookings import group_name
from kiosk_server.web.words import current_language, words


@dataclass(frozen=True)
class TicketLine:
    """One ticket as the screen shows it; *who* is masked, None for who came without a booking."""

    id: str
    label: str
    lane: str
    group_code: str
    group: str
    why: str
    waited: int
    who: str | None
    services: tuple[str, ...]
    calls: int
    mine: bool
    """Whether it was at this window last."""
    window: str
    until: str
    """Until when one who missed his call may be brought back."""


@dataclass(frozen=True)
class ExpectedLine:
    """One who has booked and may be checked in now."""

    id: str
    time: str
    group: str
    who: str | None


@dataclass(frozen=True)
class WindowShown:
    """All of the screen that changes while a clerk works."""

    here: TicketLine | None
    waiting: tuple[TicketLine, ...]
    parked: tuple[TicketLine, ...]
    missed: tuple[TicketLine, ...]
    expected: tuple[ExpectedLine, ...]

    @property
    def version(self) -> str:
        """A digest of what is shown: minutes of waiting among it."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:32]


def window_shown(queue: WindowNow, window: ServiceWindow, labels: dict[str, str]) -> WindowShown:
    """Return the screen of *window*; *labels*: what stands above each window of its site."""
    now = clock.now()

    def lines(tickets: tuple[InQueue, ...]) -> tuple[TicketLine, ...]:
        return tuple(_line(each, window, labels, now) for each in tickets)

    return WindowShown(
        here=_line(queue.here, window, labels, now) if queue.here else None,
        waiting=lines(queue.waiting),
        parked=lines(queue.parked),
        missed=lines(queue.missed),
        expected=tuple(_expected(each) for each in queue.expected),
    )


def clock_time(moment: datetime) -> str:
    """Return the time of day in Beijing, `09:05`."""
    return f"{clock.to_beijing(moment):%H:%M}"


def why_words(ticket: QueueTicket, slot_starts: datetime | None, now: datetime) -> str:
    """Return why a ticket stands where it stands in the order, as a sentence."""
    told = {"came": clock_time(ticket.taken_at), "due": clock_time(ticket.due_at)}
    if ticket.lane == "booked" and slot_starts is not None:
        sentence = words("staff-queue-why-booked", slot=clock_time(slot_starts), **told)
    else:
        sentence = words(f"staff-queue-why-{ticket.lane}", **told)
    if ticket.callable_at > now:
        return words("staff-queue-why-later", why=sentence, at=clock_time(ticket.callable_at))
    return sentence


def _line(one: InQueue, window: ServiceWindow, labels: dict[str, str], now: datetime) -> TicketLine:
    ticket = one.ticket
    served_since = ticket.called_at if ticket.state != "waiting" else None
    waited = (served_since or now) - ticket.taken_at
    return TicketLine(
        id=ticket.id,
        label=ticket.label,
        lane=ticket.lane,
        group_code=ticket.group_code,
        group=group_name(ticket.group_code),
        why=why_words(ticket, one.slot_starts, now),
        waited=max(0, int(waited / timedelta(minutes=1))),
        who=one.who,
        services=_services(ticket.group_code, one.services),
        calls=ticket.calls,
        mine=ticket.window_id == window.id,
        window=labels.get(ticket.window_id or "", ""),
        until=clock_time(ticket.ended_at + COMES_BACK_WITHIN) if ticket.ended_at else "",
    )


def _services(group: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    known = {code: each for one in service_groups().values() for code, each in one.services.items()}
    language = current_language().code
    found = (known[code].names for code in codes if code in known)
    return tuple(names.get(language, names["zh"]) for names in found) or (group_name(group),)


def _expected(one: Expected) -> ExpectedLine:
    return ExpectedLine(
        id=one.booking_id,
        time=clock_time(one.starts_at),
        group=group_name(one.group_code),
        who=one.who,
    )
