"""
The PC/SC service that others wrote, with vsmartcard's virtual slot: a peer of the card slot.

`vpcd` listens on every address, so service and card live in a network namespace of their own; the
service's socket is a file and is reached from outside. There is one service to a machine.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.missing import extra_is_missing, missing

_BRINGS = "apt-get install -y pcscd vsmartcard-vpcd"
_SOCKET = Path("/run/pcscd/pcscd.comm")
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_START_SECONDS = 10.0
_CARD = [sys.executable, "-m", "devices", "simulate", "chip", "--while-stdin-open"]


class Slot:
    """The service and the namespace in which it runs."""

    def __init__(self, service: subprocess.Popen[bytes]) -> None:
        self._service = service

    @contextmanager
    def with_card(self) -> Iterator[None]:
        """Keep the simulated card in the slot."""
        inside = ["nsenter", f"--net=/proc/{self._service.pid}/ns/net", *_CARD]
        card = subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert card.stdin is not None
        assert card.stdout is not None
        try:
            card.stdout.readline()
            yield
        finally:
            card.stdin.close()
            card.wait(10)
            card.stdout.close()


@contextmanager
def running(folder: Path) -> Iterator[Slot]:
    """Run the service with an empty virtual slot, and leave nothing of it behind."""
    program = shutil.which("pcscd")
    if program is None or not _DRIVER.exists():
        missing("pcscd or vpcd", _BRINGS)
    if os.geteuid() != 0 or _answers():
        extra_is_missing("a PC/SC service of the test's own", "running as root without another")
    _SOCKET.unlink(missing_ok=True)
    configuration = folder / "reader.conf"
    configuration.write_text(
        'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x8C7B\n'
        f"LIBPATH {_DRIVER}\nCHANNELID 0x8C7B\n"
    )
    _SOCKET.parent.mkdir(exist_ok=True)
    start = f"ip link set lo up && exec {program} --foreground --config {configuration}"
    service = subprocess.Popen(["unshare", "--net", "sh", "-c", start], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _SOCKET.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield Slot(service)
    finally:
        service.terminate()
        service.wait(10)
        _SOCKET.unlink(missing_ok=True)


def _answers() -> bool:
    """Say whether a service runs here already; a socket may outlive its service."""
    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex(str(_SOCKET)) == 0
