"""A site with few places, people who want them, and the terms they are given on."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.capacity import Day, miscounted
from kiosk_server.bookings.chores import make_slots
from kiosk_server.bookings.life import Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, Slot
from kiosk_server.bookings.queries import slots_on
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.services import hold
from kiosk_server.bookings.templates import enter_template
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.places import first_data
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.services import find_or_register
from kiosk_server.settings import Settings

SITE, GROUP = "atushi-centre", "social-insurance"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday, 12:00 in Beijing."""
DAY = date(2026, 11, 25)
DAY_OF: Day = (SITE, GROUP, DAY)
TERMS = BookingTerms(timedelta(minutes=5), timedelta(minutes=30), 4, per_day=2, at_once=4)
SHORT, TWO_SLOTS = ("insurance-record",), ("insurance-enrol",)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(index: int) -> str:
    """Return the identity number of the unreal person *index*, with its check digit (GB 11643)."""
    body = f"65300119900101{index:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def copied(template: Path, folder: Path) -> Database:
    """Open a copy of the database file *template*, kept in *folder*."""
    path = folder / "kiosk.sqlite3"
    shutil.copy(template, path)
    return open_database(Settings(database_url=f"sqlite:///{path}", instance=folder))


def site_to_copy(
    schema: Path,
    folder: Path,
    *,
    people: int,
    capacity: int,
    walk_in: int,
    more: Callable[[Session], object] = lambda session: None,
) -> Path:
    """Return a database file with the site at noon, its people, and what *more* enters."""
    database = copied(schema, folder)
    with clock.frozen(NOON):
        site = BookedSite.open(database, capacity=capacity, walk_in=walk_in)
        for who in range(people):
            site.person(who)
    with database.unit_of_work() as session:
        more(session)
    # What the last unit of work wrote may stand in the log beside the file.
    database.dispose()
    return folder / "kiosk.sqlite3"


@dataclass
class BookedSite:
    """The centre with slots of a quarter from 10:00 to *closes* on its Wednesday."""

    database: Database
    people: dict[int, str] = field(default_factory=dict)

    @classmethod
    def open(
        cls, database: Database, *, capacity: int = 2, walk_in: int = 1, closes: time = time(10, 30)
    ) -> "BookedSite":
        """Enter the places, a template and its slots, as they are made at `NOON`."""
        with clock.frozen(NOON):
            with database.unit_of_work() as session:
                first_data.enter(session)
                enter_template(
                    session,
                    SITE,
                    GROUP,
                    weekday=DAY.isoweekday(),
                    spell=(time(10), closes),
                    minutes=15,
                    capacity=capacity,
                    walk_in=walk_in,
                )
            make_slots(database, TERMS)
        return cls(database)

    def slots(self) -> list[Slot]:
        """The slots of the day, the first one first."""
        with self.database.reading() as session:
            return slots_on(session, SITE, DAY)

    def person(self, index: int) -> str:
        """The resident *index*."""
        if index not in self.people:
            self.people[index] = self._registered(index)
        return self.people[index]

    def _registered(self, index: int) -> str:
        with self.database.unit_of_work() as session:
            return find_or_register(
                session, number=number(index), name=f"测试·居民{index}", kind=CardKind.RESIDENT
            ).id

    def wish(self, index: int, services: tuple[str, ...] = SHORT) -> Wish:
        """What the resident *index* would like."""
        return Wish(self.person(index), services, Channel.PHONE)

    def hold(
        self, index: int, slot: int = 0, services: tuple[str, ...] = SHORT, key: str | None = None
    ) -> Booking:
        """Let the resident *index* hold a place in a slot of the day."""
        wish, slot_id = self.wish(index, services), self.slots()[slot].id
        with self.database.unit_of_work() as session:
            return hold(session, slot_id, wish, terms=TERMS, by=SYSTEM, request_key=key)

    def left(self) -> list[tuple[int, int]]:
        """What each slot has left: for bookings, and at all."""
        return [(slot.remaining_booked, slot.remaining_total) for slot in self.slots()]

    def counted_right(self) -> bool:
        """Whether every counter says what the bookings say."""
        with self.database.reading() as session:
            return not miscounted(session)
