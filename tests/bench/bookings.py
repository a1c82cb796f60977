"""
Bookings: places held and confirmed while everybody wants the same slot, and a month of free times.

Each is measured against bare Flask routes with the same writes, or the same select, in raw SQL: no
sign-in, no rules, no second look. `pgbench` shows what the database alone would do.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles
from threading import local
from time import perf_counter
from typing import Any

import psycopg
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import delete, make_url, update

from kiosk_server.app import create_app
from kiosk_server.bookings.models import Booking, BookingSlot, Slot
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json
from kiosk_server.core.idempotency import KeptAnswer
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.places import first_data
from kiosk_server.settings import Settings
from mobile_api.doors import PREFIX
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.support.booking import GROUP, SHORT, SITE
from tests.support.crowd import phones, slot_of

HANDS, EACH = 8, 6
PEOPLE = HANDS * EACH
ROUNDS = 5
TURN_SECONDS = 0.0005
"""As in `kiosk_server/gunicorn_conf.py`, which is no module to be imported."""
MONTH_DAYS, SLOTS_A_DAY, LOOKS = 30, 24, 20
_KEPT = """
INSERT INTO kept_answer (id, request_digest, begun_at, expires_at, status, answer_sealed)
VALUES (?, ?, ?, ?, 201, ?)
"""
_TAKE = """
UPDATE slot SET remaining_booked = remaining_booked - 1, remaining_total = remaining_total - 1
WHERE id = ? AND remaining_booked > 0 AND remaining_total > 0 AND closed_at IS NULL
"""
_BOOKING = """
INSERT INTO booking (id, site_id, group_code, day, starts_at, ends_at, services, resident_id,
    walk_in, channel, state, held_until, request_key, made_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'phone', 'held', ?, ?, ?)
"""
_IN_SLOT = "INSERT INTO booking_slot (booking_id, slot_id) VALUES (?, ?)"
_CONFIRM = "UPDATE booking SET state = 'confirmed', held_until = NULL WHERE id = ?"
_AUDIT = """
INSERT INTO audit_entry (at, event, actor_kind, actor_id, subject_kind, subject_id, facts)
VALUES (?, ?, 'resident', ?, 'booking', ?, ?)
"""
_NOTICE = """
INSERT INTO resident_notice (id, resident_id, topic, subject_id, facts, at)
VALUES (?, ?, 'booking_confirmed', ?, ?, ?)
"""
_MONTH = """
SELECT day, id, starts_at, ends_at FROM slot
WHERE site_id = ? AND group_code = ? AND day BETWEEN ? AND ? AND closed_at IS NULL
    AND starts_at > ? AND remaining_booked > 0 AND remaining_total > 0
ORDER BY starts_at
"""

Execute = Callable[[str, tuple[object, ...]], Any]


def measure() -> Iterator[Measured]:
    """Yield confirmed bookings per second, their slowest hundredth, and a month of free times."""
    with fresh_ground() as (settings, database):
        path = settings.database_url.removeprefix("sqlite:///")

        def connect() -> Execute:
            raw = sqlite3.connect(path, isolation_level=None, timeout=15, check_same_thread=False)
            raw.execute("PRAGMA synchronous=NORMAL")
            raw.execute("PRAGMA foreign_keys=ON")
            return raw.execute

        yield from _contended("SQLite", "BEGIN IMMEDIATE", settings, database, connect)
        yield from _month(settings, database)
    with fresh_postgres() as (settings, database):
        url = make_url(settings.database_url).set(drivername="postgresql")

        def connect_to_server() -> Execute:
            line = psycopg.connect(url.render_as_string(), autocommit=True)

            def execute(said: str, values: tuple[object, ...]) -> object:
                return line.execute(said.replace("?", "%s").encode(), values)

            return execute

        yield from _contended("PostgreSQL", "BEGIN", settings, database, connect_to_server)


@dataclass
class Desk:
    """Eight hands that book one place after the other, and how long each took."""

    book: Callable[[FlaskClient, int], None]
    app: Flask
    taken: list[float] = field(default_factory=list)

    def everybody_books(self) -> None:
        """Let every person book once."""

        def hand(number: int) -> list[float]:
            client, found = self.app.test_client(), []
            for who in range(number * EACH, (number + 1) * EACH):
                started = perf_counter()
                self.book(client, who)
                found.append(perf_counter() - started)
            return found

        with turns_as_served(), ThreadPoolExecutor(HANDS) as hands:
            for found in hands.map(hand, range(HANDS)):
                self.taken += found

    def slowest_hundredth_ms(self) -> float:
        """Return how long one in a hundred took at least."""
        return quantiles(self.taken, n=100)[98] * 1000


@contextmanager
def turns_as_served() -> Iterator[None]:
    """Let threads take turns as short as gunicorn lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@dataclass
class Ground:
    """One slot that everybody wants, and who they are."""

    settings: Settings
    database: Database
    tokens: dict[str, str] = field(default_factory=dict)
    slot: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def open(self) -> "Ground":
        """Enter the slot and the people."""
        with self.database.unit_of_work() as session:
            first_data.enter(session)
            self.tokens = phones(session, PEOPLE)
            self.slot = slot_of(session, PEOPLE)
        return self

    def wipe(self) -> None:
        """Let nobody have a place."""
        with self.database.unit_of_work() as session:
            for table in (BookingSlot, Booking, ResidentNotice, KeptAnswer):
                session.execute(delete(table))
            session.execute(
                update(Slot).values(
                    remaining_booked=Slot.capacity - Slot.walk_in, remaining_total=Slot.capacity
                )
            )

    def ours(self) -> Desk:
        """The product's own desk."""
        tokens = list(self.tokens.values())
        asked = {"slot_id": self.slot, "services": list(SHORT)}

        def book(client: FlaskClient, who: int) -> None:
            signed = {"Authorization": f"Bearer {tokens[who]}"}
            key = {"Idempotency-Key": f"bench-{next(self.numbers):016}"}
            held = client.post(f"{PREFIX}/bookings", json=asked, headers={**signed, **key})
            assert held.status_code == 201, held.text
            path = f"{PREFIX}/bookings/{held.get_json()['id']}/confirm"
            assert client.post(path, headers=signed).status_code == 200

        return Desk(book, create_app(self.settings))

    def bare(self, begin: str, connect: Callable[[], Execute]) -> Desk:
        """The least that can take the same places."""
        with self.database.reading() as session:
            slot = session.get_one(Slot, self.slot)
        app, residents = _bare(slot, begin, connect), list(self.tokens)

        def book(client: FlaskClient, who: int) -> None:
            asked = {"resident": residents[who], "key": f"bare-{next(self.numbers):016}"}
            held = client.post("/hold", json=asked)
            assert held.status_code == 201, held.text
            said = {"resident": residents[who], "id": held.get_json()["id"]}
            assert client.post("/confirm", json=said).status_code == 200

        return Desk(book, app)


def _contended(
    engine: str,
    begin: str,
    settings: Settings,
    database: Database,
    connect: Callable[[], Execute],
) -> Iterator[Measured]:
    ground = Ground(settings, database).open()
    ours, bare = ground.ours(), ground.bare(begin, connect)
    seconds = seconds_in_turns(
        ours.everybody_books, bare.everybody_books, rounds=ROUNDS, prepare=ground.wipe
    )
    against = "bare routes, the same writes in raw SQL"
    rate, bare_rate = PEOPLE / seconds[0], PEOPLE / seconds[1]
    yield Measured(f"confirmed bookings, one slot, {engine}", rate, bare_rate, "/s", against)
    slowest = ours.slowest_hundredth_ms(), bare.slowest_hundredth_ms()
    yield Measured(f"  their slowest hundredth, {engine}", *slowest, "ms", against)
    if engine == "PostgreSQL":
        yield from _pgbench(ground, rate)
    ours.app.extensions["kiosk_database"].dispose()


def _bare(slot: Slot, begin: str, connect: Callable[[], Execute]) -> Flask:
    app, lines = Flask("bare"), local()

    @contextmanager
    def unit() -> Iterator[Execute]:
        if not hasattr(lines, "execute"):
            lines.execute = connect()
        execute: Execute = lines.execute
        execute(begin, ())
        yield execute
        execute("COMMIT", ())

    @app.post("/hold")
    def hold() -> tuple[dict[str, str], int]:
        asked, booking, now = request.get_json(), new_id(), datetime.now(UTC).replace(tzinfo=None)
        resident, key = asked["resident"], asked["key"]
        until, said = now + timedelta(minutes=5), {"id": booking}
        facts = canonical_json({"site": SITE, "group": GROUP, "channel": "phone"})
        times = (_plain(slot.starts_at), _plain(slot.ends_at))
        row = (booking, SITE, GROUP, str(slot.day), *times, canonical_json(list(SHORT)), resident)
        with unit() as execute:
            if execute(_TAKE, (slot.id,)).rowcount != 1:
                return {}, 409
            execute(_BOOKING, (*row, False, _plain(until), key, _plain(now)))
            execute(_IN_SLOT, (booking, slot.id))
            execute(_AUDIT, (_plain(now), "booking_held", resident, booking, facts))
            ends = _plain(now + timedelta(days=1))
            execute(_KEPT, (key, key, _plain(now), ends, canonical_json(said).encode()))
        return said, 201

    @app.post("/confirm")
    def confirm() -> dict[str, str]:
        asked, now = request.get_json(), _plain(datetime.now(UTC))
        booking, resident = asked["id"], asked["resident"]
        facts = canonical_json({"site": SITE, "group": GROUP, "channel": "phone"})
        told = canonical_json({"site": SITE, "day": str(slot.day)})
        with unit() as execute:
            execute(_CONFIRM, (booking,))
            execute(_AUDIT, (now, "booking_confirmed", resident, booking, facts))
            execute(_NOTICE, (new_id(), resident, booking, told, now))
        return {"id": booking}

    return app


def _plain(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ")


def _pgbench(ground: Ground, ours: float) -> Iterator[Measured]:
    """Yield what the server itself does with the same statements, where pgbench is here."""
    program = shutil.which("pgbench")
    if program is None:
        return
    url = make_url(ground.settings.database_url)
    script = Path(ground.settings.instance) / "bookings.pgbench"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(_script(ground), encoding="utf-8")
    ground.wipe()
    with ground.database.unit_of_work() as session:
        session.execute(update(Slot).values(capacity=10**6, remaining_booked=10**5))
        session.execute(update(Slot).values(remaining_total=10**5))
    told = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(HANDS), "-j", "2", "-T", "3", "-f", script,
         "-h", str(url.query["host"]), "-U", str(url.username), str(url.database)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (rate,) = (line for line in told.stdout.splitlines() if line.startswith("tps"))
    per_second = float(rate.split("=")[1].split()[0])
    yield Measured(
        "  the same against pgbench", ours, per_second, "/s", "the statements alone; no aim"
    )


def _script(ground: Ground) -> str:
    """The statements of one confirmed booking, as pgbench reads them."""
    resident = next(iter(ground.tokens))
    values = {
        _TAKE: (ground.slot,),
        _BOOKING: ("$id", SITE, GROUP, "2026-01-01", "2026-01-01 10:00", "2026-01-01 10:15", "[]",
                   resident, False, "2026-01-01 10:00", "$id", "2026-01-01"),
        _IN_SLOT: ("$id", ground.slot),
        _AUDIT: ("2026-01-01", "booking_held", resident, "$id", "{}"),
        _KEPT: ("$id", "$id", "2026-01-01", "2026-01-01", ""),
        _CONFIRM: ("$id",),
        _NOTICE: ("$id", resident, "$id", "{}", "2026-01-01"),
    }  # fmt: skip
    hold = (_TAKE, _BOOKING, _IN_SLOT, _AUDIT, _KEPT)
    confirm = (_CONFIRM, _AUDIT, _NOTICE)
    lines = ["\\set number random(1, 9000000000000000)"]
    for unit in (hold, confirm):
        lines += ["BEGIN;", *(_said(each, values[each]) for each in unit), "COMMIT;"]
    return "\n".join(lines)


def _said(statement: str, values: tuple[object, ...]) -> str:
    for value in values:
        literal = str(value) if isinstance(value, bool) else f"'{value}'"
        statement = statement.replace("?", ":number::text" if value == "$id" else literal, 1)
    return " ".join(statement.split()) + ";"


def _month(settings: Settings, database: Database) -> Iterator[Measured]:
    """Yield the milliseconds in which a month of free times is told."""
    first = clock.beijing_today() + timedelta(days=1)
    last = first + timedelta(days=MONTH_DAYS - 1)
    with database.unit_of_work() as session:
        for table in (BookingSlot, Booking, Slot):
            session.execute(delete(table))
        session.add_all(_slots_of_a_month(first))
    server = create_app(replace(settings, booking_days_ahead=MONTH_DAYS + 1))
    ours, theirs = server.test_client(), _bare_month(settings, first, last).test_client()
    path = f"{PREFIX}/slots?site={SITE}&services={SHORT[0]}&first={first}&days={MONTH_DAYS}"
    told = sum(len(day["times"]) for day in ours.get(path).get_json()["items"])
    bare = theirs.get("/slots").get_json()
    assert told == sum(map(len, bare.values())) == MONTH_DAYS * SLOTS_A_DAY
    seconds = seconds_in_turns(
        lambda: [ours.get(path) for _ in range(LOOKS)],
        lambda: [theirs.get("/slots") for _ in range(LOOKS)],
    )
    server.extensions["kiosk_database"].dispose()
    milliseconds = seconds[0] / LOOKS * 1000, seconds[1] / LOOKS * 1000
    against = f"a bare route, one select; {told} times"
    yield Measured("free times of a month", *milliseconds, "ms", against)


def _slots_of_a_month(first: date) -> Iterator[Slot]:
    for ahead in range(MONTH_DAYS):
        day = first + timedelta(days=ahead)
        opens = datetime(day.year, day.month, day.day, 10, tzinfo=clock.BEIJING)
        for number in range(SLOTS_A_DAY):
            starts = opens + timedelta(minutes=15 * number)
            yield Slot(
                id=new_id(),
                site_id=SITE,
                group_code=GROUP,
                day=day,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=15),
                capacity=4,
                walk_in=1,
                remaining_booked=3,
                remaining_total=4,
            )


def _bare_month(settings: Settings, first: date, last: date) -> Flask:
    app = Flask("bare")
    path = settings.database_url.removeprefix("sqlite:///")
    line = sqlite3.connect(path, check_same_thread=False)

    @app.get("/slots")
    def slots() -> dict[str, list[dict[str, str]]]:
        now = _plain(datetime.now(UTC))
        found: dict[str, list[dict[str, str]]] = {}
        asked = (SITE, GROUP, str(first), str(last), now)
        for day, slot, starts, ends in line.execute(_MONTH, asked):
            time = {"slot_id": slot, "starts_at": starts, "ends_at": ends}
            found.setdefault(day, []).append(time)
        return found

    return app
