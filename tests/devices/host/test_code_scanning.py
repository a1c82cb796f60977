"""Scanning for the page: the text goes from host to server, and nobody's code to somebody else."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from devices.api.scan_routes import ScanDesk
from devices.contracts.qr_scanner import (
    Nothing,
    Scanned,
    ScannerTrouble,
    ScanOutcome,
    ScanRefused,
    Unreadable,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.qr_scanner import LineScanner, over_serial
from devices.host.code_scanning import PATIENCE_SECONDS, CodeScanning, ScanProgress, ScanState
from devices.host.events import Event, EventBus, EventKind
from devices.host.ports import LineDead, Refused, ScanTaken, ScanText
from devices.protocols.key_events import Keystrokes
from devices.simulators.qr_scanners import ScannerOnFifo, ScannerOnPty
from devices.transports.keyboard import Keyboard
from tests.support.door_client import said, stand

CODE = "kiosk-print:47112233"

Far = ScannerOnPty | ScannerOnFifo


@dataclass
class FakeScanner:
    """A scanner to which codes are shown by a test."""

    shown: list[ScanOutcome] = field(default_factory=list)
    forgotten: int = 0
    asked: threading.Event = field(default_factory=threading.Event)

    def status(self) -> DeviceStatus:
        return DeviceStatus.of()

    def next_scan(self, timeout_seconds: float) -> ScanOutcome:
        self.asked.set()
        threading.Event().wait(0.005)
        return self.shown.pop(0) if self.shown else Nothing()

    def forget(self) -> None:
        self.forgotten += 1
        self.shown.clear()

    def close(self) -> None:
        pass


@dataclass
class FakeCounter:
    """A `ScanCounter` that keeps what it is handed."""

    outcome: ScanTaken | Refused | LineDead = field(default_factory=ScanTaken)
    scans: list[ScanText] = field(default_factory=list)
    taking: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def send_scan(self, scan: ScanText) -> ScanTaken | Refused | LineDead:
        self.scans.append(scan)
        self.taking.set()
        assert self.go_on.wait(5)
        return self.outcome


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """A scanning at work."""

    scanner: FakeScanner
    counter: FakeCounter
    scanning: CodeScanning
    clock: Clock

    def listens(self) -> str:
        """A page asks, and the scanner is listened to."""
        self.scanner.asked.clear()
        scan = self.scanning.ask("nonce")
        assert self.scanner.asked.wait(5)
        return scan


def ended(scanning: CodeScanning, scan: str) -> ScanProgress | None:
    """How a scan ended; None when it was forgotten."""
    for _ in range(1000):
        progress = scanning.progress(scan)
        if progress is None or progress.ended:
            return progress
        threading.Event().wait(0.005)
    raise AssertionError("the scan did not end")


@pytest.fixture
def desk() -> Iterator[Desk]:
    scanner, counter, clock = FakeScanner(), FakeCounter(), Clock()
    counter.go_on.set()
    found = Desk(scanner, counter, CodeScanning(scanner, counter, EventBus(), now=clock), clock)
    thread = threading.Thread(target=found.scanning.run)
    thread.start()
    yield found
    found.scanning.stop()
    counter.go_on.set()
    thread.join(5)
    assert not thread.is_alive()


def test_what_is_shown_while_a_page_asks_goes_to_the_server(desk: Desk) -> None:
    """The server gets nonce and text; the page learns that it is done."""
    scan = desk.listens()
    desk.scanner.shown.append(Scanned(CODE))
    progress = ended(desk.scanning, scan)
    assert progress is not None
    assert (progress.state, progress.code) == ("done", None)
    assert desk.counter.scans == [ScanText("nonce", CODE)]
    assert CODE not in repr(desk.counter.scans)


@pytest.mark.policy("P52")
def test_what_was_shown_before_is_nobodys(desk: Desk) -> None:
    """A code that was shown before the page asked reaches nobody."""
    desk.scanner.shown.append(Scanned("the person before"))
    scan = desk.listens()
    desk.scanner.shown.append(Scanned(CODE))
    ended(desk.scanning, scan)
    assert [sent.text for sent in desk.counter.scans] == [CODE]


@pytest.mark.policy("P52")
def test_a_turn_of_visits_forgets_everything(desk: Desk) -> None:
    """When a visit begins or ends the scan is over, and what was shown goes nowhere."""
    scan = desk.listens()
    desk.scanning.turn()
    desk.scanner.shown.append(Scanned(CODE))
    assert desk.scanning.progress(scan) is None
    later = desk.listens()
    desk.scanning.cancel(later)
    assert desk.counter.scans == []


def test_a_page_that_went_away_gets_nothing(desk: Desk) -> None:
    """A cancelled scan sends nothing, and the next one begins with nothing."""
    scan = desk.listens()
    assert desk.scanning.cancel(scan)
    assert not desk.scanning.cancel(scan)
    desk.scanner.shown.append(Scanned("too late"))
    again = desk.listens()
    desk.scanner.shown.append(Scanned(CODE))
    ended(desk.scanning, again)
    assert [sent.text for sent in desk.counter.scans] == [CODE]


def test_a_newer_page_supersedes_the_older(desk: Desk) -> None:
    """Two pages never wait for one code."""
    older = desk.listens()
    desk.scanning.ask("newer")
    assert desk.scanning.progress(older) == ScanProgress(ScanState.FAILED, "superseded")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (Scanned("x" * 513), "scan_too_long"),
        (ScanRefused(Unreadable.NOT_TEXT), "scan_not_text"),
        (ScanRefused(Unreadable.INCOMPLETE), "scan_incomplete"),
        (ScannerTrouble(Trouble.OFFLINE, "line_lost"), "scanner_absent"),
    ],
)
def test_what_cannot_be_sent_has_a_code(desk: Desk, shown: ScanOutcome, code: str) -> None:
    """Each failure on this machine has its own code and sends nothing."""
    scan = desk.listens()
    desk.scanner.shown.append(shown)
    progress = ended(desk.scanning, scan)
    assert progress is not None
    assert (progress.state, progress.code) == ("failed", code)
    assert desk.counter.scans == []


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Refused("scan_not_fitting", 403), "scan_not_fitting"), (LineDead("off"), "line_dead")],
)
def test_the_servers_word_reaches_the_page(
    desk: Desk, outcome: Refused | LineDead, code: str
) -> None:
    """What the server minds, or its silence, is told by code."""
    desk.counter.outcome = outcome
    scan = desk.listens()
    desk.scanner.shown.append(Scanned(CODE))
    progress = ended(desk.scanning, scan)
    assert progress is not None
    assert (progress.state, progress.code) == ("failed", code)


def test_patience_ends(desk: Desk) -> None:
    """Nobody is waited for longer than the patience of the page."""
    scan = desk.listens()
    desk.clock.seconds = PATIENCE_SECONDS
    progress = ended(desk.scanning, scan)
    assert progress is not None
    assert progress.code == "timeout"


def test_an_answer_is_held_back_until_there_is_news(desk: Desk) -> None:
    """A page that names what it shows is answered when that has changed."""
    desk.counter.go_on.clear()
    scan = desk.listens()
    desk.scanner.shown.append(Scanned(CODE))
    assert desk.counter.taking.wait(5)
    progress = desk.scanning.progress_past(scan, ScanState.WAITING, wait_seconds=5)
    assert progress is not None
    assert progress.state == "sending"
    desk.counter.go_on.set()
    assert ended(desk.scanning, scan) is not None


def test_without_a_scanner_the_page_is_told(desk: Desk) -> None:
    """A terminal without a scanner answers at once."""
    bare = CodeScanning(None, desk.counter, EventBus())
    thread = threading.Thread(target=bare.run)
    thread.start()
    progress = ended(bare, bare.ask("nonce"))
    bare.stop()
    thread.join(5)
    assert progress is not None
    assert progress.code == "scanner_absent"


def on_serial() -> tuple[Far, LineScanner]:
    """A scanner on a serial port, and its driver."""
    far = ScannerOnPty()
    return far, over_serial(far.address)


def on_keyboard() -> tuple[Far, LineScanner]:
    """A scanner that types, and its driver; a FIFO cannot be grabbed."""
    far = ScannerOnFifo()
    keyboard = Keyboard(far.address, take=lambda _: None)
    return far, LineScanner(keyboard, lambda: Keystrokes().feed)


@dataclass
class Wired:
    """A scanning over a real driver, and the far end of its wire."""

    far: Far
    scanning: CodeScanning
    counter: FakeCounter
    told: Iterator[Event | None]

    def listens(self) -> str:
        """A page asks, and what was shown before has been thrown away."""
        scan = self.scanning.ask("nonce")
        assert next(self.told) == Event(EventKind.SCAN, {"state": "waiting"})
        return scan


@pytest.fixture(params=[on_serial, on_keyboard], ids=["serial", "keyboard"])
def wired(request: pytest.FixtureRequest) -> Iterator[Wired]:
    make: Callable[[], tuple[Far, LineScanner]] = request.param
    far, near = make()
    far.start()
    counter, bus = FakeCounter(), EventBus()
    counter.go_on.set()
    scanning = CodeScanning(near, counter, bus)
    thread = threading.Thread(target=scanning.run)
    thread.start()
    yield Wired(far, scanning, counter, bus.listen(beat_seconds=5))
    scanning.stop()
    thread.join(5)
    near.close()
    far.stop()


def test_real_drivers_listen(wired: Wired) -> None:
    """Through either driver a shown code arrives whole, and one shown before never."""
    wired.far.scan("kiosk-print:00000000")
    scan = wired.listens()
    wired.far.scan(CODE)
    progress = ended(wired.scanning, scan)
    assert progress is not None
    assert progress.state == "done"
    assert [sent.text for sent in wired.counter.scans] == [CODE]


def test_a_scanner_that_comes_back_is_listened_to(wired: Wired) -> None:
    """Its cable pulled, the page is told; plugged in again, the next page scans."""
    scan = wired.listens()
    wired.far.pull_cable()
    progress = ended(wired.scanning, scan)
    assert progress is not None
    assert progress.code == "scanner_absent"
    wired.far.plug_cable()
    assert next(wired.told) == Event(EventKind.SCAN, {"state": "failed"})
    again = wired.listens()
    wired.far.scan(CODE)
    progress = ended(wired.scanning, again)
    assert progress is not None
    assert progress.state == "done"


def test_control_codes_never_leave_the_host() -> None:
    """What would type a key or turn text around is dropped before anything is sent."""
    far, near = on_serial()
    assert isinstance(far, ScannerOnPty)
    far.start()
    counter, bus = FakeCounter(), EventBus()
    counter.go_on.set()
    told = bus.listen(beat_seconds=5)
    scanning = CodeScanning(near, counter, bus)
    thread = threading.Thread(target=scanning.run)
    thread.start()
    try:
        scan = Wired(far, scanning, counter, told).listens()
        far.scan("kiosk\x1b[2J-print:\x00\u202e4711\t2233")
        ended(scanning, scan)
        assert [sent.text for sent in counter.scans] == ["kiosk[2J-print:47112233"]
    finally:
        scanning.stop()
        thread.join(5)
        near.close()
        far.stop()


def test_the_page_asks_over_loopback(desk: Desk) -> None:
    """A page begins a scan with a nonce alone, follows it by id, and can stop it."""
    browser = stand(scans=ScanDesk(desk.scanning)).browser
    begun = browser.ask("POST", "/device/v1/scans", json={"nonce": "nonce"})
    assert begun.status_code == 202
    path = f"/device/v1/scans/{said(begun)['id']}"
    assert said(browser.ask("GET", path)) == {"state": "waiting", "code": None}
    assert browser.ask("DELETE", path).status_code == 204
    assert browser.ask("GET", path).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"nonce": ""}, {"nonce": "x" * 201}, {"nonce": 3}, {"nonce": "n", "text": "mine"}]
)
def test_a_page_cannot_hand_a_scan_in(desk: Desk, body: dict[str, object]) -> None:
    """What is scanned comes from the scanner: a page that brings a text is refused."""
    browser = stand(scans=ScanDesk(desk.scanning)).browser
    assert browser.ask("POST", "/device/v1/scans", json=body).status_code == 400
    assert desk.counter.scans == []


def test_without_token_or_enrolment_there_is_no_scan(desk: Desk) -> None:
    """The guards of the device API stand before scans too."""
    browser = stand(scans=ScanDesk(desk.scanning)).browser
    refused = browser.ask(
        "POST", "/device/v1/scans", headers={"X-Kiosk-Token": None}, json={"nonce": "n"}
    )
    assert refused.status_code == 401
    awaited = stand().browser.ask("POST", "/device/v1/scans", json={"nonce": "n"})
    assert said(awaited)["code"] == "not_enrolled"


@pytest.mark.parametrize(
    ("slot", "told"),
    [(None, (False, False)), (lambda: False, (True, False)), (lambda: True, (True, True))],
)
def test_no_chip_card_proves_a_person(
    slot: Callable[[], bool] | None, told: tuple[bool, bool]
) -> None:
    """A page learns whether a card is in the slot, and that it is accepted as no proof."""
    desk = ScanDesk(None, slot)
    answer = said(stand(scans=desk).browser.ask("GET", "/device/v1/card-slot"))
    assert (answer["there"], answer["present"]) == told
    assert answer["accepted_as_proof"] is False
