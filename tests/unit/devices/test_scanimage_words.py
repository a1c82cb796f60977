"""SANE's words to named troubles: what a person can cure is told from what a technician must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.states import Trouble
from devices.protocols.scanimage_words import (
    NoTrouble,
    came_whole,
    last_words,
    percent_in,
    reason_in,
)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("scanimage: sane_start: Document feeder out of documents", NoTrouble.FEEDER_EMPTY),
        ("scanimage: sane_read: Operation was canceled", NoTrouble.CANCELLED),
        ("scanimage: sane_read: Operation was cancelled", NoTrouble.CANCELLED),
        ("scanimage: sane_read: Document feeder jammed", Trouble.JAM),
        ("scanimage: sane_start: Scanner cover is open", Trouble.COVER_OPEN),
        ("scanimage: open of device epson2:libusb:001:004 failed: Device busy", Trouble.BUSY),
        ("scanimage: sane_start: Lamp not ready, please retry", Trouble.BUSY),
        ("scanimage: sane_start: Access to resource has been denied", Trouble.NOT_AUTHORISED),
        (
            "scanimage: open of device genesys:libusb:001:004 failed: Access to resource has"
            " been denied",
            Trouble.NOT_AUTHORISED,
        ),
        ("scanimage: open of device test:9 failed: Invalid argument", Trouble.OFFLINE),
        ("scanimage: no SANE devices found", Trouble.OFFLINE),
        ("scanimage: unrecognized option '--mode'", Trouble.NOT_SUPPORTED),
        ("scanimage: setting of option --mode failed (Invalid argument)", Trouble.NOT_SUPPORTED),
        ("scanimage: sane_read: Error during device I/O", Trouble.HARDWARE),
        ("scanimage: sane_read: Out of memory", Trouble.HARDWARE),
        ("", Trouble.HARDWARE),
    ],
)
def test_each_sentence_has_its_reason(words: str, reason: Trouble | NoTrouble) -> None:
    """An empty feeder is no fault, an unplugged scanner is away, the unknown is a fault."""
    assert reason_in(f"Scanning page 1\n{words}\nBatch terminated, 0 pages scanned") is reason


WHOLE = "Scanned page 1. (scanner status = 5)\n"
OVER = "Batch terminated, 1 page scanned\n"


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (f"scanimage: rounded value of br-x from 210 to 200\n{WHOLE}{OVER}", True),
        (f"{WHOLE}Scanning page 2\nscanimage: sane_start: Document feeder jammed\n{OVER}", False),
        (
            "scanimage: sane_read: Document feeder jammed\n"
            f"Scanned page 1. (scanner status = 6)\n{OVER}",
            False,
        ),
        (OVER, False),
        ("", False),
    ],
)
def test_a_scan_went_well_if_nothing_was_said_after_its_page(words: str, whole: bool) -> None:
    """Paper that jams behind a page that came is a jam."""
    assert came_whole(words) is whole


@pytest.mark.parametrize(
    ("words", "percent"),
    [
        ("Progress: 37.7%", 37),
        ("Progress: 37.7%\rProgress: 100.0%\r", 100),
        ("Progress: 250.0%", 100),
        ("Scanning page 1", None),
    ],
)
def test_progress_is_a_percentage(words: str, percent: int | None) -> None:
    """The last word on progress counts, and no more than all of it is ever done."""
    assert percent_in(words) == percent


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "Scanning page 1\nProgress: 3.1%\rscanimage: sane_read: Error during device I/O\n"
            "Batch terminated, 0 pages scanned\n",
            "scanimage: sane_read: Error during device I/O",
        ),
        ("Traceback:\n  File x\nFileNotFoundError: page\n\n", "FileNotFoundError: page"),
        ("scanimage: \x1b[31mbroken\x07", "scanimage: [31mbroken"),
        ("x" * 500, "x" * 160),
        ("Scanning page 1\nProgress: 0.0%\r", ""),
    ],
)
def test_the_last_words_are_those_that_tell_why(words: str, said: str) -> None:
    """A technician reads the fault, not the chatter around it, and no control characters."""
    assert last_words(words) == said


@given(st.text(max_size=200))
def test_any_words_have_some_reason(words: str) -> None:
    """Whatever a backend says, there is a reason to go by."""
    assert isinstance(reason_in(words), Trouble | NoTrouble)
