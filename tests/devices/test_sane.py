"""The scanner against SANE's own program with its test backend, a peer that others wrote."""

import threading
from pathlib import Path

import pytest

from devices.contracts.document_scanner import (
    Cancelled,
    NoDocument,
    Picture,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.sane_scanner import SaneScanner
from devices.host.scanner_check import check_scanner
from devices.protocols.page_making import make_page
from tests.support.sane import FEEDER, Backend

pytestmark = pytest.mark.peer

SLOW = ("--read-delay=yes", "--read-delay-duration", "200000")


@pytest.fixture
def sane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The backend, with nothing but itself configured."""
    return Backend(tmp_path, monkeypatch)


def scan(scanner: SaneScanner, most: int = 1) -> tuple[object, list[Picture]]:
    """Return how a scan ended and what it brought."""
    pictures: list[Picture] = []
    return scanner.scan(pictures.append, most=most), pictures


def test_the_glass_gives_one_page(sane: Backend) -> None:
    """A scanner that is there is ready, and its picture is a page in its true size."""
    scanner = sane.scanner("--test-picture", "Grid")

    assert scanner.status().condition is Condition.READY
    end, (picture,) = scan(scanner, most=5)
    assert end == Scanned(1)
    assert picture.dots_per_inch == 75
    page = make_page(picture)
    assert (page.width_px, page.height_px) == (1654, 2339)
    assert list(sane.memory.iterdir()) == []


@pytest.mark.parametrize(("most", "expected"), [(3, 3), (50, 10)])
def test_the_feeder_gives_pages_until_it_is_empty(sane: Backend, most: int, expected: int) -> None:
    """As many pages come as were asked for, or as lay there: the backend's feeder holds ten."""
    end, pictures = scan(sane.scanner(source=FEEDER, dots_per_inch=40), most=most)

    assert end == Scanned(expected)
    assert len(pictures) == expected


def test_progress_is_told_while_a_page_comes(sane: Backend) -> None:
    """Percentages rise to a hundred."""
    heard: list[int] = []
    sane.scanner().scan(lambda _: None, progress=heard.append)

    assert heard == sorted(heard)
    assert heard[-1] == 100


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        ("JAMMED", Trouble.JAM),
        ("COVER_OPEN", Trouble.COVER_OPEN),
        ("DEVICE_BUSY", Trouble.BUSY),
        ("ACCESS_DENIED", Trouble.NOT_AUTHORISED),
        ("UNSUPPORTED", Trouble.NOT_SUPPORTED),
        ("IO_ERROR", Trouble.HARDWARE),
        ("NO_MEM", Trouble.HARDWARE),
    ],
)
def test_what_sane_says_is_named(sane: Backend, status: str, trouble: Trouble) -> None:
    """Each state of SANE's own list comes out as the trouble that a person can be told."""
    end, pictures = scan(sane.scanner("--read-return-value", f"SANE_STATUS_{status}"))

    assert isinstance(end, ScannerFailed)
    assert (end.trouble, pictures) == (trouble, [])
    assert list(sane.memory.iterdir()) == []


def test_an_empty_feeder_is_no_fault(sane: Backend) -> None:
    """Nothing lies there: the person is told so, and nobody is called."""
    assert scan(sane.scanner("--read-return-value", "SANE_STATUS_NO_DOCS"))[0] == NoDocument()


def test_a_scanner_that_sane_does_not_know_is_absent(sane: Backend) -> None:
    """A device that was unplugged is one that was never heard of."""
    gone = sane.scanner(device="test:7")

    assert gone.status().condition is Condition.ABSENT
    end = scan(gone)[0]
    assert isinstance(end, ScannerFailed)
    assert end.trouble is Trouble.OFFLINE
    assert end.detail.startswith("exit 1: ")
    assert "test:7" in end.detail


def test_a_word_that_the_scanner_does_not_know_is_seen_at_once(sane: Backend) -> None:
    """A wrong setting shows in the state, not in front of a person."""
    assert Trouble.NOT_SUPPORTED in sane.scanner(mode="Rainbow").status().troubles


def test_a_slow_scan_is_given_up_at_once(sane: Backend) -> None:
    """Cancelled between two strips, the scan ends, and the scanner does the next one."""
    scanner = sane.scanner(*SLOW, dots_per_inch=300)
    begun = threading.Event()
    ended: list[object] = []

    def long_scan() -> None:
        ended.append(scanner.scan(lambda _: None, progress=lambda _: begun.set()))

    thread = threading.Thread(target=long_scan)
    thread.start()
    assert begun.wait(10)
    scanner.cancel()
    thread.join(10)

    assert ended == [Cancelled(0)]
    assert list(sane.memory.iterdir()) == []
    assert scan(sane.scanner())[0] == Scanned(1)


def test_a_scanner_that_says_nothing_any_more_is_left(sane: Backend) -> None:
    """A scan without a word for too long is ended by us."""
    end, _ = scan(sane.scanner(*SLOW, dots_per_inch=150, silence_seconds=0.05))

    assert end == ScannerFailed(Trouble.OFFLINE, 0, "silent")


def test_the_self_test_says_what_is_wrong_with_a_picture(sane: Backend) -> None:
    """A black picture was taken without light, one with edges is fine, a jam is a jam."""
    dark = check_scanner(sane.scanner("--test-picture", "'Solid black'"))
    fine = check_scanner(sane.scanner("--test-picture", "Grid"))
    stuck = check_scanner(sane.scanner("--read-return-value", "SANE_STATUS_JAMMED"))

    assert (dark.code, fine.code, stuck.code) == ("too_dark", None, "jam")
    assert set(fine.as_json()) == {"code", "seconds", "brightness", "edges", "sheet_found"}
