"""A large fleet against real processes: gunicorn with its workers, the worker, a database."""

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.fleet.housekeeping import Taken, taken_by
from tests.fleet.hurried import VARIABLE, Hurry
from tests.fleet.life import Crew, Fleet
from tests.fleet.line import KeptLine
from tests.fleet.terminal import Answer, Request, Tally
from tests.support.processes import Running

PATIENCE_SECONDS = 900.0
"""Of the wall: what has not come by then does not come."""
_LOOK_SECONDS = 0.5
_ENDS_AFTER_SECONDS = 60.0


class Processes:
    """A stage on which time passes by itself, at the pace of *hurry*."""

    def __init__(
        self,
        database: Database,
        hurry: Hurry,
        tally: Tally,
        port: int,
        running: Mapping[str, Running],
    ) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.database = database
        self._hurry = hurry
        self._line = KeptLine(port, tally)
        self._running = running
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def now(self) -> float:
        """The fleet's clock."""
        return self._hurry.seconds()

    def send(self, request: Request) -> Answer:
        """Send a request over the line."""
        return self._line.send(request)

    def live(self, fleet: Fleet, *, until: float, and_until: Callable[[], bool]) -> bool:
        """Let the fleet live until then, and on until *and_until*; False if that never came."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._speak_for, args=(crew,)) for crew in fleet.crews
            ]
            for thread in self._threads:
                thread.start()
        given_up_at = time.monotonic() + PATIENCE_SECONDS
        while self.now() < until or not and_until():
            if time.monotonic() > given_up_at:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def taken(self) -> dict[str, Taken]:
        """Return what each process of the server takes by now."""
        return {name: taken_by(each.process.pid) for name, each in self._running.items()}

    def end(self) -> None:
        """Let nobody speak any more."""
        self._ended.set()
        for thread in self._threads:
            thread.join(_ENDS_AFTER_SECONDS)

    def _speak_for(self, crew: Crew) -> None:
        while not self._ended.is_set():
            crew.act(self.now())
            # Short sleeps: the director may plan something that comes sooner.
            left = (crew.next_due() - self.now()) / self._hurry.factor
            self._ended.wait(min(max(left, 0.0), _LOOK_SECONDS))


@contextmanager
def real_server(
    settings: Settings, database: Database, hurry: Hurry, tally: Tally, *, workers: int
) -> Iterator[Processes]:
    """Lend a stage whose server and worker run with *settings*, and end both afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        "KIOSK_PORT": str(port),
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
        VARIABLE: hurry.text(),
    }
    config = ("--config", "kiosk_server/gunicorn_conf.py", "--workers", str(workers))
    programs: dict[str, tuple[str, tuple[str, ...]]] = {
        "server": ("gunicorn", (*config, "tests.fleet.hurried_server:app")),
        "worker": ("tests.fleet.hurried_worker", ()),
    }
    running: dict[str, Running] = {}
    with tempfile.TemporaryDirectory(prefix="kiosk-fleet-") as folder:
        stage = Processes(database, hurry, tally, port, running)
        try:
            for name, (module, arguments) in programs.items():
                running[name] = Running.start(
                    name,
                    module,
                    arguments,
                    folder=Path(folder),
                    environment=environment,
                )
            health = f"{stage.origin}/healthz"
            running["server"].wait_until(lambda: requests.get(health, timeout=5).ok)
            yield stage
        finally:
            stage.end()
            for each in running.values():
                each.stop()
