"""
Read the queue: who waits, what the board shows, where one ticket stands, how long a wait is now.

Everything is of today in Beijing; a ticket is looked at as the whole queue stands at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.places.models import ServiceWindow
from kiosk_server.places.service_groups import service_groups
from kiosk_server.queue.estimate import (
    OPEN_WITHIN,
    VISITS_COUNTED,
    Counter,
    Wait,
    expected_minutes,
    told,
    visit_minutes,
    wait_for_turn,
    windows_of,
)
from kiosk_server.queue.life import TicketState
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.rules import Turn, before
from kiosk_server.queue.tokens import digest_of


@dataclass(frozen=True)
class BoardCall:
    """One line of the board: whom which window calls."""

    label: str
    window_label: str
    called_at: datetime
    calls: int


@dataclass(frozen=True)
class Board:
    """What stands on a site's board; *waiting* counts by group."""

    calls: tuple[BoardCall, ...]
    waiting: dict[str, int]
    as_of: datetime


@dataclass(frozen=True)
class Position:
    """Where one ticket stands; minutes are None for who does not wait."""

    ahead: int
    at_least_minutes: int | None
    at_most_minutes: int | None
    state: TicketState
    window_label: str | None


def board_of(session: Session, site_id: str, *, now: datetime) -> Board:
    """Return the board of a site: who is called now, the latest call first, and who waits."""
    wanted = (
        select(QueueTicket, ServiceWindow.label)
        .join(ServiceWindow, ServiceWindow.id == QueueTicket.window_id)
        .where(
            QueueTicket.site_id == site_id,
            QueueTicket.day == clock.to_beijing(now).date(),
            QueueTicket.state == TicketState.CALLED,
        )
        .order_by(QueueTicket.called_at.desc(), QueueTicket.id)
    )
    calls = tuple(
        BoardCall(ticket.label, window, ticket.called_at, ticket.calls)
        for ticket, window in session.execute(wanted)
        if ticket.called_at is not None
    )
    hall = Hall(session, site_id, now)
    waiting = {group: len(hall.waiting_for(group)) for group in hall.groups}
    return Board(calls, waiting, now)


def position_of(session: Session, ticket: QueueTicket) -> Position:
    """Return where a ticket stands now: how many are called before it, and the wait."""
    state = TicketState(ticket.state)
    window = session.get(ServiceWindow, ticket.window_id) if ticket.window_id else None
    if state is not TicketState.WAITING:
        return Position(0, None, None, state, window.label if window else None)
    wait = Hall(session, ticket.site_id, clock.now()).wait_of(turn_of(ticket))
    return Position(wait.waiting, wait.at_least_minutes, wait.at_most_minutes, state, None)


def waiting_at(session: Session, site_id: str, groups: Iterable[str]) -> list[QueueTicket]:
    """Return who waits at a site today for one of *groups*, in the order of the fair rule."""
    wanted = select(QueueTicket).where(
        QueueTicket.site_id == site_id,
        QueueTicket.day == clock.beijing_today(),
        QueueTicket.state == TicketState.WAITING,
        QueueTicket.group_code.in_(sorted(groups)),
    )
    ordered = wanted.order_by(QueueTicket.due_at, QueueTicket.taken_at, QueueTicket.id)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def wait_now(session: Session, site_id: str) -> dict[str, Wait]:
    """Return by group how many wait, and how long somebody would who took a ticket now."""
    hall = Hall(session, site_id, clock.now())
    return {group: hall.wait_of_a_newcomer(group) for group in hall.groups}


def ticket_by_token(session: Session, token: str) -> QueueTicket | None:
    """Return the ticket that a token opens; None for any other text."""
    return session.scalar(select(QueueTicket).where(QueueTicket.token_digest == digest_of(token)))


def ticket_of_booking(session: Session, booking_id: str) -> QueueTicket | None:
    """Return the ticket that stands on a booking; None for who has not come yet."""
    return session.scalar(select(QueueTicket).where(QueueTicket.booking_id == booking_id))


def ticket_of(session: Session, resident_id: str, ticket_id: str) -> QueueTicket:
    """Return a ticket of one resident; `NotFound("ticket_not_found")` for anybody else's."""
    ticket = session.get(QueueTicket, ticket_id)
    booking = session.get(Booking, ticket.booking_id) if ticket else None
    if ticket is None or booking is None or booking.resident_id != resident_id:
        raise NotFound("ticket_not_found")
    return ticket


def tickets_of(session: Session, resident_id: str) -> list[QueueTicket]:
    """Return the tickets that one resident has today, the newest first."""
    wanted = (
        select(QueueTicket)
        .join(Booking, Booking.id == QueueTicket.booking_id)
        .where(Booking.resident_id == resident_id, QueueTicket.day == clock.beijing_today())
    )
    return list(session.scalars(wanted.order_by(QueueTicket.id.desc())))


def turn_of(ticket: QueueTicket) -> Turn:
    """Return what the fair rule knows of a ticket."""
    return Turn(ticket.id, ticket.group_code, ticket.due_at, ticket.callable_at, ticket.taken_at)


class Hall:
    """One site at one moment, read once: its windows, and the tickets that matter."""

    def __init__(self, session: Session, site_id: str, now: datetime) -> None:
        self.now = now
        windows = select(ServiceWindow).where(ServiceWindow.site_id == site_id)
        self._windows = session.scalars(windows.order_by(ServiceWindow.id)).all()
        self._today = (
            QueueTicket.site_id == site_id,
            QueueTicket.day == clock.to_beijing(now).date(),
        )
        self._session = session

    @cached_property
    def groups(self) -> list[str]:
        """The groups that the windows take, in their order, and any that somebody waits for."""
        taken = [code for window in self._windows for code in window.groups]
        return list(dict.fromkeys(taken + [turn.group_code for turn in self._turns]))

    def waiting_for(self, group: str) -> list[Turn]:
        """Return who waits for one group."""
        return [turn for turn in self._turns if turn.group_code == group]

    def wait_of(self, mine: Turn) -> Wait:
        """Return how many go before *mine*, and its wait."""
        windows = windows_of(mine.group_code, self._open, self._all)
        taken = frozenset().union(*(window.groups for window in windows))
        rivals = [turn for turn in self._turns if turn.group_code in taken]
        ahead = before(rivals, mine, self.now)

        def work(some: Iterable[Turn]) -> float:
            groups = [turn.group_code for turn in some]
            return expected_minutes(mine.group_code, groups, windows, self._open, self._minutes)

        expected = wait_for_turn(rivals, mine, self.now, work)
        return told(len(ahead), expected)

    def wait_of_a_newcomer(self, group: str) -> Wait:
        """Return how many wait for *group*, and the wait of a walk-in who came now."""
        newcomer = Turn("~", group, self.now, self.now, self.now)
        wait = self.wait_of(newcomer)
        here = len(self.waiting_for(group))
        return Wait(here, wait.at_least_minutes, wait.at_most_minutes)

    @cached_property
    def _turns(self) -> list[Turn]:
        wanted = select(
            QueueTicket.id,
            QueueTicket.group_code,
            QueueTicket.due_at,
            QueueTicket.callable_at,
            QueueTicket.taken_at,
        ).where(*self._today, QueueTicket.state == TicketState.WAITING)
        return [Turn(*row) for row in self._session.execute(wanted)]

    @cached_property
    def _all(self) -> list[Counter]:
        wanted = select(QueueTicket.window_id, QueueTicket.group_code).where(
            *self._today, QueueTicket.state == TicketState.CALLED
        )
        serves = {row.window_id: row.group_code for row in self._session.execute(wanted)}
        return [
            Counter(frozenset(window.groups), serves.get(window.id)) for window in self._windows
        ]

    @cached_property
    def _open(self) -> list[Counter]:
        since = QueueTicket.called_at >= self.now - OPEN_WITHIN
        wanted = select(QueueTicket.window_id).where(*self._today, since).distinct()
        called = set(self._session.scalars(wanted))
        return [
            counter
            for counter, window in zip(self._all, self._windows, strict=True)
            if window.id in called
        ]

    @cached_property
    def _minutes(self) -> dict[str, float]:
        wanted = (
            select(QueueTicket.group_code, QueueTicket.called_at, QueueTicket.ended_at)
            .where(*self._today, QueueTicket.state == TicketState.FINISHED)
            .order_by(QueueTicket.ended_at.desc())
            .limit(VISITS_COUNTED)
        )
        lasted: dict[str, list[float]] = {}
        for group, called_at, ended_at in self._session.execute(wanted):
            if called_at is not None and ended_at is not None:
                lasted.setdefault(group, []).append((ended_at - called_at).total_seconds() / 60)
        return {
            code: visit_minutes(
                sum(each.minutes for each in group.services.values()) / len(group.services),
                lasted.get(code, ()),
            )
            for code, group in service_groups().items()
        }
