"""
Scanning a code for the page (扫码) without the page seeing it.

The page brings the server's nonce; what the person then shows is handed to the server from here
and forgotten. Nobody's code waits for somebody else: what is shown while no page asks is thrown
away, and so is everything when a visit begins or ends.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from devices.contracts.qr_scanner import (
    Nothing,
    QrScanner,
    Scanned,
    ScannerTrouble,
    ScanRefused,
)
from devices.host.events import EventBus, EventKind
from devices.host.orders import SUPERSEDED, Order, OrderDesk
from devices.host.ports import LineDead, Refused, ScanCounter, ScanTaken, ScanText

PATIENCE_SECONDS = 90.0
LONGEST_SCAN = 512
"""Characters that the wire takes."""
LISTEN_SECONDS = 0.25
"""How long one look lasts: a page that goes away is noticed after it."""
FORGET_SECONDS = 2.0
"""How often what nobody asked for is thrown away."""

_log = structlog.get_logger(__name__)


class ScanState(StrEnum):
    """Where a scan stands, in the words of the device API."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """What the page may know of its scan; `code` says why it failed."""

    state: ScanState
    code: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {ScanState.DONE, ScanState.FAILED}


# What the page wishes is a scan for its nonce.
_ScanOrder = Order[str]


class CodeScanning:
    """Serves one scan at a time; a newer order supersedes the older. Any thread may call."""

    def __init__(
        self,
        scanner: QrScanner | None,
        counter: ScanCounter,
        bus: EventBus,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scanner = scanner
        self._counter = counter
        self._bus = bus
        self._now = now
        self._desk: OrderDesk[str, ScanProgress] = OrderDesk(
            waiting=ScanProgress(ScanState.WAITING),
            superseded=ScanProgress(ScanState.FAILED, SUPERSEDED),
        )

    def ask(self, nonce: str) -> str:
        """Begin a scan for the page and return its id."""
        return self._desk.ask(nonce)

    def progress(self, scan: str) -> ScanProgress | None:
        """How a scan stands, or None for an id that is unknown, cancelled or long past."""
        return self._desk.standing(scan)

    def progress_past(
        self, scan: str, state: ScanState, *, wait_seconds: float
    ) -> ScanProgress | None:
        """As `progress`, as soon as the scan is past *state* or after *wait_seconds*."""
        return self._desk.standing_past(scan, state, wait_seconds=wait_seconds)

    def cancel(self, scan: str) -> bool:
        """Forget a scan; returns whether there was one."""
        return self._desk.cancel(scan)

    def turn(self) -> None:
        """A visit has begun or ended: nothing that was shown or asked for belongs to the next."""
        self._desk.clear()

    def run(self) -> None:
        """Serve scans until `stop`; runs in a thread of its own."""
        while not self._desk.closed:
            order = self._desk.next_order(FORGET_SECONDS if self._scanner is not None else None)
            if order is not None:
                self._serve(order)
            elif self._scanner is not None and not self._desk.closed:
                self._scanner.forget()

    def stop(self) -> None:
        """End `run` soon and forget everything."""
        self._desk.close()

    def _serve(self, order: _ScanOrder) -> None:
        scanner = self._scanner
        if scanner is None:
            self._end(order, ScanProgress(ScanState.FAILED, "scanner_absent"))
            return
        scanner.forget()
        self._announce(ScanState.WAITING)
        text = self._await_scan(scanner, order)
        if isinstance(text, Scanned):
            self._end(order, self._settle(order, text.text))
        elif text:
            self._end(order, ScanProgress(ScanState.FAILED, text))
        scanner.forget()

    def _await_scan(self, scanner: QrScanner, order: _ScanOrder) -> Scanned | str:
        """The scan, or a code when there will be none, or "" when nobody waits any more."""
        until = self._now() + PATIENCE_SECONDS
        while self._desk.wanted(order):
            match scanner.next_scan(LISTEN_SECONDS):
                case Scanned() as scanned:
                    return scanned if self._desk.wanted(order) else ""
                case ScanRefused(why):
                    return f"scan_{why.value}"
                case ScannerTrouble(trouble=trouble, detail=detail):
                    _log.warning("code_not_sought", trouble=trouble.value, detail=detail)
                    return "scanner_absent"
                case Nothing():
                    if self._now() >= until:
                        return "timeout"
        return ""

    def _settle(self, order: _ScanOrder, text: str) -> ScanProgress:
        if len(text) > LONGEST_SCAN:
            return ScanProgress(ScanState.FAILED, "scan_too_long")
        self._desk.step(order, ScanProgress(ScanState.SENDING))
        self._announce(ScanState.SENDING)
        match self._counter.send_scan(ScanText(order.wish, text)):
            case ScanTaken():
                return ScanProgress(ScanState.DONE)
            case Refused(code=code):
                _log.info("scan_refused", code=code)
                return ScanProgress(ScanState.FAILED, code)
            case LineDead():
                return ScanProgress(ScanState.FAILED, "line_dead")

    def _end(self, order: _ScanOrder, progress: ScanProgress) -> None:
        if self._desk.end(order, progress):
            self._announce(progress.state)

    def _announce(self, state: ScanState) -> None:
        self._bus.announce(EventKind.SCAN, state=state.value)
