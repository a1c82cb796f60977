"""The line to the server: one signed request, one answer, and whether the line lives.

Nothing of one person's visit may reach the next: no cookies are kept, no redirects followed, and
no proxy, password or certificate is taken from the environment.
"""

import io
import json
from collections.abc import Callable, Mapping

import requests
from urllib3.exceptions import HTTPError

from devices.agent.clock import SERVER_TIME_HEADER, ServerClock
from devices.agent.connections import KeptConnections
from devices.agent.signing import Signer
from devices.host.ports import LineDead, Reply

CONNECT_TIMEOUT_SECONDS = 5.0
"""TCP tries at 0, 1 and 3 s: with 800 ms there and back the third can still be answered."""
ANSWER_TIMEOUT_SECONDS = 20.0
"""Without a byte, once all is sent: the slowest source takes 8 s, a slow line four more."""
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
_LARGE_BODY_BYTES = 64 * 1024
_GATEWAY_FAULTS = frozenset({502, 503, 504})
# Repeating these is safe when a kept connection turns out to have died; an order is not repeated
# here, for nobody could say whether it had arrived.
_REPEATABLE = frozenset({"GET", "HEAD"})


class ServerLine:
    """Sends signed requests; any thread may call. `signer` is None before enrolment."""

    def __init__(
        self,
        origin: str,
        signer: Signer | None,
        clock: ServerClock,
        *,
        ca_file: str | None = None,
        told: Callable[[bool], None] = lambda _alive: None,
    ) -> None:
        self._origin = origin
        self._signer = signer
        self._clock = clock
        self._told = told
        self._connections = KeptConnections(ca_file)

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        """Sign and send one request; heals the clock and tries once more on `clock_skew`.

        *target* is path and query. A gateway's own 502, 503 or 504 counts as a dead line, the
        server's (which carries Kiosk-Server-Time) as an answer.
        """
        outcome = self._attempt(method, target, headers, body)
        if isinstance(outcome, Reply) and self._dated_wrongly(outcome):
            outcome = self._attempt(method, target, headers, body)
        self._told(isinstance(outcome, Reply))
        return outcome

    def _dated_wrongly(self, reply: Reply) -> bool:
        """Whether a request was refused for our clock, which is right from now on."""
        if reply.status != 401:
            return False
        said = reply.header(SERVER_TIME_HEADER)
        # To a page's request the refusal is a page, which names no code: there the time speaks.
        skewed = problem_code(reply) == "clock_skew" or self._clock.strays_from(said)
        return skewed and self._clock.heal(said)

    def close(self) -> None:
        """Let go of all kept connections."""
        self._connections.close()

    def _attempt(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | LineDead:
        outcome = self._exchange(method, target, headers, body)
        if (
            method in _REPEATABLE
            and isinstance(outcome, LineDead)
            and outcome.detail == "ConnectionError"
        ):
            outcome = self._exchange(method, target, headers, body)
        return outcome

    def _exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply | LineDead:
        # Sent piece by piece, each has the time for sending: a document of some megabytes needs
        # more than that on a thin line.
        data = io.BytesIO(body) if len(body) > _LARGE_BODY_BYTES else body or None
        request = requests.Request(
            method, self._origin + target, headers=dict(headers), data=data
        ).prepare()
        if self._signer is not None and request.url is not None:
            request.headers.update(self._signer.headers(method, request.url, body))
        try:
            with (
                self._connections.borrow() as session,
                session.send(
                    request,
                    stream=True,
                    allow_redirects=False,
                    timeout=(CONNECT_TIMEOUT_SECONDS, ANSWER_TIMEOUT_SECONDS),
                ) as response,
            ):
                return _reply(response)
        except (requests.RequestException, HTTPError, OSError) as fault:
            return LineDead(type(fault).__name__)


def problem_code(reply: Reply) -> str:
    """The stable code of a problem+json answer (RFC 9457), or http_<status> without one."""
    if (reply.header("Content-Type") or "").partition(";")[0].strip() == "application/problem+json":
        try:
            found = json.loads(reply.body)
        except ValueError:
            found = None
        if isinstance(found, dict) and isinstance(found.get("code"), str):
            return str(found["code"])
    return f"http_{reply.status}"


def _reply(response: requests.Response) -> Reply | LineDead:
    body = response.raw.read(LARGEST_ANSWER_BYTES + 1, decode_content=False)
    if len(body) > LARGEST_ANSWER_BYTES:
        return LineDead("answer too large")
    # Not response.headers: that folds several Set-Cookie lines into one.
    headers = tuple((str(name), str(value)) for name, value in response.raw.headers.iteritems())
    reply = Reply(response.status_code, headers, body)
    if reply.status in _GATEWAY_FAULTS and reply.header(SERVER_TIME_HEADER) is None:
        return LineDead(f"gateway {reply.status}")
    return reply
