"""The receipt printer's contract: the ESC/POS driver over the simulated printer on a socket."""

import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintUnknown
from devices.contracts.slip import Code, Gap, Qr, Row, Rule, Slip, Text
from devices.contracts.states import Condition, Trouble
from devices.drivers.escpos_printer import EscposPrinter, compose, over_address
from devices.drivers.typefaces import Typefaces
from devices.protocols.escpos import ASK_WHEN_DONE
from devices.protocols.escpos_stream import Command, Item
from devices.simulators.escpos_mouths import BackChannel, Mouth, PtyMouth, TcpMouth
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.transports.scripted import ScriptedLine, VirtualClock

_PATIENCE_SECONDS = 60.0
ADDRESS = "https://example.invalid/v/abcdef?m=0123456789"
SLIP = Slip(
    (
        Text("凭条", 2, True, "center"),
        Rule(),
        Row("办理人", "阿依古丽·测试"),
        Row("姓名", "测试𬭩"),
        Code("A-0042"),
        Qr(ADDRESS, 30),
        Text("باھا بېرىڭ", lang="ug"),
        Gap(5),
    )
)


MOUTHS: dict[str, Callable[[], Mouth]] = {
    "tcp": TcpMouth,
    "serial": lambda: PtyMouth("serial"),
    "usb": lambda: PtyMouth("usb"),
}


@pytest.fixture(params=list(MOUTHS))
def machine(request: pytest.FixtureRequest) -> Iterator[EscposPrinterSimulator]:
    """A simulated receipt printer on each kind of line, faster than any real one."""
    simulator = EscposPrinterSimulator(mouth=MOUTHS[request.param](), mm_per_second=10_000)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def printer(machine: EscposPrinterSimulator) -> EscposPrinter:
    """The driver of that printer."""
    return over_address(machine.address)


def test_a_slip_comes_out(machine: EscposPrinterSimulator, printer: EscposPrinter) -> None:
    """One slip is printed and cut, and nothing in it was unknown to the printer."""
    assert printer.print(SLIP) == Printed()
    assert len(machine.slips) == 1
    assert machine.state()["unknown_bytes"] == 0
    assert printer.status().condition is Condition.READY


def test_the_code_on_a_slip_can_be_scanned(
    machine: EscposPrinterSimulator, printer: EscposPrinter
) -> None:
    """The QR code that comes out leads where it should and is about as large as asked for."""
    printer.print(SLIP)
    with Image.open(BytesIO(machine.slips[-1])) as drawn:
        [code] = zxingcpp.read_barcodes(drawn)

    assert code.text == ADDRESS
    across_mm = (code.position.top_right.x - code.position.top_left.x) / 8
    assert 24 <= across_mm <= 33


MISFORTUNES = [
    ("take_paper", "load_paper", Trouble.PAPER_OUT, Condition.NEEDS_ATTENTION),
    ("open_cover", "close_cover", Trouble.COVER_OPEN, Condition.NEEDS_ATTENTION),
    ("break_cutter", "mend_cutter", Trouble.CUTTER, Condition.FAULT),
    ("overheat", "cool_down", Trouble.OVERHEATED, Condition.NEEDS_ATTENTION),
    ("switch_off", "switch_on", Trouble.OFFLINE, Condition.ABSENT),
]


@pytest.mark.parametrize(("cause", "cure", "trouble", "condition"), MISFORTUNES)
def test_a_misfortune_is_named_and_cured(
    machine: EscposPrinterSimulator,
    printer: EscposPrinter,
    cause: str,
    cure: str,
    trouble: Trouble,
    condition: Condition,
) -> None:
    """A slip refused for a reason says it, and prints once that is cured."""
    machine.verbs[cause]()
    outcome = printer.print(SLIP)

    assert isinstance(outcome, NotPrinted)
    assert outcome.trouble is trouble
    assert printer.status().condition is condition

    machine.verbs[cure]()

    assert printer.print(SLIP) == Printed()
    assert printer.status().condition is Condition.READY


def test_paper_may_run_out_within_a_slip(
    machine: EscposPrinterSimulator, printer: EscposPrinter
) -> None:
    """Half a slip is not printed, its rest never follows, and it is cut from the next one."""
    printer.print(SLIP)
    height = _height(machine)
    machine.verbs["load_paper"](mm=30)

    assert printer.print(SLIP) == NotPrinted(Trouble.PAPER_OUT, "while_printing")

    machine.verbs["load_paper"]()

    assert printer.print(SLIP) == Printed()
    assert _height(machine) == height
    assert len(machine.slips) == 3


def _when_all_has_come(
    machine: EscposPrinterSimulator, monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None]
) -> threading.Thread:
    """Do *deed* once the last command of a slip, the question when it is done, has come."""
    come, receive = threading.Event(), machine.receive

    def noticing(item: Item, peer: BackChannel) -> None:
        receive(item, peer)
        if isinstance(item, Command) and item.name == ASK_WHEN_DONE[:2]:
            come.set()

    def wait() -> None:
        if come.wait(_PATIENCE_SECONDS):
            deed()

    machine.switch_off()
    monkeypatch.setattr(machine, "receive", noticing)
    machine.switch_on()
    waiting = threading.Thread(target=wait)
    waiting.start()
    return waiting


def test_power_lost_within_a_slip_leaves_it_open(
    machine: EscposPrinterSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A printer switched off before it answered leaves the outcome unknown, then prints again."""
    machine.verbs["set_pace"](mm_per_second=20)
    printer = over_address(machine.address)
    switched = _when_all_has_come(machine, monkeypatch, machine.switch_off)

    assert printer.print(SLIP) == PrintUnknown("line_lost")

    switched.join()
    machine.verbs["set_pace"](mm_per_second=10_000)
    machine.switch_on()

    assert printer.print(SLIP) == Printed()


def test_paper_that_runs_low_is_told_and_prints(
    machine: EscposPrinterSimulator, printer: EscposPrinter
) -> None:
    """Near the end of the roll slips still come out."""
    machine.verbs["load_paper"](mm=1000)

    assert printer.status().troubles == (Trouble.PAPER_LOW,)
    assert printer.print(SLIP) == Printed()


def test_a_character_in_no_font_stops_the_slip(machine: EscposPrinterSimulator) -> None:
    """A slip that cannot be set whole is refused before anything is sent."""
    printer = over_address(machine.address)

    assert printer.print(Slip((Text("\ue000"),))) == NotPrinted(
        Trouble.NOT_SUPPORTED, "glyph_missing"
    )
    assert not machine.slips


def test_a_slip_wider_than_the_paper_is_refused(machine: EscposPrinterSimulator) -> None:
    """An 80 mm slip does not go to a 58 mm printer."""
    printer = over_address(machine.address, width_mm=58)

    assert printer.print(SLIP) == NotPrinted(Trouble.NOT_SUPPORTED, "paper_too_narrow")


READY = b"\x12"


def _scripted(*answers: bytes | Callable[[bytes], bytes]) -> tuple[EscposPrinter, VirtualClock]:
    clock = VirtualClock()
    return EscposPrinter(ScriptedLine(answers, clock), clock=clock), clock


def _portions() -> int:
    size = len(compose(SLIP, Typefaces()))
    return -(-size // 4096)


def test_a_printer_silent_after_the_last_byte_is_unknown() -> None:
    """When everything was sent and no answer comes, nobody claims to know."""
    printer, clock = _scripted(*[READY] * 4, *[b""] * (_portions() + 1))

    assert printer.print(SLIP) == PrintUnknown("silent")
    assert clock.monotonic() < 15


def test_a_printer_that_answers_but_never_finishes_is_unknown() -> None:
    """State without trouble is no proof of print: only the answer behind the slip is."""

    def state_only(data: bytes) -> bytes:
        return READY if data.startswith(b"\x10\x04") else b""

    printer, _ = _scripted(*[state_only] * 200)

    assert printer.print(SLIP) == PrintUnknown("never_done")


def test_a_cable_pulled_behind_the_last_byte_is_unknown() -> None:
    """A line that breaks while the last answer is awaited leaves the outcome open."""
    clock = VirtualClock()
    line = ScriptedLine([READY] * 4, clock)
    line.pull_after(4)

    assert EscposPrinter(line, clock=clock).print(SLIP) == PrintUnknown("line_lost")


def test_status_ends_soon_with_a_silent_printer(
    machine: EscposPrinterSimulator, printer: EscposPrinter
) -> None:
    """A printer that accepts a connection and says nothing is absent."""
    machine.verbs["fall_silent"]()
    began = time.monotonic()

    assert printer.status().condition is Condition.ABSENT
    assert time.monotonic() - began < 3


def _height(machine: EscposPrinterSimulator) -> int:
    with Image.open(BytesIO(machine.slips[-1])) as drawn:
        return drawn.height
