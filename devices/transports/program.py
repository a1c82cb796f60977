"""
A program as the way to a device: what it says is heard line by line, it is ended politely when it
falls silent or is no longer wanted, and by force when that does not help.
"""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import BinaryIO

from devices.transports.line import LineLost

# After the polite signal: a scanner's carriage may be on its way home.
_PARTING_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_KEPT_CHARACTERS = 4_000
_LINE_END = (b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class Said:
    """One line that the program said; *on_error* tells which of its two mouths said it."""

    text: str
    on_error: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended; `words` is the end of what it said on its standard error."""

    code: int
    words: str
    told_to_end: bool = False
    gave_up: bool = False
    """Whether it was ended because it had been silent for too long."""
    said_farewell: bool = False
    """Whether it had said its last line by then."""


class Program:
    """Runs one program at a time; `tell_to_end` may be called from any thread."""

    def __init__(self) -> None:
        self._unwanted = threading.Event()

    def run(
        self,
        command: Sequence[str],
        *,
        silence_seconds: float,
        heard: Callable[[Said], None],
        farewell: str | None = None,
    ) -> Ended:
        """Run *command* to its end; raises `LineLost` where there is no such program.

        A line on its standard error that begins with *farewell* is its last: it has five seconds
        left to go, however long it may otherwise be silent.
        """
        self._unwanted.clear()
        environment = {**os.environ, "LC_ALL": "C"}
        try:
            process = subprocess.Popen(  # noqa: S603 - the words come from the terminal's settings
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                umask=0o077,
                # A Ctrl-C at the host is not the scanner's.
                start_new_session=True,
            )
        except OSError as fault:
            raise LineLost("no such program") from fault
        with process:
            try:
                return self._listen(process, _Ears(process, heard, farewell), silence_seconds)
            finally:
                _end(process)

    def tell_to_end(self) -> None:
        """End the program that runs, soon."""
        self._unwanted.set()

    def _listen(
        self, process: subprocess.Popen[bytes], ears: "_Ears", silence_seconds: float
    ) -> Ended:
        last_heard = time.monotonic()
        told = gave_up = False
        with closing(ears):
            while ears.open and not (told or gave_up):
                if ears.listen(min(_LOOK_SECONDS, silence_seconds)):
                    last_heard = time.monotonic()
                told = self._unwanted.is_set()
                patience = _PARTING_SECONDS if ears.heard_farewell else silence_seconds
                gave_up = not told and time.monotonic() - last_heard > patience
        if told or gave_up:
            _end(process)
        # A program may close its mouths and go on.
        return Ended(_await(process), ears.words, told, gave_up, ears.heard_farewell)


class _Ears:
    """Both mouths of a program, cut into lines."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        heard: Callable[[Said], None],
        farewell: str | None,
    ) -> None:
        self._heard = heard
        self._farewell = farewell
        self.heard_farewell = False
        self._words = ""
        self._half = {False: b"", True: b""}
        self._selector = selectors.DefaultSelector()
        for on_error, mouth in ((False, process.stdout), (True, process.stderr)):
            if mouth is not None:
                self._selector.register(mouth, selectors.EVENT_READ, on_error)

    @property
    def open(self) -> bool:
        """Whether anything may still be said."""
        return len(self._selector.get_map()) > 0

    @property
    def words(self) -> str:
        """The end of what was said on standard error."""
        return self._words + self._half[True].decode("utf-8", "replace")

    def listen(self, seconds: float) -> bool:
        """Hear what is said within the time, and say whether anything was."""
        said = False
        for key, _ in self._selector.select(seconds):
            mouth: BinaryIO = key.fileobj  # type: ignore[assignment] # only pipes were registered
            data = os.read(mouth.fileno(), 65_536)
            if not data:
                self._selector.unregister(mouth)
                continue
            said = True
            self._cut(data, on_error=key.data)
        return said

    def close(self) -> None:
        """Listen no more."""
        self._selector.close()

    def _cut(self, data: bytes, *, on_error: bool) -> None:
        pending = self._half[on_error] + data
        for end in _LINE_END:
            pending = pending.replace(end, b"\n")
        *lines, self._half[on_error] = pending.split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace")
            if on_error:
                self._words = f"{self._words}{text}\n"[-_KEPT_CHARACTERS:]
                if self._farewell is not None and text.startswith(self._farewell):
                    self.heard_farewell = True
            self._heard(Said(text, on_error))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        _signal(process, signal.SIGINT)
        try:
            process.wait(_PARTING_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The whole group: the program may be a script, with the scanner in the hands of its child.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _await(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(_PARTING_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        return process.wait()
