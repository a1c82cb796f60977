"""Keystrokes of the kernel as bytes: the keymap, shifts, repeats, dropped events."""

import string

from hypothesis import given
from hypothesis import strategies as st

from devices.protocols.key_events import EVENT, Keystrokes, Lost, events_of

TYPED = string.ascii_letters + string.digits + string.punctuation + " \r\t"


def press(code: int, value: int = 1, kind: int = 1) -> bytes:
    """Return one event."""
    return EVENT.pack(0, 0, kind, code, value)


def typed(data: bytes) -> bytes:
    """Return what events type, dropped ones left out."""
    return b"".join(each for each in Keystrokes().feed(data) if isinstance(each, bytes))


def test_an_event_has_the_kernels_size() -> None:
    """`struct input_event` is 24 bytes on a 64-bit machine."""
    assert EVENT.size == 24


@given(st.text(TYPED), st.integers(1, 100))
def test_all_that_a_keyboard_types_comes_through_in_any_portions(text: str, portion: int) -> None:
    """Every ASCII character survives the keys, wherever the stream is cut."""
    keys, data = Keystrokes(), events_of(text)
    found: list[bytes | Lost] = []
    for start in range(0, len(data), portion):
        found += keys.feed(data[start : start + portion])

    assert b"".join(each for each in found if isinstance(each, bytes)) == text.encode()


def test_known_keys_are_the_kernels() -> None:
    """A, shift-a, 0, Enter of the keyboard and the keypad have the codes of input-event-codes.h."""
    pressed = press(30) + press(42) + press(30) + press(42, 0) + press(11) + press(28) + press(96)

    assert typed(pressed) == b"aA0\r\r"


def test_caps_lock_turns_letters_and_nothing_else() -> None:
    """With caps lock letters are capital, with shift as well small, digits stay digits."""
    assert typed(press(58) + press(30) + press(2) + press(54) + press(30)) == b"A1a"


def test_releases_repeats_and_other_keys_type_nothing() -> None:
    """A held key types once; power, arrows and what is no key at all type nothing."""
    power, arrow, scan_code = press(116), press(103), press(4, 458782, kind=4)

    assert typed(press(30) + press(30, 2) + press(30, 0) + power + arrow + scan_code) == b"a"


def test_events_that_the_kernel_dropped_are_told() -> None:
    """After dropped events the rest of the report is ignored and shifts are up again."""
    dropped, report = press(3, 0, kind=0), press(0, 0, kind=0)
    found = Keystrokes().feed(press(42) + dropped + press(31) + report + press(30))

    assert found == [Lost(), b"a"]


@given(st.binary(max_size=300))
def test_any_bytes_type_ascii_or_nothing(data: bytes) -> None:
    """No stream of events raises."""
    assert typed(data).isascii()
