"""`enrolment-code`: admit a machine at a site."""

import argparse

from kiosk_server.cli.frame import OPERATOR, Commands, opened
from kiosk_server.core.clock import to_beijing
from kiosk_server.settings import Settings
from kiosk_server.terminals.services import make_enrolment_code


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    code = commands.add_parser("enrolment-code", help="a one-time code for a new terminal")
    code.add_argument("site", help="the site's id, such as atushi-centre")
    code.add_argument("--place", default="", help="where in the site, in a few words")
    code.add_argument("--host-place", help="the bank or shop of that site in which it stands")
    code.add_argument("--terminal", help="a number that is to be enrolled again")
    code.set_defaults(command=_make)


def _make(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.unit_of_work() as session:
        made = make_enrolment_code(
            session,
            given.site,
            by=OPERATOR,
            place=given.place,
            host_place_id=given.host_place,
            terminal_id=given.terminal,
        )
    until = to_beijing(made.expires_at).strftime("%Y-%m-%d %H:%M 北京时间")
    print(f"{made.terminal_id} {made.code} until {until}")
    return 0
