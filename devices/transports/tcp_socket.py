"""
A TCP connection to a device that speaks raw bytes (port 9100 printers).
"""

import socket

from devices.transports.line import LineLost


class TcpSocket:
    """One connection to host and port, made afresh by each `open`."""

    def __init__(self, host: str, port: int, *, connect_seconds: float = 3.0) -> None:
        self._address = (host, port)
        self._connect_seconds = connect_seconds
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
        """Send all of *data*; raises `LineLost` after five seconds without progress."""
        connection = self._opened()
        try:
            connection.settimeout(5.0)
            connection.sendall(data)
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
        """Hang up."""
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise LineLost("not open")
        return self._socket
