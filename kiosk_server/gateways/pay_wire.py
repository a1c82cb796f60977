"""
How a payment channel is asked over HTTP: timed, bounded, fused, by nobody else's leave.

A fuse belongs to one channel: five questions without an answer, and it is left alone for half a
minute, so that its outage slows neither the worker nor the other channels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import requests

from kiosk_server.core import clock
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import TooLarge, content_within, private_session
from kiosk_server.payments.ports import AnswerLost

LARGEST_ANSWER = 1024 * 1024
LARGEST_BILL = 64 * 1024 * 1024
TIMEOUT_SECONDS = 6.0


class NoAnswer(Exception):
    """The channel did not answer, or its answer cannot be believed; `str` says which."""


@dataclass(frozen=True)
class Answered:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire:
    """The line to one channel."""

    def __init__(self, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._fuse = Fuse()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        largest: int = LARGEST_ANSWER,
    ) -> Answered:
        """Send one request, once; raises `NoAnswer`, at once while the channel is left alone."""
        if self._fuse.is_blown(clock.now()):
            raise NoAnswer("left_alone")
        try:
            answer = self._once(method, url, headers, body, largest)
            if answer.status >= requests.codes.server_error:
                raise NoAnswer(f"http_{answer.status}")
        except NoAnswer:
            self._fuse.strain(clock.now())
            raise
        self._fuse.mend()
        return answer

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, largest: int
    ) -> Answered:
        try:
            # A session for each question: several threads ask at once, and sessions are not
            # made for that.
            with (
                private_session() as session,
                session.request(
                    method,
                    url,
                    data=body,
                    headers=dict(headers),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                content = content_within(answer, largest)
                told = {name.lower(): value for name, value in answer.headers.items()}
                return Answered(answer.status_code, told, content)
        except TooLarge:
            raise NoAnswer("too_large") from None
        except requests.Timeout:
            raise NoAnswer("timeout") from None
        except (requests.RequestException, OSError):
            raise NoAnswer("connection") from None


def lost_for(fault: Exception) -> AnswerLost:
    """Return the answer that *fault* leaves us with: none, or one that makes no sense."""
    if isinstance(fault, NoAnswer):
        return AnswerLost(str(fault))
    return baffled("unreadable")


def baffled(why: str) -> AnswerLost:
    """Return that the channel did answer, and that it makes no sense."""
    return AnswerLost(why, baffling=True)
