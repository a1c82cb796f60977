"""`one-time-code`: the second factor of a demo account, for whoever has no TOTP app at hand."""

import argparse

import pyotp

from kiosk_server.cli.frame import Commands
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.settings import Settings
from kiosk_server.staff.seed import DEMO_ACCOUNTS


def add_commands(commands: Commands) -> None:
    """Add the command of this room."""
    code = commands.add_parser("one-time-code", help="the code of a demo account now")
    code.add_argument("name", help="the account's name, such as weihu")
    code.set_defaults(command=tell)


def tell(given: argparse.Namespace, settings: Settings) -> int:
    """Print six digits that hold for half a minute; `Refused` in production."""
    if settings.production:
        raise Refused("demo_accounts_in_production")
    secret = next((each.totp_secret for each in DEMO_ACCOUNTS if each.login == given.name), None)
    if secret is None:
        raise NotFound("demo_account_not_found", known=" ".join(e.login for e in DEMO_ACCOUNTS))
    print(pyotp.TOTP(secret).at(clock.now()))
    return 0
