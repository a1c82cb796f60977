"""Scans cut out of a stream: prefix, suffix, portions, control characters, lengths, charsets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.qr_scanner import Scanned, ScanRefused, Unreadable
from devices.protocols.scan_lines import Framing, ScanLines


def scans(
    data: bytes, framing: Framing | None = None, portion: int = 7
) -> list[Scanned | ScanRefused]:
    """Feed *data* in portions and return all scans."""
    lines, found = ScanLines(framing or Framing()), []
    for start in range(0, len(data), portion):
        lines.feed(data[start : start + portion])
        while (scan := lines.next_scan()) is not None:
            found.append(scan)
    return found


@given(st.integers(1, 20))
def test_portions_make_no_difference(portion: int) -> None:
    """Codes come out the same however their bytes are cut, characters in the middle included."""
    data = "A001\r\n阿图什市\r\n\r\nthird\r\n".encode()

    assert scans(data, portion=portion) == [Scanned("A001"), Scanned("阿图什市"), Scanned("third")]
    assert scans(data, Framing(suffix=b"\r\n"), portion) == scans(data)


def test_prefix_and_suffix_are_taken_off() -> None:
    """What the scanner puts around a code is no part of it; without the prefix it is refused."""
    framing = Framing(prefix=b"\x02Q", suffix=b"\x03")

    assert scans(b"\x02Qone\x03two\x03\x02Qthree\x03", framing) == [
        Scanned("one"),
        ScanRefused(Unreadable.NO_PREFIX),
        Scanned("three"),
    ]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"A\x1b[2J\x08\x00B\x7f", "A[2JB"),
        ("a\u202eb\u2066c\ufeff\u0085d".encode(), "abcd"),
        (b"tab\tend", "tabend"),
    ],
)
def test_characters_that_control_are_dropped(raw: bytes, text: str) -> None:
    """Escape sequences, backspaces and marks that turn text around never reach a page."""
    assert scans(raw + b"\r") == [Scanned(text)]


def test_a_code_of_control_characters_alone_is_nothing() -> None:
    """A code that would only press keys is passed over."""
    assert scans(b"\x1b\x08\x7f\r \r") == []


def test_a_chinese_scanner_may_send_its_own_charset() -> None:
    """Text that is no UTF-8 is read as GB 18030, and refused where neither fits."""
    assert scans("阿图什".encode("gb18030") + b"\r") == [Scanned("阿图什")]
    assert scans(b"\xff\xff\r") == [ScanRefused(Unreadable.NOT_TEXT)]
    assert scans(b"\xb0\xa2\r", Framing(charsets=("utf-8",))) == [ScanRefused(Unreadable.NOT_TEXT)]


@pytest.mark.parametrize("portion", [1, 7, 4096])
def test_a_code_that_is_too_long_is_refused_whole(portion: int) -> None:
    """No part of an overlong code is taken for a code, and the next one is read."""
    framing = Framing(most_bytes=10)

    assert scans(b"x" * 10 + b"\r" + b"y" * 500 + b"\r" + b"next\r", framing, portion) == [
        Scanned("x" * 10),
        ScanRefused(Unreadable.TOO_LONG),
        Scanned("next"),
    ]


def test_an_endless_code_does_not_fill_the_memory() -> None:
    """Of bytes that never end only as many are held as are needed to refuse them."""
    lines = ScanLines(Framing(most_bytes=10))
    for _ in range(1000):
        lines.feed(bytes(1000))

    assert len(lines._held) < 20
    assert lines.begun


def test_silence_ends_a_code_only_where_no_suffix_does() -> None:
    """A scanner without suffix ends a code by falling silent; with one, silence breaks it off."""
    without, cut = ScanLines(Framing(suffix=b"")), ScanLines(Framing())
    without.feed(b"A001")
    cut.feed(b"A001")

    assert without.next_scan() is None
    assert without.end() == Scanned("A001")
    assert cut.end() == ScanRefused(Unreadable.INCOMPLETE)
    assert cut.end() is None


@given(st.binary(max_size=200), st.binary(max_size=2), st.binary(max_size=2))
def test_any_bytes_give_clean_text_or_a_refusal(data: bytes, prefix: bytes, suffix: bytes) -> None:
    """Whatever comes, nothing raises and no control character gets through."""
    lines = ScanLines(Framing(prefix, suffix, most_bytes=50))
    lines.feed(data)
    found = [lines.next_scan(), lines.next_scan(), lines.end()]

    for scan in found:
        if isinstance(scan, Scanned):
            assert scan.text.strip()
            assert not any(unicodedata.category(each) == "Cc" for each in scan.text)


def test_the_text_of_a_scan_stays_out_of_its_repr() -> None:
    """A log that shows a scan does not show what was scanned."""
    assert "secret" not in repr(Scanned("secret"))
