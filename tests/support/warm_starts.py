"""
Quick lives of real programs: server, worker and device host, each a process of its own.

One process loads everything they import and then waits; a life is a fork of it that runs the
program's own entry with its own arguments, environment and log. A start costs a quarter of a second
instead of two, and `kill -9` strikes a whole program, in a process group of its own.
"""

import ctypes
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.support.processes import ROOT

_PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.01
_OFFER = "warm"
_PROGRAMS = (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "kiosk_server.worker",
    "devices.run_command",
    "devices.simulators.command",
)
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_STARTTIME = 19
"""Field 22 of a process's line, counted behind its name."""
_UNBORN = "-"
"""It had gone before anybody could look."""


@dataclass(frozen=True)
class Life:
    """One running program; `group` is its process group, its master's number too.

    What it shares with `subprocess.Popen` means the same here; how it ended is not known. The
    kernel gives numbers again: `born`, in its ticks, tells this life from a stranger's.
    """

    group: int
    born: str

    @classmethod
    def of(cls, master: int) -> "Life":
        """The life that *master* leads a group for now."""
        return cls(master, _born(master) or _UNBORN)

    @property
    def pid(self) -> int:
        """The number of its master."""
        return self.group

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self.poll()

    def poll(self) -> int | None:
        """None while any of it runs, afterwards a number that says nothing."""
        return 0 if self.over else None

    def terminate(self) -> None:
        """Ask its master to end."""
        if not self.over:
            with suppress(ProcessLookupError):
                os.kill(self.group, signal.SIGTERM)

    @property
    def over(self) -> bool:
        """Whether no process of it is left."""
        # A group whose master has gone keeps its number as long as anybody is in it.
        if _born(self.group) not in {"", self.born}:
            return True
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        """End all of it at once, as a power cut does, and wait until nothing of it is there."""
        self.strike()
        self.wait()

    def strike(self) -> None:
        """End all of it at once."""
        if not self.over:
            with suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)

    def end(self) -> None:
        """Ask its master to end, and wait until all have."""
        self.terminate()
        self.wait()

    def wait(self, timeout: float = _PATIENCE_SECONDS) -> int:
        """Wait until nothing of it is there."""
        until = time.monotonic() + timeout
        while not self.over:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process group {self.group}", timeout)
            time.sleep(_LOOK_SECONDS)
        return 0


class WarmStarts:
    """Where lives come from."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(
        self, program: str, arguments: list[str], *, environment: Mapping[str, str], log: Path
    ) -> Life:
        """Let the module *program* run as `python -m` runs it (`gunicorn`, `kiosk_server.worker`,
        `devices`, or a test's own module with a `main`); its words are added to *log*."""
        order = {
            "program": program,
            "arguments": arguments,
            "environment": dict(environment),
            "log": str(log),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        group, born = self._process.stdout.readline().split()
        return Life(int(group), born)


@contextmanager
def warm_starts() -> Iterator[WarmStarts]:
    """Load the programs for the length of the block; what still runs at its end is killed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.warm_starts"],
        cwd=ROOT,
        env=kept,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == _OFFER
    try:
        yield WarmStarts(process)
    finally:
        process.communicate()


def _serve_orders() -> None:
    _load()
    # Nobody here waits for a child, nor for what a killed one leaves behind: the kernel takes them
    # away at once, where the machine's first process would do so when it pleases.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    print(_OFFER, flush=True)
    lives: list[Life] = []
    try:
        for line in sys.stdin:
            child = os.fork()
            if child == 0:
                _live(json.loads(line))
            # Here as well as there: whoever is told its number may ask at once for its group.
            with suppress(PermissionError, ProcessLookupError):
                os.setpgid(child, child)
            lives.append(Life.of(child))
            print(child, lives[-1].born, flush=True)
    finally:
        for life in lives:
            life.strike()


def _born(process: int) -> str:
    """When *process* began, in ticks since the machine did (proc(5), `starttime`); "" for none."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[_STARTTIME]


def _load() -> None:
    """Import what the programs import, and what their first use imports."""
    for name in _PROGRAMS:
        import_module(name)
    from kiosk_server.app import create_app  # noqa: PLC0415
    from kiosk_server.settings import Settings  # noqa: PLC0415

    create_app(Settings(database_url="sqlite://")).extensions["kiosk_database"].dispose()


def _live(order: Mapping[str, object]) -> NoReturn:
    status = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, descriptor in enumerate((nothing, log, log)):
            os.dup2(descriptor, number)
        for words in (sys.stdout, sys.stderr):
            assert isinstance(words, io.TextIOWrapper)
            words.reconfigure(line_buffering=True)
        environment = order["environment"]
        assert isinstance(environment, dict)
        os.environ.update(environment)
        arguments = order["arguments"]
        assert isinstance(arguments, list)
        status = _run(str(order["program"]), arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(program: str, arguments: list[str]) -> int:
    match program:
        case "gunicorn":
            from gunicorn.app.wsgiapp import run  # noqa: PLC0415

            sys.argv = ["gunicorn", *arguments]
            run()
            return 0
        case "kiosk_server.worker":
            from kiosk_server.worker import main  # noqa: PLC0415

            return main()
        case _ if program.startswith("tests."):
            return int(import_module(program).main())
        case _:
            from devices.command_line import main as devices  # noqa: PLC0415

            return devices(arguments)


if __name__ == "__main__":
    _serve_orders()
