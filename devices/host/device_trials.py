"""
Trying a terminal's devices when it is set up (装机测试): a page, a slip, a card, a code.

One trial at a time, each in a thread, so that the screen can say how it goes. Of a card only
this is kept: that it was read, and that its number holds. Of a code: how long it is.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from devices.contracts.document_printer import DocumentPrinter
from devices.contracts.id_reader import CardFailed, CardFound, CardRead, IdReader, ReaderTrouble
from devices.contracts.qr_scanner import (
    Nothing,
    QrScanner,
    Scanned,
    ScannerTrouble,
    ScanRefused,
)
from devices.contracts.receipt_printer import NotPrinted, Printed, ReceiptPrinter
from devices.host.registry import Fleet
from devices.host.trial_papers import Trial, trial_page, trial_slip
from devices.host.watched_paper import come_out
from devices.protocols.id_numbers import is_valid

PERSON_SECONDS = 25.0
"""How long a card or a code is waited for."""
_LOOK_SECONDS = 0.3

_log = structlog.get_logger(__name__)


class TrialKind(StrEnum):
    """What can be tried, in the order in which it is."""

    PAGE = "page"
    SLIP = "slip"
    CARD = "card"
    CODE = "code"


class TrialState(StrEnum):
    """Where a trial stands. `passed` is the machine's word, `confirmed` that of the person who
    has looked at the paper."""

    ABSENT = "absent"
    NOT_TRIED = "not_tried"
    RUNNING = "running"
    FAILED = "failed"
    PASSED = "passed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a trial went; `code` names what stood against it."""

    state: TrialState
    code: str | None = None


class DeviceTrials:
    """The trials of one terminal; any thread may call."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        terminal: str,
        slip_width_mm: int,
        now: Callable[[], datetime],
        occasion: str = "first-boot",
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal = terminal
        self._width_mm = slip_width_mm
        self._now = now
        self._occasion = occasion
        self._pause = pause
        self._clock = clock
        self._deeds = self._possible(fleet)
        self._lock = threading.Lock()
        self._results: dict[TrialKind, TrialResult] = {}
        self._thread: threading.Thread | None = None

    def results(self) -> Mapping[TrialKind, TrialResult]:
        """How each trial stands, in their order."""
        with self._lock:
            return {kind: self._standing(kind) for kind in TrialKind}

    @property
    def running(self) -> bool:
        """Whether one goes on."""
        return any(each.state is TrialState.RUNNING for each in self.results().values())

    @property
    def complete(self) -> bool:
        """Whether everything that is there has been tried and found good."""
        good = {TrialState.ABSENT, TrialState.CONFIRMED}
        return all(each.state in good for each in self.results().values())

    def begin(self, kind: TrialKind) -> bool:
        """Begin a trial; returns whether it began: not while another goes on, nor of nothing."""
        with self._lock:
            busy = any(each.state is TrialState.RUNNING for each in self._results.values())
            if busy or kind not in self._deeds:
                return False
            self._results[kind] = TrialResult(TrialState.RUNNING)
            self._thread = threading.Thread(
                target=self._run, args=(kind,), name=f"trial {kind.value}", daemon=True
            )
            self._thread.start()
            return True

    def judge(self, kind: TrialKind, *, good: bool) -> bool:
        """Take down what the person who looked says of a passed trial; returns whether it was
        one."""
        with self._lock:
            if self._standing(kind).state not in {TrialState.PASSED, TrialState.CONFIRMED}:
                return False
            state = TrialState.CONFIRMED if good else TrialState.FAILED
            self._results[kind] = TrialResult(state, None if good else "not_right")
            return True

    def _standing(self, kind: TrialKind) -> TrialResult:
        if kind not in self._deeds:
            return TrialResult(TrialState.ABSENT)
        return self._results.get(kind, TrialResult(TrialState.NOT_TRIED))

    def _possible(self, fleet: Fleet) -> Mapping[TrialKind, Callable[[], str | None]]:
        deeds: dict[TrialKind, Callable[[], str | None]] = {}
        if (a4 := fleet.a4_printer) is not None:
            deeds[TrialKind.PAGE] = lambda: self._page(a4)
        if (receipt := fleet.receipt_printer) is not None:
            deeds[TrialKind.SLIP] = lambda: self._slip(receipt)
        if (reader := fleet.id_reader) is not None:
            deeds[TrialKind.CARD] = lambda: self._card(reader)
        if (scanner := fleet.qr_scanner) is not None:
            deeds[TrialKind.CODE] = lambda: self._code(scanner)
        return deeds

    def _run(self, kind: TrialKind) -> None:
        code: str | None = "fault"
        try:
            code = self._deeds[kind]()
        finally:
            # A fault of ours counts as a trial that failed, and is the log's matter beside it.
            state = TrialState.PASSED if code is None else TrialState.FAILED
            # Nobody has to look at a card that was read: the reader's word is all there is.
            if code is None and kind in {TrialKind.CARD, TrialKind.CODE}:
                state = TrialState.CONFIRMED
            with self._lock:
                self._results[kind] = TrialResult(state, code)
            _log.info("device_tried", trial=kind.value, state=state.value, code=code)

    def _trial(self) -> Trial:
        return Trial(self._terminal, self._occasion, self._now())

    def _page(self, printer: DocumentPrinter) -> str | None:
        # Whoever stands there has helped: what is paused or held goes on before the page.
        printer.resume()
        return come_out(
            printer,
            trial_page(self._trial()),
            job_name=f"{self._occasion}-{self._now():%Y%m%d%H%M%S}",
            pages=1,
            pause=self._pause,
            clock=self._clock,
        )

    def _slip(self, printer: ReceiptPrinter) -> str | None:
        match printer.print(trial_slip(self._trial(), width_mm=self._width_mm)):
            case Printed():
                return None
            case NotPrinted(trouble=trouble):
                return trouble.value
            case _:
                return "unknown"

    def _card(self, reader: IdReader) -> str | None:
        until = self._clock() + PERSON_SECONDS
        while self._clock() < until:
            match reader.find():
                case CardFound():
                    match reader.read():
                        case CardRead(card=card):
                            return None if is_valid(card.number, card.kind) else "number_invalid"
                        case CardFailed(reason=reason):
                            return reason.value
                case ReaderTrouble(trouble=trouble):
                    return trouble.value
            self._pause(_LOOK_SECONDS)
        return "timeout"

    def _code(self, scanner: QrScanner) -> str | None:
        scanner.forget()
        until = self._clock() + PERSON_SECONDS
        while self._clock() < until:
            match scanner.next_scan(_LOOK_SECONDS):
                case Scanned():
                    return None
                case ScanRefused(why=why):
                    return why.value
                case ScannerTrouble(trouble=trouble):
                    return trouble.value
                case Nothing():
                    continue
        return "timeout"
