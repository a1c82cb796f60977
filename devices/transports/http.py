"""
HTTP POST of one IPP message and the document behind it (RFC 8010 §4).
"""

import http.client
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from devices.transports.line import LineLost

_DEFAULT_PORT = 631
_LARGEST_ANSWER = 1 << 20


class PeerSilent(Exception):
    """The request went out, at least in part, and no whole answer came back."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status code and body."""

    status: int
    body: bytes


class IppOverHttp:
    """One printer's address; each `post` is a connection of its own.

    `ipp:` and `http:` are plain, `ipps:` and `https:` use TLS.
    """

    def __init__(
        self, uri: str, *, connect_seconds: float = 3.0, answer_seconds: float = 10.0
    ) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in ("ipp", "ipps", "http", "https") or not parts.hostname:
            raise ValueError("a printer's address looks like ipp://host:631/ipp/print")
        self.uri = uri
        self._secure = parts.scheme in ("ipps", "https")
        self._host = parts.hostname
        self._port = parts.port or _DEFAULT_PORT
        self._path = parts.path or "/"
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds

    def post(self, parts: Iterable[bytes]) -> HttpAnswer:
        """Send the parts as one body and return the answer.

        Raises `LineLost` while certainly nothing was sent, and `PeerSilent` after that.
        """
        body = b"".join(parts)
        connection = self._connect()
        try:
            connection.request("POST", self._path, body, {"Content-Type": "application/ipp"})
            answer = connection.getresponse()
            return HttpAnswer(answer.status, answer.read(_LARGEST_ANSWER))
        except (OSError, http.client.HTTPException) as fault:
            raise PeerSilent(type(fault).__name__) from fault
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        maker = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = maker(self._host, self._port, timeout=self._connect_seconds)
        try:
            connection.connect()
        except OSError as fault:
            raise LineLost(type(fault).__name__) from fault
        if isinstance(connection.sock, socket.socket):
            connection.sock.settimeout(self._answer_seconds)
        return connection
