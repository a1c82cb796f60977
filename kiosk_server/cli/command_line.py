"""
Reads a command, gives it settings and a database, and turns what went wrong into a sentence.

Results go to standard output, faults to standard error. Exit status 0 is done, 1 found something
wrong or was refused, 2 could not begin.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from sqlalchemy.exc import OperationalError

from kiosk_server.cli import (
    audit,
    demo,
    issuer_keys,
    keys,
    one_time_code,
    outbox,
    schema,
    terminals,
)
from kiosk_server.cli.frame import Command
from kiosk_server.core.errors import KioskError
from kiosk_server.settings import Settings, SettingsFault

ROOMS = (schema, audit, outbox, keys, issuer_keys, terminals, demo, one_time_code)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Carry out one command and return its exit status."""
    given = _parser().parse_args(list(arguments))
    command: Command = given.command
    try:
        return command(given, Settings.from_environment(environment))
    except SettingsFault as fault:
        return _say(str(fault), 2)
    except KioskError as fault:
        facts = " ".join(f"{name}={value}" for name, value in fault.facts.items())
        return _say(f"{fault.code} {facts}".strip(), 1)
    except OperationalError as fault:
        return _say(f"The database does not answer, or is not migrated: {fault.orig}", 2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk_server.cli", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in ROOMS:
        room.add_commands(commands)
    return parser


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
