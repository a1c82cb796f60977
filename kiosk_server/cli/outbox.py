"""`outbox list` and `outbox retry`: what could not be carried out, and sending it again."""

import argparse

from kiosk_server.cli.frame import OPERATOR, Commands, opened
from kiosk_server.outbox.queries import count_by_state, dead_letters
from kiosk_server.outbox.services import send_again
from kiosk_server.settings import Settings


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    outbox = commands.add_parser("outbox", help="side effects that ended badly")
    deeds = outbox.add_subparsers(required=True, metavar="DEED")
    listing = deeds.add_parser("list", help="show them, oldest first")
    listing.set_defaults(command=_list)
    retry = deeds.add_parser("retry", help="send one again, with all its tries before it")
    retry.add_argument("message")
    retry.set_defaults(command=_retry)


def _list(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.reading() as session:
        for letter in dead_letters(session):
            when = letter.created_at.isoformat(timespec="seconds")
            print(f"{letter.id} {letter.state} {letter.topic} {when} {letter.last_error or ''}")
        counts = ", ".join(f"{count} {state}" for state, count in count_by_state(session).items())
    print(f"In all: {counts or 'nothing'}.")
    return 0


def _retry(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        letter = send_again(session, given.message, by=OPERATOR)
        print(f"{letter.id} {letter.topic} will be tried now.")
    return 0
