"""
The line to one courier: one POST, timed, with a fuse of its own, so that one courier's outage slows
no other.

It tells apart what was never sent (`NotReached`: ask again) from what may have arrived (`Lost`: ask
what became of it before anything is asked anew).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import requests
import structlog
from urllib3.exceptions import NewConnectionError

from kiosk_server.core import clock
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import TooLarge, content_within, private_session

FORM = "application/x-www-form-urlencoded"
_LARGEST_ANSWER = 2 * 1024 * 1024
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

T = TypeVar("T")
log = structlog.get_logger()


class NotReached(Exception):
    """Nothing was sent; `str` says why."""


class Lost(Exception):
    """It was sent, or may have been, and no answer can be believed; `str` says why."""


class Line:
    """What is spoken over to one partner."""

    def __init__(self, name: str, *, timeout_seconds: float = 5.0) -> None:
        self._name = name
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._fuse = Fuse()

    def post(
        self,
        url: str,
        body: bytes,
        read: Callable[[requests.Response, bytes], T],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Return what *read* makes of the answer; raises `NotReached` and `Lost`.

        *read* raises `Lost` for what it does not believe.
        """
        if self._fuse.is_blown(clock.now()):
            raise NotReached("fuse")
        try:
            told = self._once(url, body, read, headers or {"Content-Type": FORM})
        except (NotReached, Lost) as fault:
            log.warning("courier_no_answer", courier=self._name, why=str(fault))
            self._fuse.strain(clock.now())
            raise
        self._fuse.mend()
        return told

    def _once(
        self,
        url: str,
        body: bytes,
        read: Callable[[requests.Response, bytes], T],
        headers: Mapping[str, str],
    ) -> T:
        try:
            with (
                private_session() as session,
                session.post(
                    url,
                    data=body,
                    headers=dict(headers),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                return read(answer, content_within(answer, _LARGEST_ANSWER))
        except TooLarge:
            raise Lost("too_large") from None
        except requests.ConnectTimeout:
            raise NotReached("timeout") from None
        except requests.Timeout:
            raise Lost("timeout") from None
        except requests.ConnectionError as fault:
            raise _broken(fault) from None
        except (requests.RequestException, OSError):
            raise Lost("connection") from None


def content_of(answer: requests.Response, content: bytes) -> bytes:
    """Return the content of an answer that came through; raises `Lost` for any other status."""
    if answer.status_code != requests.codes.ok:
        raise Lost(f"http_{answer.status_code}")
    return content


def beijing_time(text: object) -> datetime:
    """Return a moment as couriers write it, `2026-11-22 10:00:00`; `Lost` for anything else."""
    try:
        naive = datetime.strptime(str(text), _TIME_FORMAT)  # noqa: DTZ007 - the zone is next
    except ValueError:
        raise Lost("time") from None
    return naive.replace(tzinfo=clock.BEIJING)


def in_beijing(moment: datetime) -> str:
    """Return *moment* as couriers write it."""
    return clock.to_beijing(moment).strftime(_TIME_FORMAT)


def _broken(fault: requests.ConnectionError) -> NotReached | Lost:
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    never_sent = isinstance(reason, NewConnectionError) or isinstance(
        fault, requests.exceptions.SSLError
    )
    return NotReached("connection") if never_sent else Lost("connection")
