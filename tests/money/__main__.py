"""
`make money`: ten thousand orders among misfortunes, on both databases, and how long that took.

Told twice: `real`, a server and workers that are killed, with notices over HTTP to the real doors;
and `played`, all in one process that only acts dying, which repeats itself to the letter. Ends with
1 where an order did not end, where ledger, orders and channels do not say the same, or where too
little happened to have been shown: fewer than half paid, nobody late, nothing doubled.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.extensions import open_database
from kiosk_server.settings import Settings
from tests.money import kill_nine
from tests.support import postgres
from tests.support.money_story import Story
from tests.support.schema import build_schema
from tests.support.warm_starts import warm_starts

ORDERS_A_BLOW, KILLED = 50, 0.003


def main() -> int:
    """Tell the story; return 0 where the money is right."""
    parser = argparse.ArgumentParser(prog="make money")
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--story", choices=(*TELLERS, "both"), default="both")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="after so many, no order is opened"
    )
    given = parser.parse_args()
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    stories = tuple(TELLERS) if given.story == "both" else (given.story,)
    right = True
    for engine in engines:
        for story in stories:
            begun = perf_counter()
            with _settings(engine) as settings:
                is_right, words = TELLERS[story](settings, given)
            seconds, right = perf_counter() - begun, right and is_right
            print(f"{story}, {engine}, seed {given.seed}: {seconds:.0f} s")
            print(f"  {'right' if is_right else 'WRONG'}: {words}", flush=True)
    return 0 if right else 1


def _real(settings: Settings, given: argparse.Namespace) -> tuple[bool, str]:
    with (
        _open(settings) as database,
        warm_starts() as warm,
        TemporaryDirectory() as folder,
        kill_nine.story(
            settings, database, warm, Path(folder), seed=given.seed, killed=KILLED
        ) as money,
    ):
        told = money.tell(given.orders, ORDERS_A_BLOW, seconds=given.minutes * 60)
        return told.is_right, str(told)


def _played(settings: Settings, given: argparse.Namespace) -> tuple[bool, str]:
    with _open(settings) as database:
        verdict = Story(database, given.seed).tell(given.orders, seconds=given.minutes * 60)
        return verdict.is_right, str(verdict)


TELLERS: dict[str, Callable[[Settings, argparse.Namespace], tuple[bool, str]]] = {
    "real": _real,
    "played": _played,
}


@contextmanager
def _settings(engine: str) -> Iterator[Settings]:
    with TemporaryDirectory() as folder:
        if engine == "sqlite":
            url = f"sqlite:///{Path(folder) / 'money.sqlite3'}"
            made = create_engine(url, poolclass=NullPool)
            build_schema(made)
            made.dispose()
            yield Settings(database_url=url, instance=Path(folder) / "instance")
            return
        postgres.make_home()
        try:
            with postgres.clone(f"money_{new_id()}", build_schema) as url:
                yield Settings(database_url=url, instance=Path(folder) / "instance")
        finally:
            postgres.remove_home()


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
