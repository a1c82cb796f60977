"""Connections to the server that are kept while they can be trusted to be open still.

On a thin line opening one costs a second or two. The server closes what has been quiet for
15 s, so one that was used a few seconds ago is open unless the line died under it, and then a
fresh one would have fared no better.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

TRUSTED_SECONDS = 8.0
SENDING_SECONDS = 180.0
"""One mebibyte, the most that passes the door, takes 131 s at 64 kbit/s."""
SEND_BUFFER_BYTES = 32 * 1024
"""What lies in the kernel is not sent yet: with more of it, waiting for the answer would run out
while the question is still on its way."""
_MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Resting:
    session: requests.Session
    since: float


class KeptConnections:
    """Lends sessions of one connection each, the one that rested least first; any thread may
    borrow. Nothing of one visit reaches the next: no cookies, no redirects, no environment."""

    def __init__(
        self, ca_file: str | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._ca_file = ca_file
        self._now = now
        self._lock = threading.Lock()
        self._resting: list[_Resting] = []

    @contextmanager
    def borrow(self) -> Iterator[requests.Session]:
        """A session for one exchange; what falls in the block takes its connection with it."""
        session = self._youngest() or self._fresh()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._resting.append(_Resting(session, self._now()))
            surplus = self._resting[:-_MOST_KEPT]
            del self._resting[:-_MOST_KEPT]
        for old in surplus:
            old.session.close()

    def close(self) -> None:
        """Let go of all that rest."""
        with self._lock:
            resting, self._resting = self._resting, []
        for each in resting:
            each.session.close()

    def _youngest(self) -> requests.Session | None:
        with self._lock:
            young_from = self._now() - TRUSTED_SECONDS
            stale = [each for each in self._resting if each.since < young_from]
            self._resting = [each for each in self._resting if each.since >= young_from]
            found = self._resting.pop() if self._resting else None
        for old in stale:
            old.session.close()
        return found.session if found is not None else None

    def _fresh(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = self._ca_file or True
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _ThinLineAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


class _SendsSlowly(HTTPConnection):
    """Gives a body the time that a thin line needs; urllib3 would give it the time to connect."""

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(SENDING_SECONDS)
        super().send(data)


class _SendsSlowlyInSecret(_SendsSlowly, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _SendsSlowly


class _SecretPool(HTTPSConnectionPool):
    ConnectionCls = _SendsSlowlyInSecret


class _ThinLineAdapter(HTTPAdapter):
    """Opens connections that know how thin the line may be."""

    def init_poolmanager(self, *sizes: Any, **given: Any) -> None:
        options = [
            *HTTPConnection.default_socket_options,
            (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES),
        ]
        super().init_poolmanager(*sizes, socket_options=options, **given)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecretPool}
