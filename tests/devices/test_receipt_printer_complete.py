"""The receipt printer to the end: void halves, slow paper, one connection, no Chinese font."""

import socket
from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from devices.contracts.slip import Code, Gap, Qr, Row, Slip, Text
from devices.contracts.states import Condition, Trouble
from devices.drivers.escpos_printer import (
    DONE_SECONDS,
    SLOWEST_MM_PER_SECOND,
    EscposPrinter,
    over_address,
)
from devices.protocols import escpos
from devices.protocols.slip_layout import Native, lay_out, live_dots
from devices.simulators.escpos_mouths import TcpMouth
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.transports.line import LineLost
from devices.transports.scripted import ScriptedLine, VirtualClock
from devices.transports.tcp_socket import TcpSocket

ADDRESS = "https://example.invalid/v/abcdef?m=0123456789"
SLIP = Slip((Text("凭条"), Row("办理人", "测试·古丽"), Qr(ADDRESS, 30), Code("A-0042")))
VOID = escpos.text("作废")
Answer = Callable[[bytes], bytes]


class Far:
    """The far end of a line in virtual time: how the printer is, and when it is done."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.line = ScriptedLine([self.answer] * 100_000, self.clock)
        self.printer = EscposPrinter(self.line, clock=self.clock)
        self.done_after: float | None = 0.0
        self.trouble_after: tuple[float, Trouble] | None = None
        self._sent_at: float | None = None

    def answer(self, data: bytes) -> bytes:
        """What comes back for what was sent."""
        now = self.clock.monotonic()
        if data.endswith(escpos.ASK_WHEN_DONE):
            self._sent_at = now
            return b"\x00" if self.done_after == 0 else b""
        if not data.startswith(b"\x10\x04"):
            return b""
        waited = 0.0 if self._sent_at is None else now - self._sent_at
        state = bytes([escpos.encode_state(data[2], self._troubles(waited))])
        if self.done_after and waited >= self.done_after:
            return b"\x00" + state
        return state

    def print(self) -> tuple[PrintOutcome, bytes]:
        """Print the slip, and return what was sent for it."""
        self.line.written.clear()
        self._sent_at = None
        return self.printer.print(SLIP), b"".join(self.line.written)

    def _troubles(self, waited: float) -> set[Trouble]:
        if self.trouble_after is None or waited < self.trouble_after[0]:
            return set()
        return {self.trouble_after[1]}


@pytest.mark.parametrize(
    "trouble", [Trouble.PAPER_OUT, Trouble.COVER_OPEN, Trouble.CUTTER, Trouble.OVERHEATED]
)
def test_trouble_within_a_slip_is_named_at_once_and_the_half_is_void(trouble: Trouble) -> None:
    """What stops a slip in its middle ends it, its rest is forgotten, and the half says so."""
    far = Far()
    far.done_after, far.trouble_after = None, (2.0, trouble)
    outcome, sent = far.print()

    assert outcome == NotPrinted(trouble, "while_printing")
    assert sent.endswith(escpos.CLEAR_BUFFER + b"".join(map(escpos.ask_state, (1, 2, 3, 4))))
    assert far.clock.monotonic() < 6

    far.done_after, far.trouble_after = 0.0, None
    outcome, sent = far.print()

    assert outcome == Printed()
    head, _, slip = sent.partition(VOID)
    assert escpos.text("凭条") not in head
    assert slip.index(escpos.FEED_AND_CUT) < slip.index(escpos.text("凭条"))

    assert VOID not in far.print()[1]


def test_a_slip_that_may_be_whole_is_not_called_void() -> None:
    """Nobody knows of a slip without a last word; it is parted from the next one, no more."""
    far = Far()
    far.done_after = None
    assert far.print()[0] == PrintUnknown("never_done")

    far.done_after = 0.0
    outcome, sent = far.print()

    assert outcome == Printed()
    assert VOID not in sent
    assert sent.index(escpos.FEED_AND_CUT) < sent.index(escpos.text("凭条"))


def test_what_hung_there_before_the_start_is_nobody_s_head() -> None:
    """A host that was killed over a slip begins by parting it from the next person's."""
    far = Far()

    first, second = far.print()[1], far.print()[1]

    assert first.index(escpos.FEED_AND_CUT) < first.index(escpos.text("凭条"))
    assert second.index(escpos.FEED_AND_CUT) > second.index(escpos.text("凭条"))


def test_slow_paper_is_waited_for_while_the_printer_answers() -> None:
    """A long slip on a slow printer is printed, not unknown; a silent printer gains no time."""
    far = Far()
    long = Slip(tuple(Text("凭条", size=3) for _ in range(30)))
    feeding_seconds = 30 * 3 * 34 / 8 / SLOWEST_MM_PER_SECOND
    far.done_after = DONE_SECONDS + feeding_seconds - 2

    assert far.printer.print(long) == Printed()

    far.done_after = DONE_SECONDS + feeding_seconds + 2

    assert far.printer.print(long) == PrintUnknown("never_done")


def test_a_printer_of_one_connection_serves_one_after_another() -> None:
    """While another has the line the printer counts as away; then it answers and prints."""
    machine = EscposPrinterSimulator(mouth=TcpMouth(one_at_a_time=True), mm_per_second=10_000)
    machine.start()
    host, _, port = machine.address.removeprefix("tcp://").partition(":")
    printer = over_address(machine.address)
    with socket.create_connection((host, int(port))) as other:
        other.sendall(escpos.ask_state(1))
        assert other.recv(1)

        assert printer.status().condition is Condition.ABSENT

    assert printer.status().condition is Condition.READY
    for _ in range(3):
        assert printer.print(SLIP) == Printed()
        assert printer.status().condition is Condition.READY
    machine.stop()


class SlowSocket:
    """Takes a hundred bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def settimeout(self, seconds: float) -> None:
        assert seconds == 5.0

    def setsockopt(self, *_: object) -> None:
        pass

    def send(self, data: bytes) -> int:
        self.taken += data[:100]
        return min(100, len(data))


def test_a_printer_that_takes_little_at_a_time_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patience of a connection is for each piece that is taken, not for all of a slip."""
    slow = SlowSocket()
    monkeypatch.setattr(socket, "create_connection", lambda *_: slow)
    line = TcpSocket("printer.invalid", 9100)
    line.open()
    line.write(bytes(range(256)) * 20)

    assert slow.taken == bytes(range(256)) * 20


def test_what_a_printer_has_not_taken_never_follows() -> None:
    """A connection that is given up takes the rest of its slip with it."""
    with socket.create_server(("127.0.0.1", 0)) as printer:
        port: int = printer.getsockname()[1]
        line = TcpSocket("127.0.0.1", port, stall_seconds=0.1)
        line.open()
        peer, _ = printer.accept()
        with peer:
            with pytest.raises(LineLost):
                line.write(bytes(64 << 20))
            line.close()
            with pytest.raises(ConnectionResetError):
                _read_to_the_end(peer)


def _read_to_the_end(peer: socket.socket) -> None:
    while peer.recv(1 << 20):
        pass


@pytest.mark.parametrize("size_mm", [15, 30, 60])
@pytest.mark.parametrize("width_mm", [58, 80])
def test_a_code_is_read_from_either_paper(width_mm: int, size_mm: int) -> None:
    """However large it was wished, a code fits the paper and leads where it should."""
    machine = EscposPrinterSimulator(width_mm=width_mm, mm_per_second=1_000_000)
    machine.start()
    printer = over_address(machine.address, width_mm=width_mm)

    assert printer.print(Slip((Qr(ADDRESS, size_mm), Gap(2)), width_mm)) == Printed()
    machine.stop()
    with Image.open(BytesIO(machine.slips[-1])) as drawn:
        [code] = zxingcpp.read_barcodes(drawn)
    assert code.text == ADDRESS
    assert code.position.top_right.x - code.position.top_left.x < live_dots(width_mm)


@pytest.mark.parametrize("width_mm", [58, 80])
def test_a_printer_without_chinese_is_sent_ascii_and_pictures(width_mm: int) -> None:
    """Nothing is left to a font that the printer may not have."""
    slip = Slip((*SLIP.blocks, Text("plain", lang="en"), Text("باھا", lang="ug")), width_mm)
    natively = [part.data for part in lay_out(slip, chinese=False) if isinstance(part, Native)]
    machine = EscposPrinterSimulator(width_mm=width_mm, mm_per_second=1_000_000)
    machine.start()
    printer = over_address(machine.address, width_mm=width_mm, chinese=False)

    assert all(each < 0x80 for each in b"".join(natively))
    assert printer.print(slip) == Printed()
    machine.stop()
    assert machine.state()["unknown_bytes"] == 0
    with Image.open(BytesIO(machine.slips[-1])) as drawn:
        assert [code.text for code in zxingcpp.read_barcodes(drawn)] == [ADDRESS]
