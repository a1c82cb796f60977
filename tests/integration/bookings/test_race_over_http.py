"""
N phones at once for k places, over HTTP, at three server processes, on both databases.

Holds, double touches, cancels, confirmations, holds that end and people who join the waiting list
at the same moment: never more than k, and no place left empty that somebody waits for.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, local

import pytest
import requests
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import services
from kiosk_server.bookings.capacity import miscounted
from kiosk_server.bookings.chores import end_holds
from kiosk_server.bookings.life import OCCUPYING, Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, BookingSlot, Slot, WaitingEntry
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.core.identifiers import new_id
from kiosk_server.places import first_data
from kiosk_server.residents import accounts
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import Device, issue_tokens, open_phone
from kiosk_server.residents.services import find_or_register
from kiosk_server.settings import Settings
from tests.support.at_once import at_once
from tests.support.booking import GROUP, SHORT, SITE, number
from tests.support.journey import free_port
from tests.support.processes import Running

MOST = 64
PATIENCE = 120
ROUNDS = ((4, 1), (16, 3), (MOST, 8))
"""How many phones want one of how many places."""
_sessions = local()


def slot_of(session: Session, places: int) -> str:
    """Enter a slot of tomorrow with so many places to be booked, and one for who just comes."""
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    latest = session.scalar(select(func.max(Slot.starts_at)))
    if latest is not None:
        # A day of its own: one waiting list is for one day.
        starts = latest + timedelta(days=1)
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


def phones(session: Session, count: int) -> list[str]:
    """Sign in the phones of so many people who have proven their names; return their tokens."""
    found = []
    for index in range(count):
        resident = find_or_register(
            session, number=number(index), name=f"测试·居民{index}", kind=CardKind.RESIDENT
        )
        account = accounts.open_by_number(session, f"138{index:08}")
        device = Device(PhoneKind.APP, "test", "zh")
        phone = open_phone(session, account, device, way=Way.SMS_CODE, level=Level.NUMBER)
        accounts.prove(session, phone, resident, way=Way.NAME_CHECK)
        found.append(issue_tokens(session, phone).access)
    return found


@dataclass
class Crowd:
    """People with phones before three processes of the server."""

    database: Database
    address: str
    terms: BookingTerms
    tokens: list[str] = field(default_factory=list)

    def send(self, who: int, path: str, body: object = None, key: str = "") -> requests.Response:
        """Let one person send one request, on a connection of this thread's own."""
        if not hasattr(_sessions, "session"):
            _sessions.session = requests.Session()
        session: requests.Session = _sessions.session
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        return session.post(
            f"{self.address}/api/mobile/v1{path}", json=body, headers=headers, timeout=PATIENCE
        )

    def new_slot(self, places: int) -> str:
        """Return a slot with so many places."""
        with self.database.unit_of_work() as session:
            return slot_of(session, places)

    def taken(self, slot_id: str) -> int:
        """Return how many bookings have a place in a slot."""
        wanted = (
            select(func.count())
            .select_from(BookingSlot)
            .join(Booking, Booking.id == BookingSlot.booking_id)
            .where(BookingSlot.slot_id == slot_id, Booking.state.in_(sorted(OCCUPYING)))
        )
        with self.database.reading() as session:
            return session.scalar(wanted) or 0

    def left_and_waiting(self, slot_id: str) -> tuple[int, int]:
        """Return how many places are free, and how many people wait for one."""
        with self.database.reading() as session:
            slot = session.get_one(Slot, slot_id)
            assert not miscounted(session)
            waits = select(func.count()).where(
                WaitingEntry.day == slot.day, WaitingEntry.state == "waiting"
            )
            return slot.remaining_booked, session.scalar(waits) or 0


@pytest.fixture
def crowd(settings: Settings, database: Database, tmp_path: Path) -> Iterator[Crowd]:
    """Sixty-four phones, and the server as it runs in production, with three processes."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")},
        "KIOSK_PORT": str(port),
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    how = ["--config", "kiosk_server/gunicorn_conf.py", "--workers", "3", "--graceful-timeout", "1"]
    server = Running.start(
        "server", "gunicorn", [*how, "wsgi:app"], folder=tmp_path, environment=environment
    )
    try:
        address = f"http://127.0.0.1:{port}"
        with database.unit_of_work() as session:
            first_data.enter(session)
            tokens = phones(session, MOST)
        server.wait_until(lambda: requests.get(f"{address}/healthz", timeout=30).ok)
        yield Crowd(database, address, booking_terms(settings), tokens)
    finally:
        server.stop()


def race(crowd: Crowd, people: int, places: int) -> None:
    """Let everybody hold at once; then some give up, some say yes, and the others wait, at once."""
    slot_id = crowd.new_slot(places)
    with crowd.database.reading() as session:
        day = session.get_one(Slot, slot_id).day.isoformat()
    asked = {"slot_id": slot_id, "services": list(SHORT)}
    touches = 2 if people <= 16 else 1

    def hold(who: int) -> Callable[[], requests.Response]:
        key = f"race-{slot_id}-{who}"
        return lambda: crowd.send(who, "/bookings", asked, key)

    with_whom = [who for who in range(people) for _ in range(touches)]
    answers = list(zip(with_whom, at_once(*map(hold, with_whom)), strict=True))
    held: dict[int, set[str]] = {}
    for who, answer in answers:
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 201:
            held.setdefault(who, set()).add(answer.json()["id"])
    assert len(held) == places == crowd.taken(slot_id)
    assert all(len(ids) == 1 for ids in held.values()), "a double touch books once"
    deeds: list[Callable[[], object]] = []
    for turn, (who, ids) in enumerate(held.items()):
        verb = ("cancel", "confirm", "late")[turn % 3]
        (booking_id,) = ids
        if verb == "late":
            let_end(crowd.database, booking_id)
            deeds.append(partial(end_holds, crowd.database, crowd.terms))
        else:
            path = f"/bookings/{booking_id}/{verb}"
            deeds.append(partial(crowd.send, who, path))
    waits = {"site": SITE, "services": list(SHORT), "day": day}
    losers = [who for who in range(people) if who not in held][:24]
    deeds += [partial(crowd.send, who, "/waiting", waits) for who in losers]
    for done in at_once(*deeds):
        assert not isinstance(done, requests.Response) or done.status_code < 500, done.text
    left, waiting = crowd.left_and_waiting(slot_id)
    assert crowd.taken(slot_id) + left == places
    assert not (left and waiting), "a place stands empty that somebody waits for"


def let_end(database: Database, booking_id: str) -> None:
    """Let the minutes of a hold be over."""
    with database.unit_of_work() as session:
        past = clock.now() - timedelta(seconds=1)
        session.execute(update(Booking).where(Booking.id == booking_id).values(held_until=past))


def move_against_each_other(crowd: Crowd) -> None:
    """Two people on two days who change places while others wait: nothing is lost or doubled."""
    slots = [crowd.new_slot(2), crowd.new_slot(2)]
    mine = []
    for who, slot_id in enumerate(slots):
        asked = {"slot_id": slot_id, "services": list(SHORT)}
        booking = crowd.send(who + 20, "/bookings", asked).json()["id"]
        assert crowd.send(who + 20, f"/bookings/{booking}/confirm").status_code == 200
        mine.append(booking)
    crossed = [
        lambda: crowd.send(20, f"/bookings/{mine[0]}/move", {"slot_id": slots[1]}),
        lambda: crowd.send(21, f"/bookings/{mine[1]}/move", {"slot_id": slots[0]}),
    ]
    assert [answer.status_code for answer in at_once(*crossed)] == [201, 201]
    assert [crowd.taken(slot_id) for slot_id in slots] == [1, 1]
    assert [crowd.left_and_waiting(slot_id) for slot_id in slots] == [(1, 0), (1, 0)]


def test_a_place_is_never_given_twice(crowd: Crowd) -> None:
    """From four phones for one place to sixty-four for eight, with all that can happen between."""
    for people, places in ROUNDS:
        race(crowd, people, places)
        with crowd.database.unit_of_work() as session:
            # The next round begins with people who have nothing ahead of them.
            session.execute(update(Booking).values(resident_id=None))
    move_against_each_other(crowd)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_race_finds_who_checks_first_and_writes_then(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard, four people get the one place: what this house does instead matters."""
    people, all_have_looked = 4, Barrier(4)

    def look_then_leap(session: Session, slot_ids: list[str]) -> bool:
        found = session.get_one(Slot, slot_ids[0]).remaining_booked > 0
        all_have_looked.wait(PATIENCE)
        return found

    with database.unit_of_work() as session:
        first_data.enter(session)
        slot_id = slot_of(session, 1)
        residents = [
            find_or_register(
                session, number=number(index), name="测试·居民", kind=CardKind.RESIDENT
            ).id
            for index in range(people)
        ]
    crowd = Crowd(database, "", booking_terms(settings))

    def hold(resident_id: str) -> bool:
        wish = Wish(resident_id, SHORT, Channel.PHONE)
        try:
            with database.unit_of_work() as session:
                services.hold(session, slot_id, wish, terms=crowd.terms, by=SYSTEM)
        except Conflict:
            return False
        return True

    def everybody() -> int:
        with ThreadPoolExecutor(people) as hands:
            return sum(hands.map(hold, residents))

    with monkeypatch.context() as without:
        without.setattr(services, "take", look_then_leap)
        assert everybody() == people
    with database.reading() as session:
        assert list(miscounted(session)) == [slot_id]
    with database.unit_of_work() as session:
        session.execute(update(Booking).values(state="cancelled"))
    assert everybody() == 1
