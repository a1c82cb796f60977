"""The line of a fleet: connections that are kept, one for each thread, as a proxy keeps them."""

import http.client
import threading
import time

from tests.fleet.terminal import Answer, Request, Tally, answer_of

TRUSTED_SECONDS = 8.0
TIMEOUT_SECONDS = 60.0
NO_ANSWER = 599


class KeptLine:
    """Sends requests to one port of this machine; any thread may call. Counts what each took."""

    def __init__(self, port: int, tally: Tally) -> None:
        self._port = port
        self._tally = tally
        self._own = threading.local()

    def send(self, request: Request) -> Answer:
        """Send a request and return its answer; `NO_ANSWER` stands for none at all."""
        connection = self._connection()
        started = time.perf_counter()
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            reply = connection.getresponse()
            answer = answer_of(reply.status, dict(reply.getheaders()), reply.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            return Answer(NO_ANSWER, None, b"")
        finally:
            self._own.used = time.monotonic()
        with self._tally.lock:
            self._tally.seconds.append(time.perf_counter() - started)
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is None:
            kept = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
            self._own.connection = kept
        elif time.monotonic() - self._own.used > TRUSTED_SECONDS:
            # The server closes what was quiet for 15 s: opened anew with the next request.
            kept.close()
        return kept
