"""
`make fleet`: thousands of terminals that live, fail and come back against one server.

Each has a key of its own and speaks the real, signed wire; server, worker and database are real
processes. The fleet's clock runs at the pace at which the heartbeats of all make RATE requests a
second: a machine of two cores plays many terminals slower than life, and few of them faster.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter, process_time

from sqlalchemy import text

from kiosk_server.core.database import Database
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.fleet.housekeeping import Taken
from tests.fleet.hurried import Hurry
from tests.fleet.life import BEAT_SECONDS
from tests.fleet.play import Played, enrolled, play
from tests.fleet.processes import real_server
from tests.fleet.terminal import Tally

_GROUNDS = {"sqlite": fresh_ground, "postgresql": fresh_postgres}


@dataclass(frozen=True)
class Measured:
    """What a play took, beside how it went."""

    seconds: float
    pace: float
    own_cpu_seconds: float
    before: Mapping[str, Taken]
    after: Mapping[str, Taken]
    database_mb: float
    latest_seconds: float


def main() -> int:
    """Play on every engine that was asked for; return 1 where an alert was lost or repeated."""
    asked = _asked()
    right = True
    for engine in asked.engines:
        played, measured = _play(engine, asked)
        print(f"\n{asked.terminals} terminals, {engine}, seed {asked.seed}, load {_load()}")
        for what, told in _lines(played, measured):
            print(f"  {what:34} {told}")
        right = right and played.right
    return 0 if right else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fleet")
    parser.add_argument("--terminals", type=int, default=2000)
    parser.add_argument("--engine", choices=[*_GROUNDS, "both"], default="both")
    parser.add_argument("--rate", type=float, default=60.0, help="heartbeats a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--crews", type=int, default=16, help="threads that speak")
    asked = parser.parse_args()
    asked.engines = list(_GROUNDS) if asked.engine == "both" else [asked.engine]
    return asked


def _play(engine: str, asked: argparse.Namespace) -> tuple[Played, Measured]:
    pace = asked.rate * BEAT_SECONDS / asked.terminals
    hurry, tally = Hurry.from_noon(pace), Tally()
    with (
        _GROUNDS[engine]() as (settings, database),
        real_server(settings, database, hurry, tally, workers=asked.workers) as stage,
    ):
        fleet = enrolled(stage, asked.terminals, asked.seed, crews=asked.crews, tally=tally)
        tally.seconds.clear()
        before, started, own = stage.taken(), perf_counter(), process_time()
        played = play(stage, fleet, tally)
        measured = Measured(
            seconds=perf_counter() - started,
            pace=pace,
            own_cpu_seconds=process_time() - own,
            before=before,
            after=stage.taken(),
            database_mb=_size_mb(database),
            latest_seconds=max(crew.latest_seconds for crew in fleet.crews) / pace,
        )
        return played, measured


def _lines(played: Played, measured: Measured) -> Iterator[tuple[str, str]]:
    verdict, tally = played.verdict, played.tally
    cuts = quantiles(tally.seconds, n=100)
    alerts, calls = verdict.alerts_expected, verdict.calls_expected
    yield "pace of the fleet's clock", f"{measured.pace:.2f} of the wall's"
    yield "words heard", f"{tally.heard} in {measured.seconds:.0f} s"
    yield "words a second", f"{len(tally.seconds) / measured.seconds:.0f}"
    yield "answered in, p50 / p99", f"{cuts[49] * 1000:.0f} / {cuts[98] * 1000:.0f} ms"
    yield "latest word behind its moment", f"{measured.latest_seconds:.1f} s"
    yield "5xx or no answer", str(tally.failed)
    yield "refused, meant to be", f"{tally.refused}, {tally.refusals_meant}"
    yield "alerts expected", _between(alerts.least, alerts.most)
    yield "alerts opened, closed", f"{verdict.alerts_opened}, {verdict.alerts_closed}"
    yield "lost, repeated, left open", _named(verdict.lost, verdict.repeated, verdict.left_open)
    yield "messages to people, expected", _between(calls.least, calls.most)
    yield (
        "calls asked, sent, not known",
        f"{verdict.calls_made}, {verdict.calls_sent}, {verdict.calls_open}",
    )
    for name, after in measured.after.items():
        spent = after.cpu_seconds - measured.before[name].cpu_seconds
        share = spent / measured.seconds
        yield f"{name}: memory, of one core", f"{after.memory_mb:.0f} MB, {share:.0%}"
    yield "the terminals' own, of one core", f"{measured.own_cpu_seconds / measured.seconds:.0%}"
    yield "database", f"{measured.database_mb:.0f} MB"
    yield "all as it must be", "yes" if played.right else "NO"


def _between(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _named(*found: list[tuple[str, tuple[str, str]]]) -> str:
    counts = ", ".join(str(len(each)) for each in found)
    first = [" ".join((terminal, *trouble)) for each in found for terminal, trouble in each[:3]]
    return f"{counts} ({'; '.join(first)})" if first else counts


def _size_mb(database: Database) -> float:
    with database.reading() as session:
        if database.engine.dialect.name == "sqlite":
            pages = session.scalar(text("PRAGMA page_count")) or 0
            return int(pages) * int(session.scalar(text("PRAGMA page_size")) or 0) / 1e6
        size = session.scalar(text("SELECT pg_database_size(current_database())"))
        return int(size or 0) / 1e6


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
