"""Which characters papers can carry, asked when a name is read."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.fonts import HERE, paper_files
from kiosk_server.printing.characters import Coverage, unprintable

EVERYTHING = Coverage(frozenset(range(0x110000)))
"""What a font would cover that had a glyph for every code point."""


@pytest.mark.parametrize(
    "name", ["阿依古丽·测试", "测试·𬭩", "测试·𠮷", "㛃测试", "Test Ayşe", "镕喆"]
)
@pytest.mark.policy("P57")
def test_names_keep_their_rare_characters(name: str) -> None:
    """Names with a dot and rare characters can be printed with the committed fonts alone."""
    assert unprintable(name, directories=()) == ()


def test_characters_outside_the_fonts_are_named_once_in_order() -> None:
    """What cannot be printed is listed, each character once, in the order it stands in."""
    assert unprintable("甲𪚥乙\U000323af𪚥", directories=()) == ("𪚥", "\U000323af")


@given(st.one_of(st.integers(0xE000, 0xF8FF), st.integers(0xF0000, 0x10FFFD)))
def test_private_use_is_never_printable(code_point: int) -> None:
    """A private-use character is refused even where a font happens to have a glyph for it."""
    assert EVERYTHING.missing(chr(code_point)) == (chr(code_point),)


@pytest.mark.parametrize("character", ["\n", "\x00", "\ud800", "\u0378"])
def test_controls_and_halves_are_never_printable(character: str) -> None:
    """Controls, lone surrogates and unassigned code points are no characters of a name."""
    assert EVERYTHING.missing(character) == (character,)


def test_every_common_character_is_covered() -> None:
    """Every ideograph of GB 18030's two-byte part, and of extension A, can be printed."""
    coverage = Coverage.of(paper_files(()))
    # The last twenty places of the block are additions newer than the fonts.
    block = [chr(code) for code in (*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FA6))]
    assert coverage.missing("".join(block)) == ()


def test_a_changed_font_file_is_read_again(tmp_path: Path) -> None:
    """Replacing a font file changes the answer without a restart."""
    file = tmp_path / "Changing.ttf"
    file.write_bytes((HERE / "UKIJEkran.ttf").read_bytes())
    os.utime(file, ns=(1, 1))
    assert Coverage.of([file]).missing("测ې") == ("测",)
    file.write_bytes((HERE / "NotoSansSC-Bold.otf").read_bytes())
    os.utime(file, ns=(2, 2))
    assert Coverage.of([file]).missing("测ې") == ("ې",)


def test_a_font_directory_that_is_absent_does_no_harm(tmp_path: Path) -> None:
    """The same setting serves machines with and without the extra fonts."""
    assert unprintable("测试", directories=(tmp_path / "nowhere",)) == ()
