"""A large body on a thin line goes out piece by piece, and is not taken for a dead line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devices.agent import connections
from devices.agent.clock import ServerClock
from devices.agent.line import ServerLine
from devices.host.ports import Reply

# Far more than the buffers of both ends hold.
BODY = bytes(3_000_000)
_SENDING_SECONDS = 0.25
_SIP_BYTES = 64 * 1024


@contextmanager
def thin_server(got: list[int]) -> Iterator[str]:
    """A server that reads so slowly that the whole body takes longer than sending may."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1024)
            count = len(head.partition(b"\r\n\r\n")[2])
            while count < len(BODY):
                threading.Event().wait(0.01)
                portion = connection.recv(_SIP_BYTES)
                if not portion:
                    break
                count += len(portion)
            got.append(count)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(10)
    listener.close()


def test_a_slow_send_is_no_dead_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece has the time that the whole would otherwise have to do with."""
    monkeypatch.setattr(connections, "SENDING_SECONDS", _SENDING_SECONDS)
    got: list[int] = []
    with thin_server(got) as origin:
        line = ServerLine(origin, None, ServerClock())
        outcome = line.send("POST", "/api/terminal/v1/captures", headers={}, body=BODY)
        line.close()

    assert isinstance(outcome, Reply)
    assert (outcome.status, got) == (200, [len(BODY)])
