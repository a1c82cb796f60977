"""
People with phones before real processes of the server, and slots that they all want.

The server runs as in production; whoever holds a `Crowd` may also look into its database, let the
minutes of a hold be over, and count places as nobody outside can.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from kiosk_server.bookings.capacity import miscounted
from kiosk_server.bookings.life import OCCUPYING
from kiosk_server.bookings.models import Booking, BookingSlot, Slot, WaitingEntry
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.places import first_data
from kiosk_server.residents import accounts
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import Device, issue_tokens, open_phone
from kiosk_server.residents.services import find_or_register
from kiosk_server.settings import Settings
from mobile_api.doors import PREFIX
from tests.support.booking import GROUP, SHORT, SITE, number
from tests.support.processes import Running
from tests.support.terminal_bench import free_port
from tests.support.warm_starts import Life, WarmStarts

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """Its words, which are always an object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Crowd:
    """People with phones before some processes of the server."""

    database: Database
    settings: Settings
    terms: BookingTerms
    tokens: dict[str, str]
    """By resident."""
    server: Life

    @cached_property
    def residents(self) -> list[str]:
        """Who they are, in order."""
        return list(self.tokens)

    def send(
        self, who: int, path: str, body: object = None, key: str = "", method: str = "POST"
    ) -> Answer:
        """Let one person send one request; raises `OSError` where nobody answers."""
        headers = {
            "Authorization": f"Bearer {self.tokens[self.residents[who]]}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        # Half of what a race costs would be a library's sessions, one a thread.
        line = HTTPConnection(
            self.settings.public_origin.rpartition("/")[2], timeout=PATIENCE_SECONDS
        )
        with closing(line):
            line.request(method, f"{PREFIX}{path}", json.dumps(body) if body else None, headers)
            try:
                got = line.getresponse()
                return Answer(got.status, got.read())
            except HTTPException as broken:
                raise ConnectionError(str(broken)) from broken

    def hold(self, who: int, slot_id: str, key: str = "") -> Answer:
        """Let one person hold a place."""
        return self.send(who, "/bookings", {"slot_id": slot_id, "services": list(SHORT)}, key)

    def does(self, who: int, booking_id: str, verb: str) -> Answer:
        """Let one person do something with his booking that needs no further word."""
        return self.send(who, f"/bookings/{booking_id}/{verb}")

    def moves(self, who: int, booking_id: str, slot_id: str, key: str = "") -> Answer:
        """Let one person move his booking."""
        return self.send(who, f"/bookings/{booking_id}/move", {"slot_id": slot_id}, key)

    def waits(self, who: int, slot_id: str) -> Answer:
        """Let one person wait for a place on the day of a slot."""
        asked = {"site": SITE, "services": list(SHORT), "day": self.day_of(slot_id)}
        return self.send(who, "/waiting", asked)

    def offered(self, who: int) -> list[str]:
        """What one person was offered and has not answered, as his phone is told."""
        found = self.send(who, "/waiting", method="GET").json()["items"]
        return [each["booking_id"] for each in found if each["state"] == "offered"]

    def new_slot(self, places: int) -> str:
        """Return a slot with so many places, on a day of its own."""
        with self.database.unit_of_work() as session:
            return slot_of(session, places)

    def day_of(self, slot_id: str) -> str:
        """The day of a slot."""
        with self.database.reading() as session:
            return session.get_one(Slot, slot_id).day.isoformat()

    def let_end(self, booking_id: str) -> None:
        """Let the minutes of a hold be over."""
        past = clock.now() - timedelta(seconds=1)
        with self.database.unit_of_work() as session:
            session.execute(update(Booking).where(Booking.id == booking_id).values(held_until=past))

    def forget_everybody(self) -> None:
        """Let people begin anew, with nothing ahead of them."""
        with self.database.unit_of_work() as session:
            session.execute(update(Booking).values(resident_id=None))
            session.execute(update(WaitingEntry).values(state="left"))

    def taken(self, slot_id: str) -> int:
        """Return how many bookings have a place in a slot."""
        with self.database.reading() as session:
            return session.scalar(_taken(slot_id)) or 0

    def look(self, slot_id: str) -> "Seen":
        """Return what one moment shows of a slot: one statement, so one snapshot."""
        waiting = (
            select(func.count())
            .where(WaitingEntry.day == Slot.day, WaitingEntry.state == "waiting")
            .scalar_subquery()
        )
        taken_in_it = _taken(slot_id).scalar_subquery()
        wanted = select(Slot.remaining_booked, taken_in_it, waiting).where(Slot.id == slot_id)
        with self.database.reading() as session:
            left, taken, waits = session.execute(wanted).one()
        return Seen(left, taken, waits)

    def counted_right(self) -> bool:
        """Whether every counter says what the bookings say, in one snapshot."""
        with self.database.reading() as session:
            return not miscounted(session)


@dataclass(frozen=True)
class Seen:
    """Of one slot: places left to be booked, places taken, and people waiting for its day."""

    left: int
    taken: int
    waiting: int

    def is_just(self, places: int) -> bool:
        """Whether all places are accounted for, and none is free that somebody waits for."""
        return self.taken + self.left == places and not (self.left and self.waiting)


def slot_of(session: Session, places: int) -> str:
    """Enter a slot with so many places to be booked, and one for who just comes.

    Each has a day of its own, from tomorrow on: one waiting list is for one day.
    """
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    latest = session.scalar(select(func.max(Slot.starts_at)))
    if latest is not None:
        starts = max(starts, latest + timedelta(days=1))
    row = Slot(
        id=new_id(),
        site_id=SITE,
        group_code=GROUP,
        day=clock.to_beijing(starts).date(),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=15),
        capacity=places + 1,
        walk_in=1,
        remaining_booked=places,
        remaining_total=places + 1,
    )
    session.add(row)
    session.flush()
    return row.id


def phones(session: Session, count: int) -> dict[str, str]:
    """Sign in the phones of so many people who have proven their names; return a token of each."""
    signed_in = signed_in_phones(session, count)
    return {who: issue_tokens(session, phone).access for who, phone in signed_in.items()}


def signed_in_phones(session: Session, count: int) -> dict[str, AccountPhone]:
    """Sign in the phones of so many people who have proven their names; return them by person."""
    found = {}
    for index in range(count):
        resident = find_or_register(
            session, number=number(index), name=f"测试·居民{index}", kind=CardKind.RESIDENT
        )
        account = accounts.open_by_number(session, f"138{index:08}")
        device = Device(PhoneKind.APP, "test", "zh")
        phone = open_phone(session, account, device, way=Way.SMS_CODE, level=Level.NUMBER)
        accounts.prove(session, phone, resident, way=Way.NAME_CHECK)
        found[resident.id] = phone
    return found


def begin_server(
    settings: Settings, warm: WarmStarts, folder: Path, *, wsgi: str = "wsgi:app"
) -> Life:
    """Start the server as it runs in production, with three processes, and wait until it answers;
    it stands where *settings* say that it is reached."""
    environment = {
        "KIOSK_PORT": settings.public_origin.rpartition(":")[2],
        "KIOSK_PUBLIC_ORIGIN": settings.public_origin,
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    how = ["--config", "kiosk_server/gunicorn_conf.py", "--workers", "3", "--log-level", "warning"]
    log = folder / "server.log"
    life = warm.begin("gunicorn", [*how, wsgi], environment=environment, log=log)
    healthz = f"{settings.public_origin}/healthz"
    Running("server", life, log).wait_until(lambda: requests.get(healthz, timeout=30).ok)
    return life


@contextmanager
def crowd(
    settings: Settings,
    database: Database,
    warm: WarmStarts,
    folder: Path,
    people: int,
    *,
    wsgi: str = "wsgi:app",
) -> Iterator[Crowd]:
    """Let so many people stand before the server for the length of the block."""
    with database.unit_of_work() as session:
        first_data.enter(session)
        tokens = phones(session, people)
    settings = replace(settings, public_origin=f"http://127.0.0.1:{free_port()}")
    life = begin_server(settings, warm, folder, wsgi=wsgi)
    try:
        yield Crowd(database, settings, booking_terms(settings), tokens, life)
    finally:
        life.kill()


def _taken(slot_id: str) -> Select[int]:
    return (
        select(func.count())
        .select_from(BookingSlot)
        .join(Booking, Booking.id == BookingSlot.booking_id)
        .where(BookingSlot.slot_id == slot_id, Booking.state.in_(sorted(OCCUPYING)))
    )
