"""
`make money`: ten thousand orders among misfortunes, on both databases, and how long that took.

Ends with 1 where an order did not end, or where ledger, orders and channels do not say the same.
"""

import argparse
import sys
from collections.abc import Iterator
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
from tests.support import postgres
from tests.support.money_story import Story
from tests.support.schema import build_schema


def main() -> int:
    """Tell the story; return 0 where the money is right."""
    parser = argparse.ArgumentParser(prog="make money")
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    right = True
    for engine in engines:
        with _database(engine) as database:
            begun = perf_counter()
            verdict = Story(database, given.seed).tell(given.orders)
            seconds = perf_counter() - begun
        right = right and verdict.is_right
        print(f"{engine}: {given.orders} orders in {seconds:.0f} s, seed {given.seed}")
        print(f"  {'right' if verdict.is_right else 'WRONG'}: {verdict}")
    return 0 if right else 1


@contextmanager
def _database(engine: str) -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        if engine == "sqlite":
            url = f"sqlite:///{Path(folder) / 'money.sqlite3'}"
            made = create_engine(url, poolclass=NullPool)
            build_schema(made)
            made.dispose()
            yield from _opened(url, folder)
            return
        postgres.make_home()
        try:
            with postgres.clone(f"money_{new_id()}", build_schema) as url:
                yield from _opened(url, folder)
        finally:
            postgres.remove_home()


def _opened(url: str, folder: str) -> Iterator[Database]:
    database = open_database(Settings(database_url=url, instance=Path(folder)))
    try:
        yield database
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
