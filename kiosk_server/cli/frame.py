"""What every command is, and how it gets at the database."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from kiosk_server.audit.services import Actor
from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.settings import Settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Command = Callable[[argparse.Namespace, Settings], int]

OPERATOR = Actor(kind="operator", id="command-line")
"""Whoever may run commands on the server: the machine's own accounts say who that is."""


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Lend the database that *settings* name."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()
