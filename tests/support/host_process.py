"""A device host as a process of its own, so that it can be killed as a power cut kills it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import requests

from tests.support.terminal_bench import Bench

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 90.0


@dataclass
class HostProcess:
    """A running `python -m devices run`."""

    process: "subprocess.Popen[bytes]"
    origin: str
    log: Path

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **given: Any
    ) -> requests.Response:
        """One request as a page of the door makes it."""
        usual = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        return requests.request(
            method,
            self.origin + path,
            headers=usual | dict(headers or {}),
            timeout=10,
            allow_redirects=False,
            **given,
        )

    def token(self) -> dict[str, str]:
        """The header that opens the device API."""
        return {"X-Kiosk-Token": self.ask("GET", "/device/v1/token").json()["token"]}

    def wait_for(self, status: int) -> None:
        """Wait until the kiosk's first page answers with *status*."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                if self.ask("GET", "/kiosk/").status_code == status:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def children(self) -> list[int]:
        """Processes that the host has started, by number."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text(encoding="ascii").split()]

    def kill(self) -> None:
        """End master and worker at once, as a power cut does."""
        doomed = self.children()
        self.process.kill()
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask the host to end; returns its exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(_PATIENCE_SECONDS)


@contextmanager
def host_process(bench: Bench, *, wait_for: int = 200) -> Iterator[HostProcess]:
    """Run a host over *bench* for the length of the block."""
    log = bench.folder / "host.log"
    with log.open("ab") as written:
        host = HostProcess(_started(bench, written), bench.origin, log)
        try:
            host.wait_for(wait_for)
            yield host
        finally:
            if host.process.poll() is None:
                host.kill()


def _started(bench: Bench, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "devices", "run", "--config", str(bench.config)],
        cwd=_ROOT,
        stdout=log,
        stderr=log,
    )
