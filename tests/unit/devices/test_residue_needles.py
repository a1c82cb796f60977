"""The forms in which a visit's mark is looked for in bytes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.host.residue_needles import Needles

MARK = "0123456789abcdef00112233445566ff"
NEEDLES = Needles([MARK])
FORMS = {
    "utf-8": MARK.encode(),
    "capitals": MARK.upper().encode(),
    "utf-16 little": MARK.encode("utf-16-le"),
    "utf-16 big": MARK.encode("utf-16-be"),
    "hexadecimal": MARK.encode().hex().encode(),
}


@pytest.mark.policy("P52")
@pytest.mark.parametrize("form", FORMS)
def test_a_mark_is_found_in_every_form(form: str) -> None:
    """UTF-8, capitals, UTF-16 of both byte orders and hexadecimal, with other bytes around."""
    assert NEEDLES.lie_in(b"\x00\xff{" + FORMS[form] + b"}\x7f")


@given(before=st.binary(max_size=8), after=st.binary(max_size=8))
def test_a_mark_is_found_in_base64_at_any_place(before: bytes, after: bytes) -> None:
    """Whatever stands before a mark shifts its base64, and none of the shifts hides it."""
    assert NEEDLES.lie_in(base64.b64encode(before + MARK.encode() + after))


@given(cut=st.integers(0, 63))
def test_a_mark_that_is_cut_in_two_is_found(cut: int) -> None:
    """A block's edge inside a mark leaves one half whole, unless it cuts both."""
    data = MARK.encode("utf-16-le")
    first, second = data[:cut], data[cut:]
    assert NEEDLES.lie_in(first + b"\x05\x06 block header \x07" + second)


@given(size=st.integers(1, 97), offset=st.integers(0, 97))
def test_a_mark_is_found_across_chunks(size: int, offset: int) -> None:
    """A file is read in pieces; where they are cut makes no difference."""
    data = b"x" * offset + MARK.encode() + b"y" * 20
    assert NEEDLES.lie_in_stream(data[at : at + size] for at in range(0, len(data), size))


@given(data=st.binary(max_size=4096))
def test_other_bytes_are_no_mark(data: bytes) -> None:
    """Nothing is found where nothing is, in other people's random words neither."""
    assert not NEEDLES.lie_in_stream([data, b"fedcba98765432100123456789abcde!" * 4])


def test_no_marks_are_never_found() -> None:
    """A search for nothing finds nothing, in an empty file and in a full one."""
    assert not Needles([]).lie_in_stream([b"", MARK.encode()])
