"""
A line to one of the region's services over HTTP: signed both ways, timed, retried, fused.

What is asked over it changes nothing that asking twice would change again, so it may be sent again.
An answer whose signature does not hold is no answer. After five failures in a row about one thing
it is left alone for half a minute.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog

from kiosk_server.core import clock
from kiosk_server.gateways import region_signature as signature
from kiosk_server.gateways.exchanges import Heard
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import TooLarge, content_within, private_session

log = structlog.get_logger()

_PAUSES_SECONDS = (0.2, 0.6)
_RETRIED = frozenset({502, 503, 504})
_LARGEST_ANSWER = 2 * 1024 * 1024
MOST_TRIES = 1 + len(_PAUSES_SECONDS)


class _NoAnswer(Exception):
    """The service did not answer, or its answer cannot be believed; `str` says which."""


class SignedLine:
    """One service at *base*, with the key that both sides hold; *event* names it in the log."""

    def __init__(
        self,
        base: str,
        key: bytes,
        *,
        event: str,
        timeout_seconds: float = 5.0,
        pause: Callable[[float], None] = time.sleep,
        heard: Heard | None = None,
    ) -> None:
        self._heard = heard
        self._base = base.rstrip("/")
        self._path = urlsplit(self._base).path
        self._key = key
        self._event = event
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._pause = pause
        self._session = private_session()
        self._fuses: dict[str, Fuse] = {}

    def ask(
        self,
        source: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        tries: int = MOST_TRIES,
    ) -> Mapping[str, Any] | None:
        """Return what the service answers about *source*; None where nothing can be believed."""
        fuse = self._fuses.setdefault(source, Fuse(self._heard))
        if fuse.is_blown(clock.now()):
            return None
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(tries):
            if attempt:
                self._pause(_PAUSES_SECONDS[attempt - 1] * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                answer = self._once(method, path, sent)
            except _NoAnswer as fault:
                log.warning(self._event, source=source, why=str(fault), attempt=attempt)
                continue
            fuse.mend()
            return answer
        fuse.strain(clock.now())
        return None

    def _once(self, method: str, path: str, sent: bytes) -> Mapping[str, Any]:
        path_signed = self._path + path
        headers = signature.signed_headers(self._key, method=method, path=path_signed, body=sent)
        try:
            with self._session.request(
                method,
                self._base + path,
                data=sent,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code in _RETRIED:
                    raise _NoAnswer("gateway")
                return signature.believed(
                    self._key,
                    nonce=headers[signature.NONCE],
                    status=answer.status_code,
                    headers=answer.headers,
                    content=content_within(answer, _LARGEST_ANSWER),
                )
        except signature.NotBelieved as fault:
            raise _NoAnswer(str(fault)) from None
        except TooLarge:
            raise _NoAnswer("too_large") from None
        except requests.Timeout:
            raise _NoAnswer("timeout") from None
        except (requests.RequestException, OSError):
            raise _NoAnswer("connection") from None
