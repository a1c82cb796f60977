"""
The product as processes that are killed and live again: server, worker and device host.

Simulators stand outside, as machines do. `kill` ends a whole program at once and `begin` starts it
again, as its unit would. The person stands before a browser that survives: where nothing answers,
it shows nothing, and whoever stands there tries again.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from devices.agent.enrolment import enrol
from devices.agent.identity import Identity
from devices.host.ports import LineDead
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.sam_on_pty import SamOnPty
from kiosk_server.audit.assembly import sealer_for
from kiosk_server.audit.services import Actor
from kiosk_server.cli.seed import seed
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.printing import rules
from kiosk_server.printing.models import PrintJob
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from kiosk_server.terminals.services import make_enrolment_code
from tests.support.http_browser import Browser
from tests.support.terminal_bench import free_port
from tests.support.warm_starts import Life, WarmStarts

SITE, PLACE = "xingfulu", "一楼24小时自助区"
PROGRAMS = ("server", "worker", "host")
PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_AFTER_ANY_LEASE = timedelta(minutes=3)


@dataclass
class Mortal:
    """What runs, and what a test may do to it."""

    folder: Path
    settings: Settings
    database: Database
    warm: WarmStarts
    sam: SamOnPty
    a4: IppPrinterSimulator
    slips: EscposPrinterSimulator
    door: int
    lives: dict[str, Life] = field(default_factory=dict)
    screen: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.fresh_browser()

    @property
    def state(self) -> Path:
        """The terminal's own folder."""
        return self.folder / "terminal"

    def fresh_browser(self) -> None:
        """Another person comes."""
        self.screen = Browser(f"http://127.0.0.1:{self.door}")

    def begin(self, program: str) -> None:
        """Start a program, as its unit does."""
        port = self.settings.public_origin.rpartition(":")[2]
        server = {
            "KIOSK_PORT": port,
            "KIOSK_PUBLIC_ORIGIN": self.settings.public_origin,
            "KIOSK_INSTANCE": str(self.settings.instance),
            "KIOSK_DATABASE_URL": self.settings.database_url,
        }
        how: dict[str, tuple[str, list[str], dict[str, str]]] = {
            "server": ("gunicorn", [*_GUNICORN, "wsgi:app"], server),
            "worker": ("kiosk_server.worker", [], server),
            "host": ("devices", ["run", "--config", str(self.folder / "terminal.toml")], {}),
        }
        name, arguments, environment = how[program]
        self.lives[program] = self.warm.begin(
            name, arguments, environment=environment, log=self.folder / f"{program}.log"
        )

    def strike(self, program: str) -> None:
        """`kill -9`, and the next life begins."""
        self.lives.pop(program).kill()
        self.begin(program)

    def ready(self) -> None:
        """Wait until a person could begin and every device is well."""

        def all_ready() -> bool:
            if "/kiosk/start" not in self.screen.get("/kiosk/").text:
                return False
            told = self.screen.get("/device/v1/health")
            return told.status_code == 200 and set(told.get_json()["devices"].values()) == {"ready"}

        self.until(all_ready, "a terminal that is ready")

    def words(self) -> str:
        """The end of what each program wrote."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text('utf-8')[-3000:]}" for log in logs)

    def documents(self) -> int:
        """How many documents the printer has ever brought out whole."""
        return len(list((self.folder / "a4").glob("*.pdf")))

    def submitted(self) -> list[str]:
        """The names of the jobs that the printer was ever given."""
        held = self.a4.state()["jobs"]
        assert isinstance(held, list)
        return [str(each["name"]) for each in held]

    def settle(self) -> None:
        """Let the worker end, its letters be carried out (also those whose worker died with them),
        the chain be sealed, and the terminal report all that it has."""
        if "worker" in self.lives:
            self.lives.pop("worker").end()
        dispatcher = Dispatcher(self.database, HANDLERS, Context(self.database, self.settings))

        def all_done() -> bool:
            closed, worked = self._no_paper_open(), False
            with clock.frozen(clock.now() + _AFTER_ANY_LEASE):
                while dispatcher.work_one():
                    worked = True
            return closed and not worked

        self.until(all_done, "an end of every letter and paper")
        sealer_for(self.database, self.settings).seal_all()

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait for something that must come about."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert time.monotonic() < end, f"{what} did not come about\n{self.words()}"
            time.sleep(_LOOK_SECONDS)

    def _no_paper_open(self) -> bool:
        # The next look at a page brings the host what is still wanted of it.
        self.screen.get("/kiosk/")
        with self.database.reading() as session:
            wanted = select(PrintJob.id).where(PrintJob.state.in_(rules.OPEN))
            if session.scalars(wanted).first() is not None:
                return False
        disk = sqlite3.connect(f"file:{self.state / 'journal.sqlite3'}?mode=ro", uri=True)
        try:
            (papers,) = disk.execute("SELECT count(*) FROM paper WHERE step <> 'ended'").fetchone()
            (words,) = disk.execute("SELECT count(*) FROM report WHERE NOT acknowledged").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            disk.close()
        return bool(papers == words == 0)


_GUNICORN = (
    *("--config", "kiosk_server/gunicorn_conf.py"),
    *("--workers", "1", "--log-level", "warning"),
)


@contextmanager
def mortal(folder: Path, url: str, warm: WarmStarts) -> Iterator[Mortal]:
    """Let the product live in *folder* over the empty schema at *url* for the length of the block;
    its programs are forks of *warm*."""
    for name in ("instance", "a4", "slips"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings = Settings(
        public_origin=f"http://127.0.0.1:{free_port()}",
        database_url=url,
        instance=folder / "instance",
    )
    with ExitStack() as stack:
        sam = SamOnPty()
        a4 = IppPrinterSimulator(seconds_per_page=0.02, keep_in=folder / "a4")
        slips = EscposPrinterSimulator(keep_in=folder / "slips")
        for simulator in (sam, a4, slips):
            simulator.start()
            stack.callback(simulator.stop)
        database = open_database(settings)
        stack.callback(database.dispose)
        seed(database, settings)
        found = Mortal(folder, settings, database, warm, sam, a4, slips, free_port())
        stack.callback(_kill_all, found)
        (folder / "terminal.toml").write_text(_terminal(found), encoding="utf-8")
        found.begin("server")
        _admit(found)
        found.begin("worker")
        found.begin("host")
        found.ready()
        yield found


def _admit(found: Mortal) -> None:
    with found.database.unit_of_work() as session:
        issued = make_enrolment_code(session, SITE, by=Actor("system", "mortal"), place=PLACE)

    def admitted() -> bool:
        outcome = enrol(
            origin=found.settings.public_origin,
            code=issued.code,
            model="test",
            state=found.state,
        )
        assert isinstance(outcome, Identity | LineDead), outcome
        return isinstance(outcome, Identity)

    found.until(admitted, "an enrolment")


def _kill_all(found: Mortal) -> None:
    for life in found.lives.values():
        life.kill()


def _terminal(found: Mortal) -> str:
    return f"""
environment = "development"
state_directory = "{found.state}"
help_phone = "{found.settings.help_phone}"

[server]
origin = "{found.settings.public_origin}"

[listen]
port = {found.door}

[drivers.id_reader]
driver = "sam"
port = "{found.sam.address}"

[drivers.a4_printer]
driver = "ipp"
uri = "{found.a4.address}"

[drivers.receipt_printer]
driver = "escpos"
uri = "{found.slips.address}"
"""
