"""`issuer-keys`: the keys that sign offline codes and lists; moved on, or taken out at once."""

import argparse
import sys

from kiosk_server.cli.frame import OPERATOR, Commands, opened
from kiosk_server.credentials import keys
from kiosk_server.credentials.key_rules import KeyState
from kiosk_server.credentials.signers import SM2_EXTRA, Algorithm, can_use
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
    end = deeds.add_parser("end-sm2", help="sign codes with SM2 no more; those that are out serve")
    end.set_defaults(command=_end_sm2)
    # A key id may begin with a hyphen, and is no option then.
    out = deeds.add_parser(
        "withdraw", prefix_chars="+", help="believe a key no more, at once: others may have it"
    )
    out.add_argument("kid")
    out.set_defaults(command=_withdraw)


def _list(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.reading() as session:
        for kid, algorithm, standing in keys.standings(session):
            since = standing.since.isoformat(timespec="seconds")
            print(f"{kid} {algorithm} {standing.state} since {since}")
    return 0


def _rotate(given: argparse.Namespace, settings: Settings) -> int:
    algorithm = Algorithm(given.algorithm)
    if not can_use(algorithm):
        sys.stderr.write(
            f"{algorithm} needs an extra that is not installed here: "
            f"pip install --require-hashes -r {SM2_EXTRA}\n"
        )
        return 1
    with opened(settings) as database, database.unit_of_work() as session:
        steps = keys.rotate(session, by=OPERATOR, algorithm=algorithm)
    print(f"{steps} steps were due.")
    return 0


def _end_sm2(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        ended = keys.end_sm2(session, by=OPERATOR)
    print(f"{ended} keys of SM2 stepped down.")
    return 0


def _withdraw(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        keys.withdraw(session, given.kid, by=OPERATOR)
        states = keys.standings(session)
    signing = ", ".join(kid for kid, _, found in states if found.state is KeyState.ACTIVE)
    print(f"{given.kid} is believed no more; signing now: {signing}.")
    return 0
