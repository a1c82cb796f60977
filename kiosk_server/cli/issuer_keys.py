"""`issuer-keys`: the keys that sign offline codes and lists; moved on, or taken out at once."""

import argparse

from kiosk_server.cli.frame import OPERATOR, Commands, opened
from kiosk_server.credentials import keys
from kiosk_server.credentials.signers import Algorithm
from kiosk_server.settings import Settings


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    issuer = commands.add_parser("issuer-keys", help="the keys that sign offline codes and lists")
    deeds = issuer.add_subparsers(required=True, metavar="DEED")
    listing = deeds.add_parser("list", help="show every key, the oldest first")
    listing.set_defaults(command=_list)
    turn = deeds.add_parser("rotate", help="do what is due now; the worker does it by itself")
    turn.add_argument("--algorithm", choices=[each.value for each in Algorithm], default="ES256")
    turn.set_defaults(command=_rotate)
    out = deeds.add_parser("withdraw", help="believe a key no more, at once: others may have it")
    out.add_argument("kid")
    out.set_defaults(command=_withdraw)


def _list(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.reading() as session:
        for kid, algorithm, standing in keys.standings(session):
            since = standing.since.isoformat(timespec="seconds")
            print(f"{kid} {algorithm} {standing.state} since {since}")
    return 0


def _rotate(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        steps = keys.rotate(session, by=OPERATOR, algorithm=Algorithm(given.algorithm))
    print(f"{steps} steps were due.")
    return 0


def _withdraw(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        keys.withdraw(session, given.kid, by=OPERATOR)
        signs = keys.signer(session).kid
    print(f"{given.kid} is believed no more; {signs} signs now.")
    return 0
