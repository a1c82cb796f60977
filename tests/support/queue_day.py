"""
A day of a busy hall, lived through in the real rooms with a clock that is turned by hand.

People come in two waves, with a booking, as walk-ins and through the green lane; visits last as
they do, some short, a few very long; some miss their call and come back, some are handed on. What
each was told when he took his ticket is kept beside what he then waited.
"""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from statistics import median, quantiles

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import BookingState, Channel, Priority
from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.places import first_data
from kiosk_server.places.models import ServiceWindow
from kiosk_server.queue import calling, queries, services
from kiosk_server.queue.rules import Lane
from tests.support.booking import DAY, SITE

OPENS = datetime.combine(DAY, time(10), clock.BEIJING)
LASTS_MINUTES = 480
WAVES = ((60, 35), (330, 60))
"""Two waves of people: their middles in minutes after opening, and how broad they are."""
REAL_SHARE = 0.6
"""Visits last less long than their services say; only today's own tell."""
SPREAD = 0.55
LONGEST_MINUTES = 90
LOAD = 0.92
"""How much of their day windows have work."""
BOOKED, GREEN = 0.35, 0.08
MISS, COME_BACK, HANDED_ON = 0.04, 0.6, 0.02
GROUPS = {"social-insurance": (0.5, 20.0), "medical-insurance": (0.3, 20.0), "general": (0.2, 23.3)}
"""The share of people, and the minutes that a visit takes on paper."""
KINDS = (
    ("social-insurance",),
    ("social-insurance", "medical-insurance"),
    ("medical-insurance", "general"),
    ("social-insurance", "general"),
)
"""What windows take, in turn."""


@dataclass(frozen=True)
class Lived:
    """What one person was told, and what he waited, in minutes."""

    lane: str
    at_least: int
    at_most: int
    waited: float

    @property
    def error(self) -> float:
        """How far the middle of the range was from the wait."""
        return abs((self.at_least + self.at_most) / 2 - self.waited)

    @property
    def within(self) -> bool:
        """Whether the wait was in the range, to the minute."""
        return self.at_least - 1 <= self.waited <= self.at_most + 1


@dataclass(frozen=True)
class Figures:
    """How good the estimate was on one day."""

    people: int
    middle_wait: float
    middle_error: float
    ninth_error: float
    within: float

    @classmethod
    def of(cls, lived: Sequence[Lived]) -> "Figures":
        """Reckon the figures."""
        errors = [each.error for each in lived]
        return cls(
            len(lived),
            median(each.waited for each in lived),
            median(errors),
            quantiles(errors, n=10)[8],
            sum(each.within for each in lived) / len(lived),
        )


@dataclass(frozen=True)
class Guest:
    """Somebody who will come."""

    comes: float
    group: str
    lasts: float
    lane: Lane
    booking: str | None = None


@dataclass
class Day:
    """One day: what is to happen, who waits for what, and what has been lived."""

    database: Database
    people: int
    chance: random.Random
    windows: dict[str, frozenset[str]] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    told: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    lived: list[Lived] = field(default_factory=list)
    idle: dict[str, None] = field(default_factory=dict)
    _agenda: list[tuple[float, int, str, object]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def live(self) -> list[Lived]:
        """Live through it; return what was told and waited, in the order of the calls."""
        with clock.frozen(OPENS), self.database.unit_of_work() as session:
            self._open(session)
        while self._agenda:
            minute, _, deed, whom = heapq.heappop(self._agenda)
            moment = OPENS + timedelta(minutes=minute)
            with clock.frozen(moment), self.database.unit_of_work() as session:
                getattr(self, f"_{deed}")(session, minute, whom)
        return self.lived

    def _open(self, session: Session) -> None:
        first_data.enter(session)
        session.execute(delete(ServiceWindow).where(ServiceWindow.site_id == SITE))
        work = self.people * sum(share * on_paper for share, on_paper in GROUPS.values())
        number = math.ceil(work * REAL_SHARE / LASTS_MINUTES / LOAD)
        for at in range(number):
            groups = KINDS[at % len(KINDS)]
            self.windows[f"window-{at}"] = frozenset(groups)
            session.add(
                ServiceWindow(
                    id=f"window-{at}", site_id=SITE, label=f"{at + 1}", groups=list(groups)
                )
            )
        self.idle = dict.fromkeys(self.windows)
        booked = []
        for _ in range(self.people):
            guest, row = self._guest()
            booked += [row] if row else []
            self._at(guest.comes, "comes", guest)
        session.flush()
        session.execute(insert(Booking), booked)

    def _guest(self) -> tuple[Guest, dict[str, object] | None]:
        chance = self.chance
        middle, broad = chance.choice(WAVES)
        comes = min(max(chance.gauss(middle, broad), 0.0), LASTS_MINUTES - 30.0)
        shares = [share for share, _ in GROUPS.values()]
        (group,) = chance.choices(list(GROUPS), shares)
        mean = GROUPS[group][1] * REAL_SHARE
        lasts = min(chance.lognormvariate(math.log(mean) - SPREAD**2 / 2, SPREAD), LONGEST_MINUTES)
        drawn = chance.random()
        if drawn >= BOOKED:
            lane = Lane.PRIORITY if drawn < BOOKED + GREEN else Lane.WALK_IN
            return Guest(comes, group, lasts, lane), None
        slot = 15.0 * round(comes / 15)
        guest = Guest(max(slot + chance.uniform(-40, 12), 0.0), group, lasts, Lane.BOOKED, new_id())
        return guest, _row(guest, slot)

    def _comes(self, session: Session, minute: float, guest: Guest) -> None:
        if guest.booking:
            taken = services.check_in(session, guest.booking, site_id=SITE, by=SYSTEM)
        else:
            taken = services.take_ticket(
                session,
                SITE,
                guest.group,
                channel=Channel.COUNTER,
                by=SYSTEM,
                priority=Priority.ELDERLY if guest.lane is Lane.PRIORITY else None,
            )
        ticket = taken.ticket
        self.guests[ticket.id] = guest
        position = queries.position_of(session, ticket)
        assert position.at_least_minutes is not None
        assert position.at_most_minutes is not None
        self.told[ticket.id] = position.at_least_minutes, position.at_most_minutes, minute
        self._somebody_calls(session, minute, guest.group)

    def _somebody_calls(self, session: Session, minute: float, group: str) -> None:
        for window in self.idle:
            if group in self.windows[window]:
                self._calls(session, minute, window)
                return

    def _calls(self, session: Session, minute: float, window: str) -> None:
        ticket = calling.call_next(session, window, by=SYSTEM)
        if ticket is None:
            self.idle[window] = None
            return
        self.idle.pop(window, None)
        guest = self.guests[ticket.id]
        if ticket.id in self.told:
            at_least, at_most, since = self.told.pop(ticket.id)
            self.lived.append(Lived(ticket.lane, at_least, at_most, minute - since))
        if self.chance.random() < MISS and not _may_not_miss(guest, minute):
            self._at(minute + 2, "misses", (ticket.id, window))
        else:
            self._at(minute + guest.lasts, "is_done", (ticket.id, window))

    def _is_done(self, session: Session, minute: float, whom: tuple[str, str]) -> None:
        ticket, window = whom
        guest = self.guests[ticket]
        if self.chance.random() < HANDED_ON:
            other = self.chance.choice([group for group in GROUPS if group != guest.group])
            calling.transfer(session, ticket, other, by=SYSTEM)
            self._calls(session, minute, window)
            self._somebody_calls(session, minute, other)
            return
        calling.finish(session, ticket, by=SYSTEM)
        self._calls(session, minute, window)

    def _misses(self, session: Session, minute: float, whom: tuple[str, str]) -> None:
        ticket, window = whom
        calling.miss(session, ticket, by=SYSTEM)
        if self.chance.random() < COME_BACK:
            self._at(minute + self.chance.uniform(1, 20), "comes_back", ticket)
        self._calls(session, minute, window)

    def _comes_back(self, session: Session, minute: float, ticket: str) -> None:
        calling.bring_back(session, ticket, by=SYSTEM)
        self._somebody_calls(session, minute, self.guests[ticket].group)

    def _at(self, minute: float, deed: str, whom: object) -> None:
        heapq.heappush(self._agenda, (minute, next(self._numbers), deed, whom))


def _may_not_miss(guest: Guest, minute: float) -> bool:
    # Who has booked and is called before his time has missed nothing.
    return guest.lane is Lane.BOOKED and minute < guest.comes + 45


def _row(guest: Guest, slot: float) -> dict[str, object]:
    starts = OPENS + timedelta(minutes=slot)
    return {
        "id": guest.booking,
        "site_id": SITE,
        "group_code": guest.group,
        "day": DAY,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=15),
        "services": [],
        "resident_id": None,
        "walk_in": False,
        "channel": Channel.PHONE.value,
        "state": BookingState.CONFIRMED.value,
        "made_at": OPENS,
    }


def live_through(database: Database, people: int, *, seed: int) -> list[Lived]:
    """Let so many people come to a hall with windows enough for them, on one day."""
    return Day(database, people, random.Random(seed)).live()
