"""How a slip is set: what goes as text, what is drawn, and in which direction."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.slip import Code, Gap, Qr, Row, Rule, Slip, Text
from devices.contracts.states import Trouble
from devices.drivers.slip_raster import SlipRaster
from devices.drivers.typefaces import GlyphMissing, Typefaces
from devices.fonts import HOUSE_FONTS
from devices.protocols import escpos
from devices.protocols.escpos_stream import Command, StreamParser, Unknown
from devices.protocols.slip_layout import Drawn, Native, can_be_set, lay_out, width, wrap
from devices.protocols.text_directions import directions

TYPEFACES = Typefaces()
TELLABLE = (
    Trouble.COVER_OPEN,
    Trouble.PAPER_OUT,
    Trouble.PAPER_LOW,
    Trouble.CUTTER,
    Trouble.OVERHEATED,
    Trouble.HARDWARE,
)


@pytest.mark.parametrize(
    ("line", "lang", "settable"),
    [
        ("社会保险个人参保证明", "zh", True),
        ("Case A-0042, 14:30", "en", True),
        ("阿依古丽·测试", "zh", False),
        ("测试𬭩", "zh", False),
        ("𠮷测试", "zh", False),
        ("باھا", "ug", False),
        ("2026", "ug", False),
        ("naïve", "en", False),
    ],
)
def test_only_what_every_printer_has_goes_as_text(line: str, lang: str, settable: bool) -> None:
    """Names with a dot, rare characters and minority scripts are drawn, the rest is text."""
    assert can_be_set(line, lang) is settable


def test_each_block_finds_its_way() -> None:
    """Text, rows, codes, QR codes and gaps go natively; rules and minority text are drawn."""
    blocks = (
        Text("凭条"),
        Row("事项", "证明"),
        Code("A-1"),
        Qr("x"),
        Gap(2),
        Rule(),
        Text("با", lang="ug"),
    )

    kinds = [type(part) for part in lay_out(Slip(blocks))]

    assert kinds == [Native] * 5 + [Drawn] * 2


def test_a_row_fills_the_line() -> None:
    """Label and value stand at the two ends of the forty-eight columns."""
    [part] = lay_out(Slip((Row("事项", "证明"),)))

    assert isinstance(part, Native)
    assert ("事项" + " " * 40 + "证明").encode("gb18030") in part.data


@given(st.text("abc 汉字。-19", max_size=120), st.integers(4, 48))
def test_wrapping_loses_nothing_and_keeps_the_width(line: str, columns: int) -> None:
    """Wrapped lines fit and hold all that is not space."""
    lines = list(wrap(line, columns))

    assert all(width(each) <= columns for each in lines)
    assert "".join("".join(lines).split()) == "".join(line.split())


def test_a_code_in_a_sentence_keeps_its_mark_on_the_right_side() -> None:
    """Digits go with the letter before them, the comma behind them with the sentence."""
    line = "نومۇرى A-2611-0042، ۋاقتى 12."

    assert list(directions(line, right_to_left=True)) == [
        (True, "نومۇرى "),
        (False, "A-2611-0042"),
        (True, "، ۋاقتى 12."),
    ]


def test_a_date_alone_reads_from_left_to_right() -> None:
    """Numbers without letters are never turned round, in whatever language the slip is."""
    assert list(directions("2026-11-22", right_to_left=True)) == [(False, "2026-11-22")]


@pytest.mark.parametrize("number", ["2026-11-22", "0908-4222222", "18:30", "1,250.50", "12/3"])
def test_a_number_with_marks_keeps_its_order_beside_arabic_letters(number: str) -> None:
    """By the letter of the algorithm a telephone number would be read backwards."""
    line = f"تېلېفون {number} سىناق"

    assert list(directions(line, right_to_left=True)) == [
        (True, "تېلېفون "),
        (False, number),
        (True, " سىناق"),
    ]


@pytest.mark.parametrize(
    ("line", "stretches"),
    [
        ("A4 (2 بەت)", [(False, "A4"), (True, " ("), (False, "2"), (True, " بەت)")]),
        ("باھا (ABC)", [(True, "باھا ("), (False, "ABC"), (True, ")")]),
        ("ABC (DEF) باھا", [(False, "ABC (DEF)"), (True, " باھا")]),
        ("باھا ) (", [(True, "باھا ) (")]),
    ],
)
def test_brackets_go_with_what_they_hold(line: str, stretches: list[tuple[bool, str]]) -> None:
    """A bracket never stands with its back to its content, in whichever direction that is read."""
    assert list(directions(line, right_to_left=True)) == stretches


@given(st.text("ئا ab12-/:().（）", max_size=40), st.booleans())
def test_directions_lose_nothing(line: str, backwards: bool) -> None:
    """The stretches of any line together are the line."""
    stretches = list(directions(line, right_to_left=backwards))

    assert "".join(text for _, text in stretches) == line


def test_no_line_begins_with_a_mark_that_closes() -> None:
    """Nor does one end with a mark that opens, where there is another place to break."""
    assert list(wrap("城乡居民养老，参保", 12)) == ["城乡居民养", "老，参保"]
    assert list(wrap("城乡居民养（参保）", 12)) == ["城乡居民养", "（参保）"]
    assert list(wrap("，，，，，，，，", 4)) == ["，，", "，，", "，，", "，，"]


def test_a_long_value_reads_as_a_paragraph() -> None:
    """One line stands at the end of its row, several begin at the start."""
    [short] = lay_out(Slip((Row("事项" * 12, "证明"),)))
    [long] = lay_out(Slip((Row("事项", "证明" * 30),)))
    assert isinstance(short, Native)
    assert isinstance(long, Native)

    assert escpos.align("end") in short.data
    assert escpos.align("end") not in long.data


def test_stretches_of_a_right_to_left_line_stand_from_the_right() -> None:
    """The first words of an Uyghur line come last from the left."""
    runs = TYPEFACES.runs("باھا ABC", right_to_left=True)

    assert [run.text.strip() for run in runs] == ["ABC", "باھا"]


def _columns_with_ink(block: Text) -> list[int]:
    [bitmap] = SlipRaster(576, TYPEFACES).draw(block)
    rows = [
        bitmap.data[start : start + bitmap.bytes_across]
        for start in range(0, len(bitmap.data), bitmap.bytes_across)
    ]
    return [at for at in range(576) if any(row[at // 8] >> (7 - at % 8) & 1 for row in rows)]


def test_an_uyghur_line_begins_at_the_right_edge() -> None:
    """Start is right in Arabic script, left elsewhere."""
    uyghur = _columns_with_ink(Text("باھا بېرىڭ", lang="ug"))
    chinese = _columns_with_ink(Text("名·名"))

    assert uyghur[0] > 288
    assert uyghur[-1] > 560
    assert chinese[0] < 16


def test_arabic_letters_are_joined() -> None:
    """Letters that join take less room together than apart: the line is shaped."""
    together = _columns_with_ink(Text("ببب", lang="ug"))
    apart = _columns_with_ink(Text("ب ب ب", lang="ug"))
    gaps = sum(right - left > 1 for left, right in itertools.pairwise(together))

    assert gaps == 0
    assert apart[-1] - apart[0] > together[-1] - together[0]


def test_a_character_in_no_font_is_never_left_out() -> None:
    """A slip that cannot be drawn whole is not drawn."""
    typefaces = Typefaces(HOUSE_FONTS, (Path("/nonexistent/rare.ttf"),))
    with pytest.raises(GlyphMissing):
        list(SlipRaster(576, typefaces).draw(Text("𬭩")))


@given(st.sets(st.sampled_from(TELLABLE)))
def test_state_bytes_tell_every_trouble(troubles: set[Trouble]) -> None:
    """Four state bytes with their fixed bits carry each trouble from printer to driver."""
    told: set[Trouble] = set()
    for question in escpos.STATE_QUESTIONS:
        byte = escpos.encode_state(question, troubles)
        assert escpos.is_state(byte)
        assert not escpos.is_done(byte)
        told |= escpos.decode_state(question, byte)

    assert escpos.gravest(told) == troubles


def test_seen_replies_on_paper_out_are_understood() -> None:
    """The replies 1A, 32 and 7E of a real printer without paper say just that."""
    assert escpos.decode_state(2, 0x32) == {Trouble.PAPER_OUT}
    assert Trouble.PAPER_OUT in escpos.decode_state(4, 0x7E)
    assert escpos.decode_state(1, 0x1A) == {Trouble.PAUSED}


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_a_stream_means_the_same_in_any_portions(data: bytes, cuts: list[int]) -> None:
    """How the bytes are cut on their way changes nothing."""
    whole = list(StreamParser().feed(data))
    parser, found = StreamParser(), []
    places = [0, *sorted(cuts), len(data)]
    for at, start in enumerate(places[:-1]):
        found += list(parser.feed(data[start : places[at + 1]]))

    assert found == whole


def test_own_commands_are_known_to_the_printer() -> None:
    """Nothing that a slip sends is unknown to an interpreter of the stream."""
    sent = b"".join(
        (
            escpos.INITIALISE,
            escpos.CHINESE_ON,
            escpos.align("center"),
            escpos.bold(on=True),
            escpos.size(3),
            escpos.feed_dots(600),
            escpos.text("凭条 A"),
            escpos.raster(2, bytes(range(8))),
            escpos.qr("https://example.invalid/", 6),
            escpos.FEED_AND_CUT,
            escpos.ASK_WHEN_DONE,
            escpos.CLEAR_BUFFER,
            escpos.ask_state(4),
        )
    )
    items = list(StreamParser().feed(sent))

    assert not [each for each in items if isinstance(each, Unknown)]
    assert items[-1] == Command(b"\x10\x04", b"\x04")
