"""
The browser's own remote control (Chrome DevTools Protocol) over two pipes.

Pipes and no port: nobody else on the machine can take hold of the browser. A message is JSON that
ends with a zero byte. One thread calls; what the browser tells meanwhile is kept in order.
"""

import json
import os
import select
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_READ_BYTES = 65536


class BrowserGone(Exception):
    """The browser has closed its end of the pipe."""


class BrowserSilent(Exception):
    """The browser did not answer in time."""


class BrowserRefused(Exception):
    """The browser answered with an error; the text is the browser's own and names no page."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the browser has told by itself."""

    method: str
    params: Mapping[str, Any]


class DevToolsPipe:
    """Calls over a pair of file descriptors, which it owns."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        os.set_blocking(writing, False)
        self._unread = b""
        self._number = 0
        self._told: deque[Told] = deque()
        self._answers: dict[int, Mapping[str, Any]] = {}

    def call(
        self,
        method: str,
        params: Mapping[str, object] | None = None,
        *,
        session: str | None = None,
        within_seconds: float = 5.0,
    ) -> Mapping[str, Any]:
        """Call *method* and return its result.

        Raises `BrowserGone`, `BrowserSilent` or `BrowserRefused`.
        """
        self._number += 1
        wanted = self._number
        message = {"id": wanted, "method": method, "params": dict(params or {})}
        if session is not None:
            message["sessionId"] = session
        self._send(json.dumps(message).encode() + b"\0")
        until = time.monotonic() + within_seconds
        while wanted not in self._answers:
            if not self._receive(until - time.monotonic()):
                raise BrowserSilent(method)
        answer = self._answers.pop(wanted)
        # Answers to calls that were given up come late, and are nobody's any more.
        self._answers.clear()
        if "error" in answer:
            raise BrowserRefused(f"{method}: {answer['error'].get('message')}")
        result: Mapping[str, Any] = answer.get("result", {})
        return result

    def told(self, within_seconds: float = 0.0) -> tuple[Told, ...]:
        """Everything told since the last call, waiting up to *within_seconds* for a first word.

        Raises `BrowserGone`.
        """
        if not self._told:
            self._receive(within_seconds)
        heard = tuple(self._told)
        self._told.clear()
        return heard

    def close(self) -> None:
        """Let go of both ends."""
        os.close(self._reading)
        os.close(self._writing)

    def _send(self, message: bytes) -> None:
        try:
            written = os.write(self._writing, message)
        except BlockingIOError as fault:
            raise BrowserSilent("pipe is full") from fault
        except OSError as fault:
            raise BrowserGone from fault
        if written != len(message):
            raise BrowserSilent("pipe is full")

    def _receive(self, within_seconds: float) -> bool:
        """Take in what has come; returns whether anything did."""
        ready, _, _ = select.select([self._reading], [], [], max(0.0, within_seconds))
        if not ready:
            return False
        came = os.read(self._reading, _READ_BYTES)
        if not came:
            raise BrowserGone
        *whole, self._unread = (self._unread + came).split(b"\0")
        for each in whole:
            self._sort(json.loads(each))
        return True

    def _sort(self, message: Mapping[str, Any]) -> None:
        if "id" in message:
            self._answers[int(message["id"])] = message
        else:
            self._told.append(Told(str(message.get("method")), message.get("params", {})))
