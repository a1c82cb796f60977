"""
Processes that live and die together: when one ends, all end; when we end, none is left.

Each child leads a process group of its own, so that a Ctrl-C at the keyboard reaches us alone and
we end the children in order: SIGTERM first, SIGKILL to the whole group for who does not go.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PATIENCE_SECONDS = 8.0
_TAIL_BYTES = 4_000


class ChildEnded(Exception):
    """A child ended although nobody asked it to."""

    def __init__(self, name: str, status: int, tail: str) -> None:
        super().__init__(f"{name} ended with status {status}:\n{tail}")


@dataclass(frozen=True)
class Child:
    """One running process and where its words go."""

    name: str
    process: "subprocess.Popen[str]"
    log: Path

    def first_line(self) -> str:
        """Return the first line that the child says on standard output; empty if it ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


class Children:
    """The children of one run; use it as a context."""

    def __init__(self, root: Path, logs: Path) -> None:
        self._root = root
        self._logs = logs
        self._children: list[Child] = []
        self._files: list[IO[str]] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()

    def start(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start `python ARGUMENTS` as *name*; what it says on standard error goes to its log."""
        log = self._logs / f"{name}.log"
        words = log.open("w", encoding="utf-8")
        self._files.append(words)
        process = subprocess.Popen(
            [*_dying_with_us(), sys.executable, *arguments],
            cwd=self._root,
            env=None if environment is None else {**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            start_new_session=True,
        )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raise `ChildEnded` for the first child that is no longer there."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ChildEnded(child.name, status, _tail(child.log))

    def end(self) -> None:
        """End all, the youngest first, and wait until they are gone."""
        for child in reversed(self._children):
            _signal_group(child, signal.SIGTERM, leader_only=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for child in reversed(self._children):
            # Who does not go in time is killed below with the whole group.
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
            if child.process.stdout:
                child.process.stdout.close()
        for words in self._files:
            words.close()
        self._children.clear()
        self._files.clear()


def _dying_with_us() -> list[str]:
    """Return the prefix that ends a child even when we are killed outright, where there is one."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _signal_group(child: Child, number: signal.Signals, *, leader_only: bool = False) -> None:
    try:
        if leader_only:
            os.kill(child.process.pid, number)
        else:
            os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _tail(log: Path) -> str:
    return log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace").strip()
