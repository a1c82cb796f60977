"""The receipt printer on serial and USB lines: widths, flow, broken cables, addresses."""

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintUnknown
from devices.contracts.slip import Rule, Slip, Text
from devices.contracts.states import Condition, Trouble
from devices.drivers.escpos_printer import EscposPrinter, compose, over_address
from devices.drivers.typefaces import Typefaces
from devices.protocols import escpos
from devices.protocols.escpos_stream import Item
from devices.protocols.slip_layout import live_dots
from devices.simulators.escpos_mouths import BackChannel, PtyMouth
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.transports.addresses import line_to
from devices.transports.character_device import CharacterDevice
from devices.transports.line import LineLost
from devices.transports.scripted import ScriptedLine, VirtualClock
from devices.transports.serial_port import Flow, SerialPort

SHORT = Slip((Text("凭条"), Text("باھا", lang="ug")))
RULED = Slip((Text("凭条"), Rule()), 58)
LONG = Slip(tuple(Text("باھا بېرىڭ", size=3, lang="ug") for _ in range(12)))


@contextmanager
def printing(mouth: PtyMouth, width_mm: int = 80) -> Iterator[EscposPrinterSimulator]:
    """Run a simulated printer, faster than any real one."""
    simulator = EscposPrinterSimulator(mouth=mouth, width_mm=width_mm, mm_per_second=10_000)
    simulator.start()
    try:
        yield simulator
    finally:
        mouth.release()
        simulator.stop()


@pytest.mark.parametrize("width_mm", [58, 80])
@pytest.mark.parametrize("scheme", ["serial", "usb"])
def test_a_slip_fills_the_width_of_its_paper(scheme: str, width_mm: int) -> None:
    """On 58 and on 80 mm the slip is as wide as the printer's head."""
    mouth = PtyMouth("serial" if scheme == "serial" else "usb")
    with printing(mouth, width_mm) as machine:
        printer = over_address(machine.address, width_mm=width_mm)

        assert printer.print(Slip(SHORT.blocks, width_mm)) == Printed()
        assert printer.status().details == {"width_mm": width_mm}
        with Image.open(BytesIO(machine.slips[-1])) as drawn:
            assert drawn.width >= live_dots(width_mm)
            assert drawn.width < live_dots(width_mm) + 100


@pytest.mark.parametrize("scheme", ["serial", "usb"])
def test_every_byte_value_passes_both_ways(scheme: str) -> None:
    """No byte of a raster is eaten or changed, XON, XOFF and line ends least of all."""
    near, far = os.openpty()
    path = os.ttyname(far)
    attributes = termios.tcgetattr(far)
    attributes[0] = attributes[1] = attributes[3] = 0
    termios.tcsetattr(far, termios.TCSANOW, attributes)
    line = SerialPort(path, flow=Flow.RTS_CTS) if scheme == "serial" else CharacterDevice(path)
    every = bytes(range(256))
    try:
        line.open()
        line.write(every)
        assert os.read(near, 4096) == every
        os.write(near, every)
        assert line.read(4096, timeout_seconds=1) == every
        assert not termios.tcgetattr(near)[0] & (termios.IXON | termios.IXOFF)
    finally:
        line.close()
        os.close(far)
        os.close(near)


def _stalling(scheme: str, path: str) -> EscposPrinter:
    if scheme == "serial":
        return EscposPrinter(SerialPort(path, stall_seconds=0.2))
    return EscposPrinter(CharacterDevice(path, stall_seconds=0.2))


@pytest.mark.parametrize("scheme", ["serial", "usb"])
def test_a_printer_that_takes_nothing_more_stops_the_slip(scheme: str) -> None:
    """A full buffer that never empties ends the slip as not printed; afterwards it prints."""
    mouth = PtyMouth("serial" if scheme == "serial" else "usb")
    with printing(mouth) as machine:
        printer = _stalling(scheme, machine.address.partition(":")[2])
        assert printer.print(SHORT) == Printed()
        receive = machine.receive
        states: list[Item] = []

        def hold_after_state(item: Item, back: BackChannel) -> None:
            states.append(item)
            receive(item, back)
            if len(states) == len(escpos.STATE_QUESTIONS):
                mouth.hold()

        machine.switch_off()
        mouth.open(hold_after_state)
        outcome = printer.print(LONG)
        mouth.release()
        mouth.close()
        machine.switch_on()

        assert outcome == NotPrinted(Trouble.OFFLINE, "while_sending")
        assert printer.print(SHORT) == Printed()


def _silent_after_state(data: bytes) -> bytes:
    return b"\x12" if data.startswith(b"\x10\x04") else b""


def _done_too(data: bytes) -> bytes:
    return b"\x00" if data.endswith(escpos.ASK_WHEN_DONE) else _silent_after_state(data)


def test_the_cable_may_be_pulled_at_every_byte_of_a_slip() -> None:
    """Before the cut a broken line is "not printed", from the cut on "unknown", never "printed"."""
    typefaces = Typefaces()
    asked = len(escpos.CLEAR_BUFFER) + 3 * len(escpos.STATE_QUESTIONS)
    head = escpos.INITIALISE + escpos.FEED_AND_CUT
    before_cut = asked + len(head) + len(compose(RULED, typefaces))
    whole = before_cut + len(escpos.FEED_AND_CUT + escpos.ASK_WHEN_DONE)
    for place in range(whole):
        clock = VirtualClock()
        line = ScriptedLine([_done_too] * 100, clock)
        line.pull_after_written(place)
        printer = EscposPrinter(line, width_mm=58, clock=clock, typefaces=typefaces)
        outcome = printer.print(RULED)

        if place < before_cut:
            assert isinstance(outcome, NotPrinted)
        else:
            assert outcome == PrintUnknown("line_lost")
        line.written.clear()
        assert printer.print(RULED) == Printed()
        assert line.written[0] == escpos.CLEAR_BUFFER
        called_void = escpos.text("作废") in b"".join(line.written)
        assert called_void is (asked <= place < before_cut)


@pytest.mark.parametrize("place", [0, 2, 12, 200, 600])
@pytest.mark.parametrize("scheme", ["serial", "usb"])
def test_a_cable_pulled_on_the_wire_is_told_and_plugged_in_again_it_prints(
    scheme: str, place: int
) -> None:
    """A real broken line never counts as printed, and costs no restart."""
    mouth = PtyMouth("serial" if scheme == "serial" else "usb")
    with printing(mouth) as machine:
        printer = over_address(machine.address)
        mouth.pull_after(place)

        assert isinstance(printer.print(LONG), NotPrinted | PrintUnknown)
        assert printer.status().condition is Condition.ABSENT

        machine.switch_off()
        machine.switch_on()

        assert printer.print(SHORT) == Printed()


def test_an_answer_owed_for_one_slip_is_not_taken_for_the_next() -> None:
    """What a slip that ended unknown still owes is cleared before the next one is sent."""
    clock = VirtualClock()
    line = ScriptedLine([_silent_after_state] * 200, clock)
    printer = EscposPrinter(line, clock=clock)
    assert printer.print(SHORT) == PrintUnknown("never_done")
    line.written.clear()
    line.follow([b"\x00", *[_silent_after_state] * 200])

    assert printer.print(SHORT) == PrintUnknown("never_done")
    assert line.written[0] == escpos.CLEAR_BUFFER


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("serial:/dev/kiosk/receipt", SerialPort),
        ("serial:/dev/kiosk/receipt?baud=9600&flow=rts_cts", SerialPort),
        ("usb:/dev/kiosk/receipt", CharacterDevice),
    ],
)
def test_an_address_names_its_line(address: str, kind: type) -> None:
    """Each scheme gives its kind of line."""
    assert isinstance(line_to(address), kind)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/dev/usb/lp0",
        "tcp://",
        "tcp://host/path",
        "serial:relative",
        "serial:/dev/a?baud=12",
        "serial:/dev/a?baud=9600&flow=xon_xoff",
        "serial:/dev/a?colour=red",
        "usb:/dev/usb/lp0?baud=9600",
        "usb://host/dev",
    ],
)
def test_another_address_is_refused(address: str) -> None:
    """What is no address of a line is refused before anything is opened."""
    with pytest.raises(ValueError):
        line_to(address)


def test_a_file_is_no_printer(tmp_path: Path) -> None:
    """A slip never ends in a plain file that lies where the device should be."""
    file = tmp_path / "lp0"
    file.write_bytes(b"")

    with pytest.raises(LineLost):
        CharacterDevice(str(file)).open()
    with pytest.raises(LineLost):
        CharacterDevice(str(tmp_path / "none")).open()
