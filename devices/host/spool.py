"""The spool: what the server wants printed or taken back, one lane for each printer."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from devices.host.journal import Journal
from devices.host.ports import PaperKind, Want, WantKind

IDLE_SECONDS = 600.0

_log = structlog.get_logger(__name__)

_KINDS: Mapping[WantKind, PaperKind] = {
    WantKind.PRINT_A4: PaperKind.A4,
    WantKind.PRINT_SLIP: PaperKind.SLIP,
}


class BringsOut(Protocol):
    """Something that takes one job to its end."""

    def bring_out(self, job: str) -> None:
        """Return when the job has ended or the host is ending."""
        ...


class Lane:
    """The queue before one printer; the journal is the queue."""

    def __init__(
        self,
        kind: PaperKind,
        journal: Journal,
        printing: Callable[[Callable[[float], bool]], BringsOut],
    ) -> None:
        self._kind = kind
        self._journal = journal
        self._stirred = threading.Event()
        self._ending = False
        self._printing = printing(self.rest)

    def rest(self, seconds: float) -> bool:
        """Pause the lane, cut short by `stir`; returns True when the host is ending."""
        if not self._ending:
            self._stirred.wait(seconds)
            self._stirred.clear()
        return self._ending

    def stir(self) -> None:
        """Something has changed: a new job, or one taken back."""
        self._stirred.set()

    def stop(self) -> None:
        """End `run` soon, leaving its job in the journal where it stands."""
        self._ending = True
        self._stirred.set()

    def run(self) -> None:
        """Bring papers out until `stop`; begins with what an earlier life left open."""
        while not self._ending:
            entry = self._journal.next_open(self._kind)
            if entry is not None:
                self._printing.bring_out(entry.job)
            else:
                self.rest(IDLE_SECONDS)


class Spool:
    """Takes the server's wants; any thread may call."""

    def __init__(
        self, journal: Journal, lanes: Mapping[PaperKind, Lane], *, reported: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._lanes = lanes
        self._reported = reported

    def want(self, wants: Sequence[Want]) -> None:
        """Take on what is new; a want that is known already changes nothing."""
        for want in wants:
            if want.kind is WantKind.CANCEL_PRINT:
                self._take_back(want.job)
            elif want.kind in _KINDS:
                self._take_on(want.job, _KINDS[want.kind])
        self._journal.all_taken_on()

    def open_jobs(self) -> int:
        """How many papers have not ended."""
        return self._journal.open_jobs()

    def _take_on(self, job: str, kind: PaperKind) -> None:
        lane = self._lanes.get(kind)
        if lane is None:
            _log.error("paper_without_printer", job=job, kind=kind.value)
        elif self._journal.intend(job, kind):
            lane.stir()
        else:
            # Wanted although it has ended here: the server has not heard our last report yet.
            self._reported()

    def _take_back(self, job: str) -> None:
        # A job that was never heard of here is taken on in order to be ended: the server waits
        # for an end, and the lane gives it one without touching the printer.
        lane = next(iter(self._lanes), None)
        if lane is None:
            return
        self._journal.intend(job, lane)
        self._journal.wish_cancel(job)
        for each in self._lanes.values():
            each.stir()
