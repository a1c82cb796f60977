"""Taking a document in: pages looked at, turned, left out, handed in once, and nothing kept."""

import hashlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from PIL import Image

from devices.api.capture_routes import CaptureDesk
from devices.contracts.document_scanner import (
    Cancelled,
    NoDocument,
    Picture,
    ScanEnd,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.host import document_capture
from devices.host.capture_pages import MOST_PAGES, CapturedPages, CaptureState
from devices.host.document_capture import FORGOTTEN_SECONDS, CaptureProgress, DocumentCapture
from devices.host.ports import CapturedDocument, CaptureTaken, LineDead, Refused
from devices.protocols.page_making import NoPicture, Page
from devices.protocols.pdf_pages import count_pages
from devices.simulators.sample_pages import SamplePage, draw
from tests.support.door_client import Browser, said, stand

NONCE = "pG1q0vG6VQ2b3n6a9k1x7D"


@cache
def sample() -> Picture:
    """A small picture of a page."""
    target = io.BytesIO()
    draw(SamplePage.CERTIFICATE, dots_per_inch=60).save(target, "JPEG")
    return Picture(target.getvalue(), 60)


def page_in(picture: Picture) -> Page:
    """The picture as it is, which takes no time; a real page is made in one test."""
    if picture != sample():
        raise NoPicture("none")
    width, height = Image.open(io.BytesIO(picture.data)).size
    return Page(bytearray(picture.data), width, height, colour=True, cut_out=False)


@dataclass
class FakeScanner:
    """A scanner that brings *pictures*, then ends as told; it waits where `go_on` is not set."""

    pictures: list[Picture] = field(default_factory=lambda: [sample()])
    end: ScanEnd = field(default_factory=lambda: Scanned(1))
    go_on: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    asked_for: list[int] = field(default_factory=list)

    def status(self) -> DeviceStatus:
        return DeviceStatus.of()

    def scan(
        self,
        arrived: Callable[[Picture], None],
        *,
        most: int = 1,
        progress: Callable[[int], None] = lambda percent: None,
    ) -> ScanEnd:
        self.asked_for.append(most)
        progress(40)
        self.begun.set()
        while not self.go_on.wait(0.01):
            if self.given_up.is_set():
                return Cancelled(0)
        for picture in self.pictures[:most]:
            arrived(picture)
        return self.end

    def cancel(self) -> None:
        self.given_up.set()

    def close(self) -> None:
        pass


@dataclass
class FakeCounter:
    """Takes documents, or answers as told; keeps a copy of what it was handed."""

    outcome: CaptureTaken | Refused | LineDead = field(
        default_factory=lambda: CaptureTaken("01cap")
    )
    taken: list[tuple[str, int, bytes]] = field(default_factory=list)
    handed: list[CapturedDocument] = field(default_factory=list)

    def send_document(self, document: CapturedDocument) -> CaptureTaken | Refused | LineDead:
        self.handed.append(document)
        self.taken.append((document.nonce, document.pages, bytes(document.pdf)))
        return self.outcome


@dataclass
class Desk:
    """A capture service at work."""

    scanner: FakeScanner
    counter: FakeCounter
    capturing: DocumentCapture
    clock: list[float]

    def until(self, capture: str, *states: CaptureState) -> CaptureProgress:
        """Wait until a capture is in one of *states*."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            progress = self.capturing.progress(capture)
            assert progress is not None
            if progress.state in states:
                return progress
            threading.Event().wait(0.005)
        raise AssertionError("the capture did not get there")

    def ready(self) -> str:
        """Begin a capture, and return its id when its first page is there."""
        capture = self.capturing.begin(NONCE, 4)
        self.until(capture, CaptureState.READY)
        return capture


@pytest.fixture
def desk() -> Iterator[Desk]:
    scanner, counter, clock = FakeScanner(), FakeCounter(), [0.0]
    scanner.go_on.set()
    capturing = DocumentCapture(scanner, counter, page_in=page_in, now=lambda: clock[0])
    thread = threading.Thread(target=capturing.run)
    thread.start()
    yield Desk(scanner, counter, capturing, clock)
    capturing.stop()
    scanner.go_on.set()
    thread.join(5)
    assert not thread.is_alive()


def test_an_accepted_page_goes_to_the_server_as_a_document(desk: Desk) -> None:
    """What the person accepts is handed in once, under the nonce, and the page learns its id."""
    capture = desk.ready()
    assert desk.capturing.accept(capture)
    progress = desk.until(capture, CaptureState.DONE)

    assert (progress.capture, progress.code, progress.pages) == ("01cap", None, ())
    ((nonce, pages, pdf),) = desk.counter.taken
    assert (nonce, pages, count_pages(pdf)) == (NONCE, 1, 1)


@pytest.mark.policy("P52")
def test_nothing_of_a_document_stays_that_was_handed_in(desk: Desk) -> None:
    """Pages and document are overwritten, not only forgotten."""
    capture = desk.ready()
    held = pages_of(desk)
    desk.capturing.accept(capture)
    desk.until(capture, CaptureState.DONE)

    assert [set(page.jpeg) for page in held] == [{0}]
    assert [set(document.pdf) for document in desk.counter.handed] == [{0}]
    assert desk.capturing.preview(capture, 1) is None


def pages_of(desk: Desk) -> list[Page]:
    """The pages that are held now."""
    found = desk.capturing._current
    assert isinstance(found, CapturedPages)
    return list(found._pages.values())


@pytest.mark.policy("P52")
@pytest.mark.parametrize(
    "ends",
    [
        lambda desk, capture: desk.capturing.drop(capture),
        lambda desk, capture: desk.capturing.forget(),
        lambda desk, capture: desk.capturing.begin(NONCE, 1),
        lambda desk, capture: desk.capturing.stop(),
    ],
)
def test_pages_are_wiped_however_a_capture_ends(
    desk: Desk, ends: Callable[[Desk, str], object]
) -> None:
    """Given up, left at the end of a visit, superseded or cut off: nothing is left of it."""
    capture = desk.ready()
    held = pages_of(desk)
    ends(desk, capture)

    assert [set(page.jpeg) for page in held] == [{0}]
    assert desk.capturing.progress(capture) is None


@pytest.mark.policy("P52")
def test_pages_that_nobody_looks_at_are_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who walks away leaves nothing that the next could find, visit or no visit."""
    monkeypatch.setattr(document_capture, "_LOOK_SECONDS", 0.01)
    capture = desk.ready()
    held = pages_of(desk)
    desk.clock[0] += FORGOTTEN_SECONDS + 1
    desk.capturing.turn_page("another", 1)
    with desk.capturing._lock:
        desk.capturing._lock.notify_all()
    deadline = time.monotonic() + 10
    while set(held[0].jpeg) != {0} and time.monotonic() < deadline:
        threading.Event().wait(0.01)

    assert set(held[0].jpeg) == {0}
    assert desk.capturing.progress(capture) is None


def test_further_pages_are_asked_for_until_there_is_no_room(desk: Desk) -> None:
    """Each picture is a page more; the feeder hears how many are still wanted."""
    capture = desk.ready()
    for expected in (2, 3, 4):
        assert desk.capturing.another(capture)
        progress = desk.until(capture, CaptureState.READY)
        assert [page.number for page in progress.pages] == list(range(1, expected + 1))

    assert not desk.capturing.another(capture)
    assert desk.scanner.asked_for == [4, 3, 2, 1]


def test_a_feeder_brings_no_more_than_are_wanted(desk: Desk) -> None:
    """Nobody gets more pages into a document than the server has asked for."""
    desk.scanner.pictures = [sample()] * 20
    capture = desk.capturing.begin(NONCE, 99)
    progress = desk.until(capture, CaptureState.READY)

    assert len(progress.pages) == MOST_PAGES


def test_a_page_is_turned_and_another_left_out(desk: Desk) -> None:
    """The person sets a page upright, and what is left out is not handed in."""
    capture = desk.ready()
    desk.capturing.another(capture)
    desk.until(capture, CaptureState.READY)
    assert desk.capturing.turn_page(capture, 2)
    assert desk.capturing.leave_out(capture, 1)
    progress = desk.capturing.progress(capture)

    assert progress is not None
    assert [(page.number, page.lying) for page in progress.pages] == [(2, True)]
    assert not desk.capturing.leave_out(capture, 1)
    assert not desk.capturing.turn_page(capture, 9)
    assert desk.capturing.leave_out(capture, 2)
    assert not desk.capturing.accept(capture)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (NoDocument(), "no_document"),
        (ScannerFailed(Trouble.JAM), "scanner_jam"),
        (ScannerFailed(Trouble.COVER_OPEN), "scanner_cover_open"),
        (ScannerFailed(Trouble.BUSY), "scanner_busy"),
        (ScannerFailed(Trouble.OFFLINE), "scanner_absent"),
        (ScannerFailed(Trouble.GARBLED), "scanner_fault"),
    ],
)
def test_what_went_wrong_is_told_and_the_person_may_try_again(
    desk: Desk, end: ScanEnd, code: str
) -> None:
    """A scan that failed leaves the capture open: with the trouble gone the next one goes."""
    desk.scanner.pictures, desk.scanner.end = [], end
    capture = desk.capturing.begin(NONCE, 2)
    assert desk.until(capture, CaptureState.READY).code == code

    desk.scanner.pictures, desk.scanner.end = [sample()], Scanned(1)
    assert desk.capturing.another(capture)
    progress = desk.until(capture, CaptureState.READY)
    assert (progress.code, len(progress.pages)) == (None, 1)


def test_pages_before_a_jam_are_kept(desk: Desk) -> None:
    """What came before the paper stuck need not be fed again."""
    desk.scanner.end = ScannerFailed(Trouble.JAM, 1)
    capture = desk.capturing.begin(NONCE, 4)
    progress = desk.until(capture, CaptureState.READY)

    assert (progress.code, len(progress.pages)) == ("scanner_jam", 1)


def test_a_picture_that_is_none_is_named(desk: Desk) -> None:
    """A spoilt picture is no page, and the person is asked to try again."""
    desk.scanner.pictures = [Picture(b"no picture")]
    capture = desk.capturing.begin(NONCE, 4)
    progress = desk.until(capture, CaptureState.READY)

    assert (progress.code, progress.pages) == ("picture_unreadable", ())


def test_a_terminal_without_a_scanner_says_so() -> None:
    """A page that asks for a document where no scanner hangs learns it at once."""
    capturing = DocumentCapture(None, FakeCounter())
    thread = threading.Thread(target=capturing.run)
    thread.start()
    desk = Desk(FakeScanner(), FakeCounter(), capturing, [0.0])
    capture = capturing.begin(NONCE, 1)

    assert desk.until(capture, CaptureState.READY).code == "scanner_absent"

    capturing.stop()
    thread.join(5)


def test_a_dead_line_keeps_the_pages_for_another_try(desk: Desk) -> None:
    """Nothing is lost while the server cannot be reached: the same document is offered again."""
    capture = desk.ready()
    desk.counter.outcome = LineDead("off")
    desk.capturing.accept(capture)
    assert desk.until(capture, CaptureState.READY).code == "line_dead"

    desk.counter.outcome = CaptureTaken("01cap")
    assert desk.capturing.accept(capture)
    desk.until(capture, CaptureState.DONE)
    first, second = desk.counter.taken
    assert hashlib.sha256(first[2]).digest() == hashlib.sha256(second[2]).digest()


def test_a_refused_document_is_wiped(desk: Desk) -> None:
    """What the server will not have is not kept for a visit that is over."""
    capture = desk.ready()
    held = pages_of(desk)
    desk.counter.outcome = Refused("visit_over", 409)
    desk.capturing.accept(capture)
    progress = desk.until(capture, CaptureState.FAILED)

    assert progress.code == "visit_over"
    assert [set(page.jpeg) for page in held] == [{0}]


def test_pages_that_are_too_much_together_are_not_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told before a thin line is burdened with what the server would refuse."""
    monkeypatch.setattr("devices.host.capture_pages.LARGEST_DOCUMENT_BYTES", 1000)
    capture = desk.ready()
    desk.capturing.accept(capture)

    assert desk.until(capture, CaptureState.READY).code == "document_too_large"
    assert desk.counter.taken == []


def test_dropping_gives_the_scan_up(desk: Desk) -> None:
    """Whoever goes back does not wait for the scanner, nor does the next person."""
    desk.scanner.go_on.clear()
    capture = desk.capturing.begin(NONCE, 1)
    assert desk.scanner.begun.wait(5)
    assert desk.capturing.drop(capture)
    assert desk.scanner.given_up.wait(5)

    desk.scanner.go_on.set()
    assert desk.ready() != capture


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """A page of the door."""
    return stand(captures=CaptureDesk(desk.capturing)).browser


def test_a_page_walks_the_whole_way(desk: Desk, browser: Browser) -> None:
    """Begin, look, turn, another, leave out, accept: with what the page may know at each step."""
    begun = browser.ask("POST", "/device/v1/captures", json={"nonce": NONCE, "most_pages": 2})
    assert begun.status_code == 202
    path = f"/device/v1/captures/{said(begun)['id']}"
    desk.until(said(begun)["id"], CaptureState.READY)
    assert said(browser.ask("GET", path)) == {
        "state": "ready",
        "percent": 40,
        "pages": [{"number": 1, "lying": False, "cut_out": False}],
        "code": None,
        "capture": None,
    }
    preview = browser.ask("GET", f"{path}/pages/1")
    assert (preview.mimetype, preview.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert preview.data == sample().data
    assert browser.ask("POST", f"{path}/pages/1/turn").status_code == 204
    assert browser.ask("POST", f"{path}/pages").status_code == 202
    desk.until(said(begun)["id"], CaptureState.READY)
    assert browser.ask("POST", f"{path}/pages").status_code == 409
    assert browser.ask("DELETE", f"{path}/pages/1").status_code == 204
    assert browser.ask("GET", f"{path}/pages/1").status_code == 404
    assert browser.ask("POST", f"{path}/accept").status_code == 202
    desk.until(said(begun)["id"], CaptureState.DONE)
    assert said(browser.ask("GET", path))["capture"] == "01cap"
    assert browser.ask("DELETE", path).status_code == 204
    assert browser.ask("GET", path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"nonce": NONCE},
        {"nonce": "", "most_pages": 1},
        {"nonce": "x" * 201, "most_pages": 1},
        {"nonce": NONCE, "most_pages": 0},
        {"nonce": NONCE, "most_pages": MOST_PAGES + 1},
        {"nonce": NONCE, "most_pages": True},
        {"nonce": NONCE, "most_pages": 1, "document": "JVBERi0"},
    ],
)
def test_what_no_page_would_ask_is_refused(browser: Browser, body: object) -> None:
    """A page can ask for a document; it can hand none in."""
    assert browser.ask("POST", "/device/v1/captures", json=body).status_code == 400


def test_strangers_see_no_page(desk: Desk, browser: Browser) -> None:
    """Without the token of this start nobody looks at a document, whatever they know."""
    capture = desk.ready()
    for method, path in (("GET", "pages/1"), ("POST", "accept"), ("DELETE", "pages/1")):
        answer = browser.ask(
            method, f"/device/v1/captures/{capture}/{path}", headers={"X-Kiosk-Token": "guess"}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "x"),
        ("DELETE", "x"),
        ("POST", "x/accept"),
        ("POST", "x/pages"),
        ("GET", "x/pages/1"),
        ("POST", "x/pages/1/turn"),
        ("DELETE", "x/pages/1"),
    ],
)
def test_what_is_not_there_is_not_found(browser: Browser, method: str, path: str) -> None:
    """A capture that is over, or never was, has nothing to look at."""
    assert browser.ask(method, f"/device/v1/captures/{path}").status_code == 404


def test_a_terminal_that_is_not_enrolled_takes_nothing_in() -> None:
    """Without a server to hand it to, no document is asked for."""
    browser = stand(captures=CaptureDesk()).browser
    asked = {"nonce": NONCE, "most_pages": 1}

    assert browser.ask("POST", "/device/v1/captures", json=asked).status_code == 409


def test_a_picture_becomes_a_page_of_a4() -> None:
    """What a scanner brings goes through the making of pages, unless a test does it otherwise."""
    scanner, counter = FakeScanner(), FakeCounter()
    scanner.go_on.set()
    capturing = DocumentCapture(scanner, counter)
    thread = threading.Thread(target=capturing.run)
    thread.start()
    capture = Desk(scanner, counter, capturing, [0.0]).ready()
    preview = capturing.preview(capture, 1)
    capturing.stop()
    thread.join(10)

    assert preview is not None
    assert Image.open(io.BytesIO(preview)).size == (1654, 2339)
