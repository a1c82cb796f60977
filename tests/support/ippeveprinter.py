"""
A printer that others wrote: `ippeveprinter` of CUPS, as an independent peer of the IPP driver.

It wants a D-Bus system bus only to ask for Avahi; a private, empty bus does. `-n localhost`
keeps it on loopback. Its print command is told by a file what is to go wrong.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.missing import need_program

_BRINGS = "apt-get install -y cups-ipp-utils dbus-daemon"
_START_SECONDS = 60
_OPTIONS = ("-r", "off", "-n", "localhost", "-2", "-s", "20", "-f", "application/pdf")

_COMMAND = """#!/bin/sh
cd "$(dirname "$0")"
read -r scenario < scenario
last_while() { while read -r now < scenario && [ "$now" = "$1" ]; do sleep 0.05; done; }
case "$scenario" in
  paper_out)
    echo "STATE: +media-empty-error" >&2
    last_while paper_out
    echo "STATE: -media-empty-error" >&2;;
  jam)
    echo "STATE: +media-jam-error" >&2
    exit 1;;
  low_toner)
    echo "STATE: +marker-supply-low-warning" >&2;;
  slow)
    last_while slow;;
esac
echo "ATTR: job-impressions=2 job-impressions-completed=2" >&2
"""


@dataclass(frozen=True)
class Peer:
    """The running printer; `scenario` is the file that its print command reads."""

    uri: str
    scenario: Path

    def play(self, name: str) -> None:
        """Let the job in hand and the next ones go as *name* says; `ok` heals."""
        # In one step: the print command never reads half a name.
        written = self.scenario.with_suffix(".new")
        written.write_text(f"{name}\n")
        written.replace(self.scenario)

    def lay_in(self, sheets: int, *, size: str = "iso_a4_210x297mm", envelopes: int = -2) -> None:
        """Lay so many sheets of a size into the main tray, by the form of its web page.

        Of *envelopes* -2 are some, one does not know how many.
        """
        main = f"size1={size}&type1=stationery&level1={sheets}"
        second = f"size3=iso_dl_110x220mm&type3=envelope&level3={envelopes}"
        self._submit(f"media?{main}&{second}")

    def fill(self, *, toner: int, waste: int = 0) -> None:
        """Set the supplies, in percent, by the form of its web page."""
        self._submit(f"supplies?supply0={waste}&supply1={toner}")

    def _submit(self, form: str) -> None:
        page = self.uri.replace("ipp://", "http://").replace("/ipp/print", f"/{form}")
        with urllib.request.urlopen(page, timeout=60) as answer:
            answer.read()


@contextmanager
def running(folder: Path) -> Iterator[Peer]:
    """Run the printer and its bus in *folder*, and leave nothing of them behind."""
    program = need_program("ippeveprinter", _BRINGS)
    bus_program = need_program("dbus-daemon", _BRINGS)
    bus = f"unix:path={folder}/bus"
    port = _free_port()
    command = folder / "print"
    command.write_text(_COMMAND)
    command.chmod(0o755)
    peer = Peer(f"ipp://localhost:{port}/ipp/print", folder / "scenario")
    peer.play("ok")
    with (
        _process([bus_program, "--session", "--nofork", f"--address={bus}"], folder),
        _until((folder / "bus").exists),
        _process(
            [program, *_OPTIONS, "-p", str(port), "-d", str(folder), "-c", str(command), "Peer"],
            folder,
            DBUS_SYSTEM_BUS_ADDRESS=bus,
        ),
        _until(lambda: _listens(port)),
    ):
        peer.lay_in(250)
        yield peer


@contextmanager
def _process(words: list[str], folder: Path, **environment: str) -> Iterator[None]:
    with (folder / f"{Path(words[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(
            words,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        # The group, so that a print command in the middle of a misfortune ends too.
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _until(ready: Callable[[], bool]) -> Iterator[None]:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError("the peer did not start")
        time.sleep(0.02)
    yield


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
