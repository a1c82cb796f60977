"""A slip's way to paper (凭条). A slip printer knows no jobs: what was not confirmed is unknown."""

import time
from collections.abc import Callable

import structlog

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintUnknown, ReceiptPrinter
from devices.contracts.slip import Slip, SlipInvalid
from devices.contracts.states import Trouble
from devices.host.fetching import DOCUMENT_DAMAGED, FRESH_SECONDS, PaperFetcher
from devices.host.journal import Journal, Step
from devices.host.ports import PaperKind, ReportState
from devices.host.print_decisions import worth_reporting

AGAIN_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class SlipPrinting:
    """Brings slips out, one at a time. `rest(seconds)` returns True when the host is ending;
    `reported` is called after each report that was written down."""

    def __init__(
        self,
        printer: ReceiptPrinter,
        fetcher: PaperFetcher,
        journal: Journal,
        *,
        rest: Callable[[float], bool],
        reported: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._printer = printer
        self._fetcher = fetcher
        self._journal = journal
        self._rest = rest
        self._reported = reported
        self._now = now

    def bring_out(self, job: str) -> None:
        """Take the job from wherever it stands to its end; returns early when the host ends."""
        entry = self._journal.entry(job)
        if entry is None or entry.step is Step.ENDED:
            return
        if entry.step is Step.INTENDED:
            self._prepare(job)
        else:
            # Cut off between the first dot and the printer's last word.
            self._tell(job, ReportState.UNKNOWN)
        self._reported()

    def _prepare(self, job: str) -> None:
        paper = self._fetcher.fetch(job, PaperKind.SLIP)
        if paper is None:
            return
        try:
            slip = Slip.from_json(paper.document)
        except SlipInvalid as fault:
            _log.error("slip_invalid", job=job, at=fault.at)
            self._tell(job, ReportState.NOT_PRINTED, trouble=DOCUMENT_DAMAGED)
            return
        self._tell(job, ReportState.TAKEN)
        fetched_at = self._now()
        while not self._fetcher.taken_back(job):
            if self._now() - fetched_at > FRESH_SECONDS:
                if self._fetcher.fetch(job, PaperKind.SLIP) is None:
                    return
                fetched_at = self._now()
            if self._print(job, slip) or self._rest(AGAIN_SECONDS):
                return

    def _print(self, job: str, slip: Slip) -> bool:
        """Try once; returns whether the job has ended."""
        self._journal.submitting(job)
        match self._printer.print(slip):
            case Printed():
                self._tell(job, ReportState.PRINTED, pages_done=1)
                return True
            case PrintUnknown():
                self._tell(job, ReportState.UNKNOWN)
                return True
            case NotPrinted(trouble=trouble):
                # After the cure the whole slip is printed again; a torn one looks torn.
                self._journal.not_submitted(job)
                self._wait_reported(job, trouble)
                return False

    def _wait_reported(self, job: str, trouble: Trouble) -> None:
        if worth_reporting(self._journal.last_report(job), trouble, 0):
            self._tell(job, ReportState.PRINTING, trouble=trouble.value)

    def _tell(
        self, job: str, state: ReportState, *, trouble: str | None = None, pages_done: int = 0
    ) -> None:
        self._journal.report(job, state, trouble=trouble, pages_done=pages_done)
        self._reported()
