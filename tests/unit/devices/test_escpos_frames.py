"""ESC/POS to the byte: what goes out is what makers of receipt printers publish."""

import pytest

from devices.contracts.slip import Code, Gap, Qr, Row, Rule, Slip, Text
from devices.drivers.escpos_printer import compose
from devices.drivers.typefaces import Typefaces
from devices.protocols import escpos


@pytest.mark.parametrize(
    ("frame", "golden"),
    [
        (escpos.INITIALISE, "1B 40"),
        (escpos.CHINESE_ON, "1C 26"),
        (escpos.FEED_AND_CUT, "1D 56 42 00"),
        (escpos.ASK_WHEN_DONE, "1D 72 01"),
        (escpos.CLEAR_BUFFER, "10 14 08 01 03 14 01 06 02 08"),
        (escpos.ask_state(1), "10 04 01"),
        (escpos.ask_state(4), "10 04 04"),
        (escpos.align("start"), "1B 61 00"),
        (escpos.align("center"), "1B 61 01"),
        (escpos.align("end"), "1B 61 02"),
        (escpos.bold(on=True), "1B 45 01"),
        (escpos.size(1), "1D 21 00"),
        (escpos.size(2), "1D 21 11"),
        (escpos.size(3), "1D 21 22"),
        (escpos.feed_dots(16), "1B 4A 10"),
        (escpos.feed_dots(300), "1B 4A FF 1B 4A 2D"),
        (escpos.text("证 A"), "D6 A4 20 41 0A"),
        (escpos.raster(2, bytes([0xFF, 0x00, 0x0F, 0xF0])), "1D 76 30 00 02 00 02 00 FF 00 0F F0"),
        (
            escpos.qr("A1", 6),
            "1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 06 1D 28 6B 03 00 31 45 31"
            " 1D 28 6B 05 00 31 50 30 41 31 1D 28 6B 03 00 31 51 30",
        ),
    ],
)
def test_commands_are_those_of_the_handbooks(frame: bytes, golden: str) -> None:
    """Each command is its published bytes."""
    assert frame == bytes.fromhex(golden)


GOLDEN_SLIP = """
1B 40 1C 26
1B 61 01 1B 45 01 1D 21 11 C6 BE CC F5 0A 1D 21 00 1B 45 00
1B 61 00 1B 45 00 1D 21 00 CA C2 CF EE 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
20 20 20 20 D6 A4 C3 F7 0A 1D 21 00 1B 45 00
1B 61 01 1B 45 01 1D 21 11 41 2D 31 0A 1D 21 00 1B 45 00
1B 61 01 1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 05 1D 28 6B 03 00 31 45 31
1D 28 6B 05 00 31 50 30 41 31 1D 28 6B 03 00 31 51 30
1B 4A 10
"""


def test_a_slip_is_its_golden_bytes() -> None:
    """A slip of 58 mm that the printer sets by itself has not changed by a byte."""
    slip = Slip(
        (
            Text("凭条", 2, True, "center"),
            Row("事项", "证明"),
            Code("A-1"),
            Qr("A1", 15),
            Gap(2),
        ),
        58,
    )

    assert compose(slip, Typefaces()).hex(" ") == bytes.fromhex(GOLDEN_SLIP).hex(" ")


def test_a_drawn_line_is_a_picture_of_the_paper_s_width() -> None:
    """A rule travels as one raster, 48 bytes across and 20 dots high."""
    data = compose(Slip((Rule("solid"),), 58), Typefaces())
    head = bytes.fromhex("1B 40 1C 26 1B 61 00 1D 76 30 00 30 00 14 00")

    assert data[: len(head)] == head
    rows = [data[len(head) :][start : start + 48] for start in range(0, 48 * 20, 48)]
    assert rows == [bytes(48)] * 9 + [b"\xff" * 48] * 2 + [bytes(48)] * 9
