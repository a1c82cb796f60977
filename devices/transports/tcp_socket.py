"""
A TCP connection to a device that speaks raw bytes (port 9100 printers).
"""

import array
import fcntl
import socket
import struct
import termios

from devices.transports.line import LineLost


class TcpSocket:
    """One connection to host and port, made afresh by each `open`.

    `write` gives up after *stall_seconds* in which the device took nothing.
    """

    def __init__(
        self, host: str, port: int, *, connect_seconds: float = 3.0, stall_seconds: float = 5.0
    ) -> None:
        self._address = (host, port)
        self._connect_seconds = connect_seconds
        self._stall_seconds = stall_seconds
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect; raises `LineLost` if nobody listens."""
        self.close()
        try:
            self._socket = socket.create_connection(self._address, self._connect_seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as fault:
            raise LineLost("cannot connect") from fault

    def write(self, data: bytes) -> None:
        """Send all of *data*, however slowly it is taken; raises `LineLost`."""
        connection = self._opened()
        try:
            connection.settimeout(self._stall_seconds)
            sent = 0
            while sent < len(data):
                sent += connection.send(data[sent:])
        except OSError as fault:
            raise LineLost("cannot write") from fault

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Return what has come, waiting for at least one byte."""
        connection = self._opened()
        try:
            # Zero would turn the socket non-blocking, which is another kind of error.
            connection.settimeout(max(0.001, timeout_seconds))
            data = connection.recv(most)
        except TimeoutError:
            return b""
        except OSError as fault:
            raise LineLost("cannot read") from fault
        if not data:
            raise LineLost("closed by the device")
        return data

    def discard_input(self) -> None:
        """Read away what has come."""
        while self.read(4096, timeout_seconds=0.0):
            pass

    def close(self) -> None:
        """Hang up; what the device has not taken by now is dropped, and never follows later."""
        connection, self._socket = self._socket, None
        if connection is not None:
            if _untaken(connection):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise LineLost("not open")
        return self._socket


def _untaken(connection: socket.socket) -> int:
    """Return how many bytes wait in the kernel for the other end to take them."""
    count = array.array("i", [0])
    fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, count)
    return count[0]
