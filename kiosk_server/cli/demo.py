"""
`demo` (make run): the whole story on one machine, with simulated devices and people.

Database, sample data, server, worker, five simulated devices, an enrolled terminal and its host.
Ctrl-C, or the end of any part, ends all of them.
"""

import argparse
import signal
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import requests

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bills.billers import billers
from kiosk_server.cli.children import ChildEnded, Children
from kiosk_server.cli.frame import Commands, opened
from kiosk_server.cli.schema import prepare_folder
from kiosk_server.cli.seed import seed
from kiosk_server.cli.terminal_files import SimulatedDevice, write_terminal_file
from kiosk_server.core.errors import Refused
from kiosk_server.gateways.biller_simulated import STORIES
from kiosk_server.migrations.commands import migrate
from kiosk_server.settings import ROOT, Settings
from kiosk_server.staff.seed import DemoAccount, demo_accounts
from kiosk_server.terminals import queries as terminals
from kiosk_server.terminals.services import make_enrolment_code

TERMINAL = "AT-0001"
SITE, SPOT = "xingfulu", "大厅"
START_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.2


class _Interrupted(Exception):
    """Somebody wants us to end."""


class _NotStarted(Exception):
    """A part runs and does not do what it should."""


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    demo = commands.add_parser("demo", help="the whole story on this machine, simulated")
    demo.add_argument("--host-port", type=int, default=8731, help="port of the device host")
    demo.set_defaults(command=_demo)


def _demo(given: argparse.Namespace, settings: Settings) -> int:
    if settings.production:
        raise Refused("demo_in_production")
    for port in (_server_port(settings), given.host_port):
        if _taken(port):
            sys.stderr.write(f"Port {port} of 127.0.0.1 is in use; is it running already?\n")
            return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        with Children(ROOT, settings.instance / "logs") as children:
            accounts = _prepare(settings)
            _start(children, settings, given.host_port)
            print(_welcome(settings, given.host_port, accounts), flush=True)
            while True:
                children.check()
                time.sleep(_LOOK_EVERY_SECONDS)
    except _Interrupted:
        print("Ended; nothing is left running.")
        return 0
    except (ChildEnded, _NotStarted) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C must not break the tidying up.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise _Interrupted


def _prepare(settings: Settings) -> tuple[DemoAccount, ...]:
    prepare_folder(settings.database_url)
    migrate(settings.database_url)
    with opened(settings) as database:
        seed(database, settings)
        with database.unit_of_work() as session:
            return demo_accounts(session, production=settings.production)


def _start(children: Children, settings: Settings, host_port: int) -> None:
    configuration = "kiosk_server/gunicorn_conf.py"
    children.start("server", ["-m", "gunicorn", "--config", configuration, "wsgi:app"])
    children.start("worker", ["-m", "kiosk_server.worker"])
    folder = settings.instance / "terminal"
    simulators = {
        "sam": [],
        "ipp": ["--keep-in", str(folder / "printed")],
        "escpos": ["--keep-in", str(folder / "slips")],
        "qr": [],
        "flatbed": [],
        "cabinet": [],
    }
    started = {
        kind: children.start(kind, ["-m", "devices", "simulate", kind, *options])
        for kind, options in simulators.items()
    }
    devices = {}
    for kind, child in started.items():
        line = child.first_line()
        if not line:
            child.process.wait()
            children.check()
        devices[kind] = SimulatedDevice.from_line(line)
    file = write_terminal_file(folder, settings, port=host_port, devices=devices)
    # The server is reached on loopback, whatever it calls itself.
    _wait(children, f"http://127.0.0.1:{_server_port(settings)}/readyz")
    _enrol(settings, folder / "state")
    children.start("host", ["-m", "devices", "run", "--config", str(file)])
    _wait(children, f"http://127.0.0.1:{host_port}/kiosk/")


def _enrol(settings: Settings, state: Path) -> None:
    """Enrol the terminal with a fresh one-time code, as a technician would."""
    with opened(settings) as database, database.unit_of_work() as session:
        known = terminals.find(session, TERMINAL)
        usable = known is not None and known.state != "revoked"
        made = make_enrolment_code(
            session,
            SITE,
            by=SYSTEM,
            place=SPOT,
            terminal_id=TERMINAL if usable else None,
        )
    # A window on a desk may be of either format; a cabinet would name its own model.
    model = ["--model", "window"]
    command = ["-m", "devices", "enrol", "--again", *model, "--server", settings.public_origin]
    enrolled = subprocess.run(
        [sys.executable, *command, "--code", made.code, "--state", str(state)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if enrolled.returncode:
        raise _NotStarted(f"The terminal was not enrolled: {enrolled.stderr.strip()}")


def _wait(children: Children, address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        children.check()
        if time.monotonic() > deadline:
            raise _NotStarted(f"{address} does not answer; the logs tell why")
        time.sleep(_LOOK_EVERY_SECONDS)


def _answers(address: str) -> bool:
    try:
        status = requests.get(address, timeout=5).status_code
    except requests.RequestException:
        return False
    return status < HTTPStatus.INTERNAL_SERVER_ERROR


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _server_port(settings: Settings) -> int:
    return urlsplit(settings.public_origin).port or 8000


def _welcome(settings: Settings, host_port: int, accounts: tuple[DemoAccount, ...]) -> str:
    host, server = f"http://127.0.0.1:{host_port}", settings.public_origin
    lines = [
        "",
        f"  {host}/kiosk/   the terminal's screen",
        f"  {host}/dock     simulated devices: place a card, run out of paper",
        f"  {server}/staff/   the console",
        f"  {server}/m/       the phone: wallet, showing, cases",
        f"  {server}/v/       check a paper",
        f"  {server}/scan     check any code, by camera, picture or typing",
        "",
        "  Demo accounts (name, password, secret for a TOTP app):",
        *(f"  {each.login:10} {each.password:22} {each.totp_secret}" for each in accounts),
        "  Its code now, without an app: python -m kiosk_server.cli one-time-code NAME",
        "",
        *_bills(settings),
        f"  Logs: {settings.instance / 'logs'}. Ctrl-C ends everything.",
        "",
    ]
    return "\n".join(lines)


def _bills(settings: Settings) -> list[str]:
    """Return the accounts that simulated billers know; none where bills are not simulated."""
    if not settings.billers.simulated:
        return []
    return [
        "  Bills, simulated: accounts such as",
        *(f"    {biller.code:20} {biller.account_example}" for biller in billers()),
        "  whose last two digits choose a story:",
        *(f"    {digits}  {story}" for digits, story in STORIES.items()),
        "",
    ]
