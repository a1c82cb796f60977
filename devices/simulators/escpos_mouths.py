"""
Where a simulated receipt printer is plugged in: a TCP port, or a pseudo-terminal that stands for
a serial port or for the character device of a USB printer.
"""

import os
import select
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Literal, Protocol

from devices.protocols.escpos_stream import Item, StreamParser
from devices.simulators.pty_port import PtyPort

_POLL_SECONDS = 0.02


class BackChannel(Protocol):
    """The way back to whoever sent a command."""

    def sendall(self, data: bytes, /) -> None:
        """Send; raises OSError when nobody listens any more."""
        ...


Hear = Callable[[Item, BackChannel], None]


class Mouth(Protocol):
    """Takes bytes for the printer while it is open."""

    @property
    def address(self) -> str:
        """What a driver is given; stays the same from one opening to the next."""
        ...

    def open(self, hear: Hear) -> None:
        """Take bytes from now on and tell *hear* what they mean."""
        ...

    def close(self) -> None:
        """Break whatever connection there is."""
        ...


class TcpMouth:
    """A raw port on loopback; port 0 takes a free one.

    With *one_at_a_time* a second connection waits until the first has ended, as most printers
    have it.
    """

    def __init__(self, port: int = 0, *, one_at_a_time: bool = False) -> None:
        self._port = port
        self._turn = threading.Lock() if one_at_a_time else nullcontext()
        self._server: _Server | None = None

    @property
    def address(self) -> str:
        """Where the printer listens."""
        return f"tcp://127.0.0.1:{self._port}"

    def open(self, hear: Hear) -> None:
        """Listen, under the same address as before."""
        self._server = _Server(self._port, hear, self._turn)
        self._port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="escpos", daemon=True
        ).start()

    def close(self) -> None:
        """Hang up and stop listening."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            server.hang_up()


class PtyMouth:
    """A pseudo-terminal behind a link that always leads to the present one.

    `hold` stops taking bytes, as a printer with a full buffer does by its CTS line;
    `pull_after` breaks the cable behind so many more bytes.
    """

    def __init__(self, scheme: Literal["serial", "usb"], link: Path | None = None) -> None:
        self._scheme = scheme
        self._port = PtyPort(link)
        self._taking = threading.Event()
        self._taking.set()
        self._ending = threading.Event()
        self._until_break: int | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """The port or device with its scheme."""
        return f"{self._scheme}:{self._port.link}"

    def open(self, hear: Hear) -> None:
        """Plug in; the link leads to a new pseudo-terminal."""
        near = self._port.plug()
        self._ending.clear()
        self._thread = threading.Thread(
            target=self._serve, args=(near, hear), name="escpos", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Pull the cable."""
        self._ending.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2)
        self._port.remove()

    def hold(self) -> None:
        """Take no more bytes."""
        self._taking.clear()

    def release(self) -> None:
        """Take bytes again."""
        self._taking.set()

    def pull_after(self, count: int) -> None:
        """Break the cable once, behind so many more bytes; they still arrive."""
        self._until_break = count

    def _serve(self, near: int, hear: Hear) -> None:
        parser, back = StreamParser(), _PtyBack(near)
        while not self._ending.is_set():
            ready, _, _ = select.select([near], [], [], _POLL_SECONDS)
            if not ready or not self._taking.wait(_POLL_SECONDS):
                continue
            most = 4096 if self._until_break is None else min(4096, self._until_break)
            data = os.read(near, most) if most else b""
            for item in parser.feed(data):
                hear(item, back)
            if self._until_break is not None:
                self._until_break -= len(data)
                if not self._until_break:
                    self._until_break = None
                    break
        back.gone = True
        self._port.pull()


class _PtyBack:
    def __init__(self, near: int) -> None:
        self._near = near
        self.gone = False

    def sendall(self, data: bytes, /) -> None:
        if self.gone:
            raise BrokenPipeError
        os.write(self._near, data)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, hear: Hear, turn: AbstractContextManager[object]) -> None:
        self._peers: set[socket.socket] = set()
        peers = self._peers

        class Session(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                peers.add(self.request)
                parser = StreamParser()
                with turn:
                    while data := _received(self.request):
                        for item in parser.feed(data):
                            hear(item, self.request)
                peers.discard(self.request)

        super().__init__(("127.0.0.1", port), Session)

    def hang_up(self) -> None:
        """Break the connections that are open, as a printer without power does."""
        for peer in list(self._peers):
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(4096)
    except OSError:
        return b""
