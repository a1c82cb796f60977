"""
A line between terminal and server that can be as bad as a village's: slow, far, counted, cut.

`thin_line(far_port)` listens on a loopback port and passes every connection on. Each direction has
one rate for all connections, as a real line has; the way there and back takes `rtt_seconds`, and a
new connection costs one such way before its first byte. `LostAt` names the moment of a failure: the
request never leaves, or it arrives and its answer is lost.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

SEGMENT_BYTES = 1400
SEGMENT_OVERHEAD_BYTES = 92
"""IP and TCP headers of a segment, and of the acknowledgement that it brings about."""
CONNECTION_OVERHEAD_BYTES = 360
"""Opening and closing: seven segments without content."""
VILLAGE_BYTES_PER_SECOND = 64_000 / 8
VILLAGE_RTT_SECONDS = 0.8


class LostAt(Enum):
    """What a line that is about to die still carries of a request."""

    REQUEST = "the request never leaves"
    ANSWER = "the request arrives, its answer does not"


@dataclass(frozen=True, slots=True)
class Carried:
    """What went over the line: content of TCP in both directions, segments, connections."""

    up_bytes: int = 0
    down_bytes: int = 0
    segments: int = 0
    connections: int = 0

    @property
    def content_bytes(self) -> int:
        """Request and answer bytes with all of their headers."""
        return self.up_bytes + self.down_bytes

    @property
    def wire_bytes(self) -> int:
        """The same with what IP and TCP add."""
        framing = self.segments * SEGMENT_OVERHEAD_BYTES
        return self.content_bytes + framing + self.connections * CONNECTION_OVERHEAD_BYTES

    def since(self, earlier: "Carried") -> "Carried":
        """What was carried after *earlier*."""
        return Carried(
            self.up_bytes - earlier.up_bytes,
            self.down_bytes - earlier.down_bytes,
            self.segments - earlier.segments,
            self.connections - earlier.connections,
        )


@dataclass
class ThinLine:
    """The line as a test holds it; its attributes may be changed at any time."""

    far_port: int = 0
    bytes_per_second: float = float("inf")
    rtt_seconds: float = 0.0
    port: int = 0
    cut: bool = False
    """Connections are refused and those that stood are gone."""
    refused: int = 0
    seen: dict[bytes, Carried] = field(default_factory=dict)
    """What had been carried when a request that `watch_for` named came for the first time."""
    _lost: list[tuple[bytes, LostAt]] = field(default_factory=list)
    _awaited: set[bytes] = field(default_factory=set)
    _carried: Carried = field(default_factory=Carried)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def origin(self) -> str:
        """The address that the terminal knows the server by."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def carried(self) -> Carried:
        """Everything that was carried until now."""
        with self._counting:
            return self._carried

    def as_in_a_village(self) -> None:
        """64 kbit/s and 800 ms from now on."""
        self.bytes_per_second, self.rtt_seconds = VILLAGE_BYTES_PER_SECOND, VILLAGE_RTT_SECONDS

    def as_on_this_machine(self) -> None:
        """As fast as loopback is from now on."""
        self.bytes_per_second, self.rtt_seconds = float("inf"), 0.0

    def lose(self, *requests: bytes, at: LostAt) -> None:
        """Die once at each of *requests*, named by how they begin (`b"POST /kiosk/end"`)."""
        self._lost += [(request, at) for request in requests]

    def watch_for(self, *requests: bytes) -> None:
        """Note how much was carried before the next request that begins so."""
        self.seen.clear()
        self._awaited = set(requests)

    def notice(self, data: bytes) -> None:
        """Look whether a request that is sent is one that is watched for."""
        for awaited in [each for each in self._awaited if data.startswith(each)]:
            self._awaited.discard(awaited)
            self.seen[awaited] = self.carried

    def mend(self) -> None:
        """Carry everything again, until the next death that was asked for."""
        self.cut = False

    def dies_with(self, data: bytes) -> LostAt | None:
        """Whether the line dies with this request; it is cut from then on."""
        for lost in self._lost:
            if data.startswith(lost[0]):
                self._lost.remove(lost)
                self.cut = True
                return lost[1]
        return None

    def count(self, *, up: int = 0, down: int = 0, connections: int = 0) -> None:
        """Add to what was carried."""
        segments = -(-(up + down) // SEGMENT_BYTES)
        with self._counting:
            before = self._carried
            self._carried = Carried(
                before.up_bytes + up,
                before.down_bytes + down,
                before.segments + segments,
                before.connections + connections,
            )


class _Way:
    """One direction: what is sent waits for what was sent before it on any connection."""

    def __init__(self, line: ThinLine) -> None:
        self._line = line
        self._free_at = 0.0

    def sent_at(self, size: int, now: float) -> float:
        """When the last byte of *size* has left; it arrives half a round trip later."""
        self._free_at = max(now, self._free_at) + size / self._line.bytes_per_second
        return self._free_at


class _Connection:
    """One connection of the terminal and its continuation to the server."""

    def __init__(self, line: ThinLine, up: _Way, down: _Way) -> None:
        self._line = line
        self._up, self._down = up, down
        self._answer_lost = False

    async def carry(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        if self._line.cut:
            self._line.refused += 1
            to_near.transport.abort()
            return
        self._line.count(connections=1)
        await asyncio.sleep(self._line.rtt_seconds)
        far, to_far = await asyncio.open_connection("127.0.0.1", self._line.far_port)
        watch = asyncio.create_task(self._watch(to_near, to_far))
        try:
            await asyncio.gather(
                self._pump(near, to_far, self._up, lambda size: self._line.count(up=size)),
                self._pump(far, to_near, self._down, lambda size: self._line.count(down=size)),
            )
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            watch.cancel()
            for end in (to_near, to_far):
                end.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        way: _Way,
        count: Callable[[int], None],
    ) -> None:
        travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(_arrive(travelling, sink))
        clock = asyncio.get_running_loop().time
        try:
            while data := await source.read(SEGMENT_BYTES):
                self._look_at(way, data)
                count(len(data))
                sent_at = way.sent_at(len(data), clock())
                await asyncio.sleep(sent_at - clock())
                travelling.put_nowait((sent_at + self._line.rtt_seconds / 2, data))
            travelling.put_nowait((clock() + self._line.rtt_seconds / 2, b""))
            await arriving
        finally:
            arriving.cancel()

    def _look_at(self, way: _Way, data: bytes) -> None:
        if way is self._up:
            self._line.notice(data)
            died = self._line.dies_with(data)
            if died is LostAt.REQUEST:
                raise ConnectionResetError
            self._answer_lost = self._answer_lost or died is LostAt.ANSWER
        elif self._answer_lost:
            raise ConnectionResetError

    async def _watch(self, *ends: asyncio.StreamWriter) -> None:
        """End the connection when the line is cut, unless it still owes the server a request."""
        while not self._line.cut or self._answer_lost:
            await asyncio.sleep(0.01)
        for end in ends:
            end.transport.abort()


async def _arrive(
    travelling: "asyncio.Queue[tuple[float, bytes]]", sink: asyncio.StreamWriter
) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        arrives_at, data = await travelling.get()
        await asyncio.sleep(arrives_at - clock())
        if not data:
            break
        sink.write(data)
        await sink.drain()
    if sink.can_write_eof():
        with suppress(OSError):
            sink.write_eof()


@contextmanager
def thin_line(far_port: int = 0) -> Iterator[ThinLine]:
    """Lend a line to *far_port* for the length of the block; it begins as fast as loopback."""
    line, loop = ThinLine(far_port), asyncio.new_event_loop()
    up, down = _Way(line), _Way(line)

    async def carry(near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await _Connection(line, up, down).carry(near, to_near)

    # In its own thread from the start: a browser's driver may run a loop in ours.
    thread = threading.Thread(target=loop.run_forever, name="thin line", daemon=True)
    thread.start()
    listening = asyncio.start_server(carry, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result(5)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
