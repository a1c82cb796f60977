"""
A terminal in a village with the whole product around it, in one process: the real server over a
line of its own, the real device host, and simulators at the far end of each wire.

A misfortune is played where it happens: at a simulator, on the line (`Line`), or on the disk. What
the story then sees are the two ends: the resident's screen, and the rows that technicians read.
"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from devices.agent.enrolment import enrol
from devices.agent.identity import Identity
from devices.assembly import Terminal
from devices.settings import HostSettings
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.sam_on_pty import SamOnPty
from kiosk_server.app import create_app
from kiosk_server.audit.services import Actor
from kiosk_server.cli.seed import seed
from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from kiosk_server.terminals.services import IssuedCode, make_enrolment_code
from kiosk_server.upkeep.models import Alert
from tests.support.kiosk_person import Person
from tests.support.terminal_bench import free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SITE, PLACE = "xingfulu", "一楼24小时自助区"
ITEM = "SAMPLE-RS-01"
PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.02


class LineCut(ConnectionError):
    """The line broke: whoever waits for the answer gets none."""


@dataclass
class Line:
    """The line between terminal and server, as a layer around the server's application.

    `before` and `after` are asked for each request, with its method and path: on True the line
    breaks before the server has heard of it, or after it acted and before its answer is out.
    """

    app: "WSGIApplication"
    before: Callable[[str, str], bool] = lambda _method, _path: False
    after: Callable[[str, str], bool] = lambda _method, _path: False
    heard: list[tuple[str, str]] = field(default_factory=list)

    def whole(self) -> None:
        """Mend the line."""
        self.before = self.after = lambda _method, _path: False

    def cut_once(self, method: str, path: str, *, after: bool) -> None:
        """Break at the next request to an address that begins with *path*, and be whole again."""

        def breaks(asked: str, at: str) -> bool:
            if asked != method or not at.startswith(path):
                return False
            self.whole()
            return True

        if after:
            self.after = breaks
        else:
            self.before = breaks

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if self.before(*asked):
            raise _cut(environ)
        self.heard.append(asked)
        if not self.after(*asked):
            return self.app(environ, start_response)
        for _ in self.app(environ, lambda *_: lambda _data: None):
            pass
        raise _cut(environ)


def _cut(environ: "WSGIEnvironment") -> LineCut:
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return LineCut()


@dataclass
class Screen:
    """The browser on the terminal: asks the host's door and keeps its cookies."""

    door: Flask
    origin: str

    def __post_init__(self) -> None:
        self.client = self.door.test_client()

    def get(self, path: str) -> TestResponse:
        """Go to an address."""
        return self.client.get(path, base_url=self.origin)

    def post(self, path: str, *, form: dict[str, str] | None = None) -> TestResponse:
        """Send a form."""
        return self.client.post(
            path, base_url=self.origin, data=form, headers={"Origin": self.origin}
        )

    def device(self, method: str, path: str, **body: Any) -> TestResponse:
        """Ask the device API as a page's script does."""
        token = self.client.get(
            "/device/v1/token", base_url=self.origin, headers={"Sec-Fetch-Site": "same-origin"}
        ).get_json()["token"]
        headers = {"Origin": self.origin, "X-Kiosk-Token": token}
        return self.client.open(path, method=method, base_url=self.origin, headers=headers, **body)


@dataclass
class Village:
    """The product and what a story may do to it."""

    folder: Path
    settings: Settings
    database: Database
    sam: SamOnPty
    a4: IppPrinterSimulator
    slips: EscposPrinterSimulator
    line: Line = field(init=False)
    terminal: Terminal = field(init=False)
    identity: Identity = field(init=False)
    screen: Screen = field(init=False)
    _server: BaseWSGIServer | None = None

    @property
    def state(self) -> Path:
        """The terminal's own folder."""
        return self.folder / "terminal"

    @property
    def server_file(self) -> Path:
        """The server's database."""
        return self.folder / "instance" / "kiosk.sqlite3"

    def start_server(self) -> None:
        """Begin to serve, under the same address as before."""
        port = int(self.settings.public_origin.rpartition(":")[2])
        self.line = Line(create_app(self.settings).wsgi_app)
        self._server = make_server("127.0.0.1", port, self.line, threaded=True)
        self._server.daemon_threads = True  # type: ignore[attr-defined] # it is the threaded one
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop_server(self) -> None:
        """The server is gone, in the middle of whatever it did."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def enrol(self) -> Identity:
        """Let this terminal in, with a new code."""
        admitted = enrol(
            origin=self.settings.public_origin,
            code=self.code().code,
            model="test",
            state=self.state,
        )
        assert isinstance(admitted, Identity), admitted
        self.identity = admitted
        return admitted

    def code(self, terminal: str | None = None) -> IssuedCode:
        """An enrolment code for a new terminal, or for *terminal* once more."""
        with self.database.unit_of_work() as session:
            by = Actor("system", "village")
            return make_enrolment_code(session, SITE, by=by, place=PLACE, terminal_id=terminal)

    def host_settings(self) -> HostSettings:
        """What stands in the terminal's settings file."""
        return HostSettings.model_validate(
            {
                "environment": "development",
                "state_directory": str(self.state),
                "help_phone": self.settings.help_phone,
                "server": {"origin": self.settings.public_origin},
                "drivers": {
                    "id_reader": {"driver": "sam", "port": self.sam.address},
                    "a4_printer": {"driver": "ipp", "uri": self.a4.address},
                    "receipt_printer": {"driver": "escpos", "uri": self.slips.address},
                },
            }
        )

    def start_host(self) -> None:
        """A life of the host begins; the browser is a fresh one."""
        settings = self.host_settings()
        self.terminal = Terminal(settings)
        self.fresh_browser()
        self.terminal.start()

    def fresh_browser(self) -> None:
        """The browser on the screen has died; another one stands there, with nothing in it."""
        self.screen = Screen(self.terminal.app, f"http://{self.host_settings().listen.authority}")

    def stop_host(self) -> None:
        """A life of the host ends, its papers left where they stand."""
        self.terminal.stop()

    def ready(self) -> None:
        """Wait until the server knows that every device is usable and offers a start."""
        self.until(lambda: b"/kiosk/start" in self.screen.get("/kiosk/").data, "a start")

        def all_ready() -> bool:
            said = self.screen.client.get("/device/v1/health", base_url=self.screen.origin)
            return set(said.get_json()["devices"].values()) == {"ready"}

        self.until(all_ready, "ready devices")

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait for something that must come about."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert time.monotonic() < end, f"{what} did not come about"
            time.sleep(_LOOK_SECONDS)

    def works(self) -> None:
        """The worker carries out everything that is due."""
        dispatcher = Dispatcher(self.database, HANDLERS, Context(self.database, self.settings))
        while dispatcher.work_one():
            pass

    def jobs(self, kind: JobKind = JobKind.A4) -> list[PrintJob]:
        """The print jobs that the server holds, oldest first."""
        with self.database.reading() as session:
            wanted = select(PrintJob).where(PrintJob.kind == kind.value).order_by(PrintJob.id)
            return list(session.scalars(wanted))

    def job(self) -> PrintJob:
        """The latest sheet's job, as the server holds it."""
        return self.jobs()[-1]

    def documents(self) -> int:
        """How many documents the printer has ever brought out whole."""
        return len(list((self.folder / "a4").glob("*.pdf")))

    def submitted(self, job: str) -> int:
        """How often the printer, which was not switched off since, has been given a job."""
        held = self.a4.state()["jobs"]
        assert isinstance(held, list)
        return [each["name"] for each in held].count(job)

    def suspected(self) -> set[str]:
        """What the server holds against the terminal now, as `device/kind`."""
        return self._alerts(Alert.closed_at.is_(None))

    def unhealed(self) -> set[str]:
        """What the terminal itself still says is wrong, of what the server holds against it."""
        return self._alerts(Alert.closed_at.is_(None), Alert.gone_since.is_(None))

    def _alerts(self, *which: Any) -> set[str]:
        with self.database.reading() as session:
            rows = session.scalars(
                select(Alert).where(Alert.terminal_id == self.identity.terminal, *which)
            )
            return {f"{row.device}/{row.kind}" for row in rows}


@dataclass
class Resident(Person):
    """A person before the village's screen, whose card lies on the real reader."""

    village: Village = field(kw_only=True)

    def comes(self, language: str = "zh") -> "Resident":
        """Begin a visit, choose the item and agree."""
        self.start(language)
        self.agree(ITEM)
        return self

    def at_the_card(self) -> "Resident":
        """Go to the page that asks for a card."""
        self.open("/kiosk/card")
        return self

    def lays_card(self, card: str = "resident-1") -> str:
        """Let the page ask for a card, lay it down, follow the read to its end; how it ended."""
        read = self.asks_for_card()
        self.village.sam.place_card(card)
        return self.follows(read)

    def asks_for_card(self) -> str:
        """Let the page ask for a card; returns the id of the read."""
        asked = {"nonce": self.nonce(), "needs": ["name", "number", "valid_until"]}
        begun = self.village.screen.device("POST", "/device/v1/card-reads", json=asked)
        return str(begun.get_json()["id"])

    def follows(self, read: str) -> str:
        """Wait for the end of a read: `done`, or the code of its failure."""
        found: dict[str, str] = {}

        def ended() -> bool:
            found.update(
                self.village.screen.device("GET", f"/device/v1/card-reads/{read}").get_json()
            )
            return found["state"] in {"done", "failed"}

        self.village.until(ended, "the end of the read")
        return "done" if found["state"] == "done" else str(found.get("code", found))

    def to_decision(self) -> "Resident":
        """Everything before the paper."""
        assert self.comes().at_the_card().lays_card() == "done"
        self.village.sam.module.take()
        self.open("/kiosk/card/read").prove_by_face()
        return self

    def asks_for_paper(self) -> str:
        """Touch print; returns the id of the job."""
        self.touch("/kiosk/decision/print")
        return self.village.job().id

    def sees(self, words: str) -> None:
        """Look at the page of the paper until it says *words*."""

        def said() -> bool:
            self.open("/kiosk/printing")
            return words in self.answer.text

        self.village.until(said, f"a page that says {words}")

    def _look(self, answer: TestResponse) -> None:
        # What the host itself says, and it says so by its status, has rules of its own.
        if answer.status_code < 500:
            super()._look(answer)

    def leaves(self) -> None:
        """Say that the paper came out, and go without a rating."""
        self.touch("/kiosk/printing/came-out", answer="yes")
        self.open("/kiosk/rating").touch("/kiosk/rating/skip")


@contextmanager
def village(folder: Path, template: Path, *, seconds_per_page: float = 0.02) -> Iterator[Village]:
    """Set the product up in *folder* for the length of the block; *template* is an empty schema."""
    instance = folder / "instance"
    instance.mkdir(parents=True)
    (folder / "a4").mkdir()
    (folder / "slips").mkdir()
    shutil.copy(template, instance / "kiosk.sqlite3")
    settings = Settings(
        public_origin=f"http://127.0.0.1:{free_port()}",
        database_url=f"sqlite:///{instance / 'kiosk.sqlite3'}",
        instance=instance,
    )
    with ExitStack() as stack:
        sam = SamOnPty()
        a4 = IppPrinterSimulator(seconds_per_page=seconds_per_page, keep_in=folder / "a4")
        slips = EscposPrinterSimulator(keep_in=folder / "slips")
        for simulator in (sam, a4, slips):
            simulator.start()
            stack.callback(simulator.stop)
        database = create_database(settings)
        stack.callback(database.dispose)
        found = Village(folder, settings, database, sam, a4, slips)
        found.start_server()
        stack.callback(found.stop_server)
        found.enrol()
        found.start_host()
        stack.callback(found.stop_host)
        found.ready()
        yield found


def create_database(settings: Settings) -> Database:
    """The village's database with sites, catalogue and accounts in it."""
    database = open_database(settings)
    seed(database, settings)
    return database


def resident(at: Village) -> Resident:
    """Somebody steps up to the terminal."""
    return Resident(at.screen, village=at)  # type: ignore[arg-type] # asks as a terminal does
