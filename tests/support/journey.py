"""
The whole product as processes of its own: server, worker, simulated devices, device host.

`whole_product(folder)` starts them on free loopback ports with an empty database that is migrated
and seeded, enrols the terminal with a one-time code, and ends everything with the block. With a
*line* the terminal reaches the server over it and nothing else.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from sqlalchemy import create_engine

from devices.agent.enrolment import enrol
from devices.agent.identity import Identity
from kiosk_server.audit.services import Actor
from kiosk_server.cli.seed import seed
from kiosk_server.core.database import Database
from kiosk_server.extensions import keyring_from
from kiosk_server.migrations.commands import migrate
from kiosk_server.settings import Settings
from kiosk_server.terminals.services import make_enrolment_code
from tests.support.processes import Running
from tests.support.thin_line import ThinLine
from tests.support.warm_starts import WarmStarts

SITE = "xingfulu"
PLACE = "一楼24小时自助区"


@dataclass
class Device:
    """One simulated device: where its driver finds it, and the channel that plays it."""

    kind: str
    address: str
    control: str

    def do(self, verb: str, **arguments: object) -> dict[str, object]:
        """Play it: `card.do("place_card", card="resident-1")`; return its state afterwards."""
        host, _, port = self.control.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(json.dumps({"do": verb, **arguments}).encode() + b"\n")
            reply = json.loads(line.makefile("rb").readline())
        assert reply["ok"], reply
        state: dict[str, object] = reply["state"]
        return state


@dataclass
class Product:
    """What is running, and what a test may play and look into."""

    folder: Path
    settings: Settings
    origin: str
    reader: Device
    a4: Device
    slips: Device
    processes: dict[str, Running] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The SQLite file of the server."""
        return self.folder / "instance" / "kiosk.sqlite3"

    @property
    def state(self) -> Path:
        """The terminal's own folder: key and journal."""
        return self.folder / "terminal"

    @property
    def papers(self) -> list[Path]:
        """The A4 documents that came out, oldest first."""
        return sorted((self.folder / "a4").glob("*.pdf"))

    @property
    def slip_pictures(self) -> list[Path]:
        """The slips that came out, oldest first."""
        return sorted((self.folder / "slips").glob("*.png"))

    def wait_for_slips(self, count: int) -> None:
        """Wait until *count* slips have come out: they follow the sheet by themselves."""
        self.processes["worker"].wait_until(lambda: len(self.slip_pictures) >= count)

    def logs(self) -> str:
        """Everything that server, worker and host wrote."""
        return "\n".join(running.text() for running in self.processes.values())


@contextmanager
def whole_product(
    folder: Path,
    *,
    seconds_per_page: float = 0.4,
    line: ThinLine | None = None,
    terminal: str = "",
    warm: WarmStarts | None = None,
) -> Iterator[Product]:
    """
    Start the whole product in *folder* and lend it for the length of the block.

    *terminal* are tables (TOML) that the terminal's settings have beside the usual ones. With
    *warm* its programs are forks of what is loaded already.
    """
    port, door = free_port(), free_port()
    public_origin = f"http://127.0.0.1:{port}"
    if line is not None:
        line.far_port, public_origin = port, line.origin
    instance = folder / "instance"
    instance.mkdir(parents=True)
    settings = Settings(
        public_origin=public_origin,
        database_url=f"sqlite:///{instance / 'kiosk.sqlite3'}",
        instance=instance,
    )
    environment = {
        "KIOSK_PORT": str(port),
        "KIOSK_PUBLIC_ORIGIN": public_origin,
        "KIOSK_INSTANCE": str(instance),
        "KIOSK_DATABASE_URL": settings.database_url,
    }
    with ExitStack() as stack:
        devices = _simulators(stack, folder, seconds_per_page, warm)
        code = _prepare(settings)
        product = Product(folder, settings, f"http://127.0.0.1:{door}", *devices)
        _serve(stack, product, environment, warm)
        _enrol(product, code)
        _open_door(stack, product, door, terminal, warm)
        yield product


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _prepare(settings: Settings) -> str:
    """Migrate and seed an empty database; return an enrolment code for its one terminal."""
    migrate(settings.database_url)
    database = Database(create_engine(settings.database_url), keyring_from(settings))
    seed(database, settings)
    with database.unit_of_work() as session:
        issued = make_enrolment_code(session, SITE, by=Actor("system", "journey"), place=PLACE)
    database.dispose()
    return issued.code


def _simulators(
    stack: ExitStack, folder: Path, seconds_per_page: float, warm: WarmStarts | None
) -> tuple[Device, Device, Device]:
    for name in ("a4", "slips"):
        (folder / name).mkdir()
    pace = ["--seconds-per-page", str(seconds_per_page), "--keep-in", str(folder / "a4")]
    return (
        _simulator(stack, folder, "sam", [], warm),
        _simulator(stack, folder, "ipp", pace, warm),
        _simulator(stack, folder, "escpos", ["--keep-in", str(folder / "slips")], warm),
    )


def _simulator(
    stack: ExitStack, folder: Path, kind: str, options: list[str], warm: WarmStarts | None
) -> Device:
    arguments = ["simulate", kind, *options]
    running = Running.start(kind, "devices", arguments, folder=folder, environment={}, warm=warm)
    stack.callback(running.stop)
    words: Mapping[str, str] = json.loads(running.first_line())
    return Device(kind, words["address"], words["control"])


def _serve(
    stack: ExitStack,
    product: Product,
    environment: Mapping[str, str],
    warm: WarmStarts | None,
) -> None:
    gunicorn = [
        *("--config", "kiosk_server/gunicorn_conf.py"),
        *("--workers", "1", "--log-level", "warning", "wsgi:app"),
    ]
    programs = {"server": ("gunicorn", gunicorn), "worker": ("kiosk_server.worker", [])}
    for name, (module, arguments) in programs.items():
        running = Running.start(
            name,
            module,
            arguments,
            folder=product.folder,
            environment=environment,
            warm=warm,
        )
        stack.callback(running.stop)
        product.processes[name] = running
    health = f"{product.settings.public_origin}/kiosk/"
    product.processes["server"].wait_until(lambda: _answers(health))


def _enrol(product: Product, code: str) -> None:
    outcome = enrol(
        origin=product.settings.public_origin, code=code, model="journey", state=product.state
    )
    assert isinstance(outcome, Identity), outcome


def _open_door(
    stack: ExitStack, product: Product, port: int, terminal: str, warm: WarmStarts | None
) -> None:
    config = product.folder / "terminal.toml"
    config.write_text(_host_settings(product, port) + terminal, encoding="utf-8")
    running = Running.start(
        "host",
        "devices",
        ["run", "--config", str(config)],
        folder=product.folder,
        environment={},
        warm=warm,
    )
    stack.callback(running.stop)
    product.processes["host"] = running
    running.wait_until(lambda: _answers(f"{product.origin}/kiosk/"))
    running.wait_until(lambda: b"/kiosk/start" in _read(f"{product.origin}/kiosk/"))


def _host_settings(product: Product, port: int) -> str:
    return f"""
environment = "development"
state_directory = "{product.state}"
help_phone = "{product.settings.help_phone}"

[server]
origin = "{product.settings.public_origin}"

[listen]
port = {port}

[drivers.id_reader]
driver = "sam"
port = "{product.reader.address}"

[drivers.a4_printer]
driver = "ipp"
uri = "{product.a4.address}"

[drivers.receipt_printer]
driver = "escpos"
uri = "{product.slips.address}"

[dock]
id_reader = "{product.reader.control}"
a4_printer = "{product.a4.control}"
receipt_printer = "{product.slips.control}"
"""


def _answers(address: str) -> bool:
    try:
        # A line that nobody serves yet may hold a request for ever: it is asked anew.
        with urlopen(address, timeout=10) as answer:
            return bool(answer.status == 200)
    except HTTPError:
        return False


def _read(address: str) -> bytes:
    with urlopen(address, timeout=60) as answer:
        body: bytes = answer.read()
    return body
