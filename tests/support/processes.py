"""
Real processes for a journey: started in sessions of their own, watched, ended by their own id.

Their output goes to a file, which is shown when one of them dies or does not come up.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.support.warm_starts import WarmStarts

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 120.0
_GRACE_SECONDS = 8.0
_TOLD_LINES = 40

_living: "list[Running]" = []


def told_lately() -> Iterator[tuple[str, str]]:
    """What each process that still runs has written last: its name, and the last lines."""
    for running in _living:
        yield running.name, running.tail()


class DidNotComeUp(AssertionError):
    """A process died early or stayed silent; the message ends with what it wrote."""


class Process(Protocol):
    """What is asked of a process: `subprocess.Popen`, or a fork that was warm."""

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        ...

    def poll(self) -> int | None:
        """None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def wait(self, timeout: float = ...) -> int:
        """Wait for its end; raises `subprocess.TimeoutExpired`."""
        ...


@dataclass
class Running:
    """One process and the file that its output goes to."""

    name: str
    process: Process
    output: Path

    @classmethod
    def start(
        cls,
        name: str,
        module: str,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        warm: "WarmStarts | None" = None,
    ) -> "Running":
        """Run *module* at the root of the repository; as a fork of *warm* it starts at once."""
        output = folder / f"{name}.log"
        if warm is not None:
            output.touch()
            life = warm.begin(module, list(arguments), environment=environment, log=output)
            return cls(name, life, output)._seen()
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**_plain_environment(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(name, process, output)._seen()

    def wait_until(self, come_up: Callable[[], object]) -> None:
        """Wait until *come_up* returns something true; connection errors count as not yet."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise DidNotComeUp(f"{self.name} ended with {self.process.returncode}{self.tail()}")
            try:
                if come_up():
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise DidNotComeUp(f"{self.name} did not come up{self.tail()}")

    def first_line(self) -> str:
        """Return the first whole line of the output once there is one."""
        self.wait_until(lambda: b"\n" in self.output.read_bytes())
        return self.output.read_text("utf-8").splitlines()[0]

    def stop(self) -> None:
        """End the process and its children: politely, then without asking."""
        if self in _living:
            _living.remove(self)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(_GRACE_SECONDS)

    def text(self) -> str:
        """Return everything that it wrote."""
        return self.output.read_text("utf-8", errors="replace")

    def tail(self) -> str:
        """Return the last lines that it wrote, each behind a line feed."""
        return "\n" + "\n".join(self.text().splitlines()[-_TOLD_LINES:])

    def _seen(self) -> "Running":
        _living.append(self)
        return self


def _plain_environment() -> dict[str, str]:
    # The product refuses settings that it does not know, also those of a developer's shell.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}
