"""Ten thousand terminals: the list, the watch and the day's figures; and a real server's burden."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, text

from devices.agent import wire
from devices.agent.clock import ServerClock
from devices.agent.identity import Identity, public_bytes
from devices.agent.signing import Signer
from devices.contracts.states import DeviceKind, DeviceStatus
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json
from kiosk_server.fleet.listing import Sought, page_of
from kiosk_server.fleet.summaries import summarise_day
from kiosk_server.places import first_data
from kiosk_server.settings import Settings
from kiosk_server.terminals.models import DeviceState, Terminal
from kiosk_server.upkeep.evaluator import WATCH_EVERY_SECONDS, watch
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.fleet.housekeeping import Taken
from tests.fleet.hurried import Hurry
from tests.fleet.line import KeptLine
from tests.fleet.processes import Processes, real_server
from tests.fleet.terminal import API, Request, Tally

TERMINALS = 10_000
BEAT_SECONDS = 30
SITE = "atushi-centre"
KINDS = (DeviceKind.ID_READER, DeviceKind.A4_PRINTER, DeviceKind.RECEIPT_PRINTER)
THREADS = 8
BURDEN_SECONDS = 20.0
_BARE_LIST = text(
    'SELECT t.id, t.place, t.grade, t.last_seen_at, d.kind, d."condition" FROM terminal t'
    " JOIN device_state d ON d.terminal_id = t.id"
    " WHERE t.id IN (SELECT id FROM terminal ORDER BY grade, id LIMIT 50)"
)


def measure() -> Iterator[Measured]:
    """Yield what a fleet of this size costs pages, watch and chores, then a real server."""
    with _fleet() as (settings, database, keys):
        yield _list(database)
        yield _watch(database)
        yield _day(database)
        yield from _burden(settings, database, keys)


@contextmanager
def _fleet() -> Iterator[tuple[Settings, Database, list[Ed25519PrivateKey]]]:
    """Lend a database in which every terminal is enrolled, well, and has spoken just now."""
    keys = [Ed25519PrivateKey.generate() for _ in range(TERMINALS)]
    with fresh_ground() as (settings, database):
        now = clock.now()
        with database.unit_of_work() as session:
            first_data.enter(session)
            session.execute(
                insert(Terminal), [_terminal(number, key) for number, key in enumerate(keys, 1)]
            )
            well = {"troubles": [], "details": {}, "since": now, "reported_at": now}
            session.execute(
                insert(DeviceState),
                [
                    {"terminal_id": _name(number), "kind": kind, "condition": "ready", **well}
                    for number in range(1, TERMINALS + 1)
                    for kind in KINDS
                ],
            )
        yield settings, database, keys


def _terminal(number: int, key: Ed25519PrivateKey) -> dict[str, object]:
    now = clock.now()
    return {
        "id": _name(number),
        "site_id": SITE,
        "place": "",
        "state": "in_service",
        "model": "bench",
        "software": "0.1.0",
        "spool_open": 0,
        "grade": "good",
        "key_id": f"bench-{number}",
        "public_key": public_bytes(key),
        "enrolled_at": now - timedelta(days=30),
        "last_seen_at": now,
    }


def _name(number: int) -> str:
    return f"AT-{number:04d}"


def _list(database: Database) -> Measured:
    def ours() -> None:
        with database.reading() as session:
            assert page_of(session, Sought(site_ids=[SITE])).total == TERMINALS

    def theirs() -> None:
        with database.reading() as session:
            assert len(session.execute(_BARE_LIST).all()) == 150

    mine, bare = seconds_in_turns(ours, theirs)
    told = "one bare select of 50 terminals and their devices"
    return Measured(f"list of {TERMINALS:,}, a page", mine * 1000, bare * 1000, "ms", told)


def _watch(database: Database) -> Measured:
    def look() -> None:
        with database.reading() as session:
            session.execute(text("SELECT count(*) FROM terminal WHERE last_seen_at < '2000'"))

    with clock.frozen(clock.now()):
        mine, bare = seconds_in_turns(lambda: watch(database), look)
    told = f"one bare look at all; due every {WATCH_EVERY_SECONDS:.0f} s"
    return Measured(f"watch over {TERMINALS:,}, all well", mine * 1000, bare * 1000, "ms", told)


def _day(database: Database) -> Measured:
    day = clock.beijing_today() - timedelta(days=1)

    def insert_them() -> None:
        rows = [{"t": _name(number), "d": canonical_json([number])} for number in range(TERMINALS)]
        with database.unit_of_work() as session:
            session.execute(text("CREATE TEMP TABLE IF NOT EXISTS bare (t TEXT PRIMARY KEY, d)"))
            session.execute(text("INSERT OR REPLACE INTO bare VALUES (:t, :d)"), rows)

    mine, bare = seconds_in_turns(lambda: summarise_day(database, day), insert_them, rounds=3)
    return Measured(f"a day's figures of {TERMINALS:,}", mine, bare, "s", "as many bare rows put")


def _burden(
    settings: Settings, database: Database, keys: list[Ed25519PrivateKey]
) -> Iterator[Measured]:
    """Yield what a real server bears, and what it takes of the machine meanwhile."""
    tally = Tally()
    with real_server(settings, database, Hurry.as_it_is(), tally, workers=2) as stage:
        calm = stage.taken()
        rate = _spoken_per_second(stage, keys, tally)
        busy = stage.taken()
    slowest = sorted(tally.seconds)[int(len(tally.seconds) * 0.99)] * 1000
    middle = median(tally.seconds) * 1000
    yield Measured(
        f"heartbeats of {TERMINALS:,}, real server",
        rate,
        TERMINALS / BEAT_SECONDS,
        "/s",
        f"what they say; p50 {middle:.0f}, p99 {slowest:.0f} ms, terminals on the same cores",
    )
    cost = busy["server"].cpu_seconds - calm["server"].cpu_seconds
    per_beat = cost / len(tally.seconds) * 1000
    yield Measured(
        "server's processor time a heartbeat",
        per_beat,
        1000 / (TERMINALS / BEAT_SECONDS),
        "ms",
        f"what one core has for each of {TERMINALS:,} terminals",
    )
    yield _memory(busy, calm)


def _memory(busy: dict[str, Taken], calm: dict[str, Taken]) -> Measured:
    ours, before = (sum(each.memory_mb for each in taken.values()) for taken in (busy, calm))
    return Measured("memory of server and worker", ours, before, "MB", "just after their start")


def _spoken_per_second(stage: Processes, keys: list[Ed25519PrivateKey], tally: Tally) -> float:
    """Speak for all of them from a few threads, without a pause; return words a second."""
    line = KeptLine(int(stage.origin.rpartition(":")[2]), tally)
    started = perf_counter()

    def speak(first: int) -> None:
        for number in range(first, TERMINALS, THREADS):
            if perf_counter() - started > BURDEN_SECONDS:
                return
            answer = line.send(_heartbeat(stage.origin, number + 1, keys[number]))
            assert answer.status == 200, answer

    threads = [threading.Thread(target=speak, args=(first,)) for first in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(tally.seconds) / (perf_counter() - started)


def _heartbeat(origin: str, number: int, key: Ed25519PrivateKey) -> Request:
    devices = [wire.DeviceState(kind, DeviceStatus.of()) for kind in KINDS]
    body = canonical_json(
        wire.heartbeat_body(devices, software="0.1.0", open_jobs=0, clock_offset_seconds=0.0)
    ).encode()
    identity = Identity(_name(number), f"bench-{number}", origin, "", "", key)
    headers = Signer(identity, ServerClock()).headers("POST", f"{origin}{API}/heartbeats", body)
    return Request(
        "POST", f"{API}/heartbeats", {**headers, "Content-Type": "application/json"}, body
    )
