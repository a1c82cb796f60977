"""
A gate on a wire that holds still at a byte: neither end is told, and nothing more passes.

Whoever waits at a held wire can be killed there: after it has sent its request and before the other
end has it (`Held.REQUEST`), or after the other end acted and before its answer is back
(`Held.ANSWER`). Connections that come later pass.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

_PORTION_BYTES = 65_536
_POLL_SECONDS = 0.02


class Held(Enum):
    """What of an exchange does not pass."""

    REQUEST = "request"
    ANSWER = "answer"


class Gate:
    """One wire's gate; `port` is where it is asked, on loopback."""

    def __init__(self, far_port: int) -> None:
        self.far_port = far_port
        self.port = 0
        self.reached = threading.Event()
        self._lock = threading.Lock()
        self._waits_for: tuple[bytes, Held] | None = None

    def hold_at(self, mark: bytes, what: Held) -> None:
        """Hold the next exchange whose request has *mark* in it; `reached` is set when it is
        there: for an answer, once the far end has begun to give it."""
        self.reached.clear()
        self._waits_for = (mark, what)

    def carry(self, near: socket.socket) -> None:
        """Carry one connection until either end has had enough."""
        with socket.create_connection(("127.0.0.1", self.far_port)) as far:
            held = threading.Event()
            back = threading.Thread(target=self._back, args=(far, near, held), daemon=True)
            back.start()
            with suppress(OSError):
                while data := near.recv(_PORTION_BYTES):
                    what = self._found(data)
                    if what is Held.REQUEST:
                        self.reached.set()
                        _until_gone(near)
                        break
                    if what is Held.ANSWER:
                        held.set()
                    far.sendall(data)
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)
            back.join()

    def _back(self, far: socket.socket, near: socket.socket, held: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(_PORTION_BYTES):
                if held.is_set():
                    self.reached.set()
                    return
                near.sendall(data)
        if not held.is_set():
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)

    def _found(self, data: bytes) -> Held | None:
        with self._lock:
            if self._waits_for is None or self._waits_for[0] not in data:
                return None
            what, self._waits_for = self._waits_for[1], None
            return what


def _until_gone(near: socket.socket) -> None:
    while near.recv(_PORTION_BYTES):
        pass


@contextmanager
def gate(far_port: int) -> Iterator[Gate]:
    """Set a gate before *far_port* for the length of the block."""
    found = Gate(far_port)

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                found.carry(self.request)

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Listener(("127.0.0.1", 0), Connection) as listener:
        found.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            listener.shutdown()
            thread.join()
