"""Taking a document in for the page (采集材料): pictures in, one PDF out, nothing kept.

The page brings the server's nonce. Each picture becomes a page of A4 that the person looks at,
turns, takes again or leaves out; what they accept goes to the server as one PDF, signed by this
terminal, and is wiped here. So is all that is given up, left behind at the end of a visit, or not
looked at for two minutes.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from devices.contracts.document_scanner import (
    Cancelled,
    DocumentScanner,
    NoDocument,
    Picture,
    ScanEnd,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import Trouble
from devices.host.capture_pages import CapturedPages, CaptureState, PageSeen
from devices.host.ports import (
    CapturedDocument,
    CaptureTaken,
    DocumentCounter,
    LineDead,
    Refused,
)
from devices.protocols.page_making import NoPicture, Page, make_page

FORGOTTEN_SECONDS = 120.0
LINE_DEAD = "line_dead"
_LOOK_SECONDS = 5.0

_log = structlog.get_logger(__name__)

_CODES = {
    Trouble.OFFLINE: "scanner_absent",
    Trouble.BUSY: "scanner_busy",
    Trouble.JAM: "scanner_jam",
    Trouble.COVER_OPEN: "scanner_cover_open",
}


@dataclass(frozen=True, slots=True)
class CaptureProgress:
    """What the page may know: `code` tells what went wrong last, `capture` what the server took."""

    state: CaptureState
    pages: tuple[PageSeen, ...]
    percent: int
    code: str | None
    capture: str | None


class DocumentCapture:
    """Serves one capture at a time; a newer one supersedes the older. Any thread may call.

    *page_in* finds the page in a picture; raises `NoPicture`.
    """

    def __init__(
        self,
        scanner: DocumentScanner | None,
        counter: DocumentCounter,
        *,
        page_in: Callable[[Picture], Page] = make_page,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._page_in = page_in
        self._scanner = scanner
        self._counter = counter
        self._now = now
        self._lock = threading.Condition()
        self._current: CapturedPages | None = None
        self._looked_at = 0.0
        self._ending = False

    def begin(self, nonce: str, most_pages: int) -> str:
        """Drop what there was, begin a capture with a first picture, and return its id."""
        with self._lock:
            self._drop()
            found = CapturedPages(secrets.token_urlsafe(12), nonce, most_pages)
            self._current = found
            self._touch()
        return found.id

    def progress(self, capture: str) -> CaptureProgress | None:
        """How a capture stands, or None for one that is unknown, dropped or long forgotten."""
        with self._lock:
            found = self._find(capture)
            if found is None:
                return None
            return CaptureProgress(
                found.state, found.seen(), found.percent, found.code, found.taken
            )

    def preview(self, capture: str, page: int) -> bytes | None:
        """A finished page as JPEG, or None where there is none."""
        with self._lock:
            found = self._find(capture)
            return found.preview(page) if found is not None else None

    def another(self, capture: str) -> bool:
        """Take a further picture; False unless the capture waits for its person."""
        return self._turn_to(capture, CaptureState.SCANNING)

    def accept(self, capture: str) -> bool:
        """Hand the pages in; False unless the capture waits for its person and has a page."""
        return self._turn_to(capture, CaptureState.SENDING)

    def turn_page(self, capture: str, page: int) -> bool:
        """Turn a page a quarter to the right; False where there is none to turn."""
        with self._lock:
            found = self._find(capture)
            return found is not None and found.turn(page)

    def leave_out(self, capture: str, page: int) -> bool:
        """Wipe one page; False where there is none."""
        with self._lock:
            found = self._find(capture)
            return found is not None and found.leave_out(page)

    def drop(self, capture: str) -> bool:
        """Give a capture up and wipe it; returns whether there was one."""
        with self._lock:
            if self._find(capture) is None:
                return False
            self._drop()
        return True

    def forget(self) -> None:
        """A visit has begun or ended: nothing of another person's stays."""
        with self._lock:
            self._drop()

    def run(self) -> None:
        """Scan and send until `stop`; runs in a thread of its own."""
        while True:
            with self._lock:
                if not self._work_waits() and not self._ending:
                    self._lock.wait(_LOOK_SECONDS)
                if self._ending:
                    return
                if self._now() - self._looked_at > FORGOTTEN_SECONDS:
                    self._drop()
                found = self._current if self._work_waits() else None
            if found is not None and found.state is CaptureState.SCANNING:
                self._scan(found)
            elif found is not None:
                self._send(found)

    def stop(self) -> None:
        """End `run` soon and wipe everything."""
        with self._lock:
            self._ending = True
            self._drop()
            self._lock.notify_all()

    def _scan(self, capture: CapturedPages) -> None:
        if self._scanner is None:
            self._wait_for_person(capture, _CODES[Trouble.OFFLINE])
            return
        spoilt = False

        def arrived(picture: Picture) -> None:
            nonlocal spoilt
            try:
                page = self._page_in(picture)
            except NoPicture as fault:
                spoilt = True
                _log.warning("picture_unreadable", reason=str(fault))
                return
            with self._lock:
                if self._current is not capture or not capture.add(page):
                    page.wipe()

        def progressed(percent: int) -> None:
            capture.percent = percent

        end = self._scanner.scan(arrived, most=capture.room, progress=progressed)
        code = _code_of(end)
        if code is not None:
            detail = end.detail if isinstance(end, ScannerFailed) else ""
            _log.info("document_not_scanned", code=code, detail=detail)
        self._wait_for_person(capture, code or ("picture_unreadable" if spoilt else None))

    def _send(self, capture: CapturedPages) -> None:
        with self._lock:
            document = capture.document() if self._current is capture else None
        if document is None:
            self._wait_for_person(capture, "document_too_large")
            return
        try:
            outcome = self._counter.send_document(
                CapturedDocument(capture.nonce, capture.count, document)
            )
        finally:
            document[:] = bytes(len(document))
        match outcome:
            case CaptureTaken(capture=taken):
                with self._lock:
                    capture.done(taken)
            case Refused(code=code):
                _log.info("document_refused", code=code)
                with self._lock:
                    capture.failed(code)
            case LineDead():
                # The same nonce may be shown again: what was taken is taken once.
                self._wait_for_person(capture, LINE_DEAD)

    def _turn_to(self, capture: str, state: CaptureState) -> bool:
        with self._lock:
            found = self._find(capture)
            if found is None or not found.go_on(state):
                return False
            self._lock.notify_all()
            return True

    def _wait_for_person(self, capture: CapturedPages, code: str | None) -> None:
        with self._lock:
            capture.wait(code)

    def _work_waits(self) -> bool:
        return self._current is not None and self._current.state.is_work

    def _find(self, capture: str) -> CapturedPages | None:
        """The capture of that id; who asks for it has looked at it."""
        if self._current is None or self._current.id != capture:
            return None
        self._looked_at = self._now()
        return self._current

    def _touch(self) -> None:
        self._looked_at = self._now()
        self._lock.notify_all()

    def _drop(self) -> None:
        dropped, self._current = self._current, None
        if dropped is None:
            return
        if dropped.state is CaptureState.SCANNING and self._scanner is not None:
            self._scanner.cancel()
        dropped.wipe()
        self._lock.notify_all()


def _code_of(end: ScanEnd) -> str | None:
    match end:
        case Scanned() | Cancelled():
            return None
        case NoDocument():
            return "no_document"
        case ScannerFailed(trouble=trouble):
            return _CODES.get(trouble, "scanner_fault")
