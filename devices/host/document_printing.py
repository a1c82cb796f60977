"""A document's way to paper (打印), safe against a power cut at any step.

intended → fetched and checked → `submitting` written → handed to the printer → `submitted` with
the printer's own number → watched → ended. Trouble is told at once and waited out: whoever
brings paper finds the job where it stood.
"""

import time
from collections.abc import Callable

import structlog

from devices.contracts.document_printer import CancelAccepted, DocumentPrinter
from devices.contracts.states import Trouble
from devices.host.fetching import FRESH_SECONDS, PaperFetcher
from devices.host.journal import Journal
from devices.host.ports import PaperKind, ReportState
from devices.host.print_decisions import (
    SILENCE_AFTER_CANCEL_SECONDS,
    AskAgain,
    Going,
    Hold,
    OfferAgain,
    Over,
    Prepare,
    Seek,
    after_look,
    after_search,
    after_submit,
    taking_up,
    worth_reporting,
)

LOOK_SECONDS = 0.4
SEARCH_SECONDS = 2.0
OFFER_AGAIN_SECONDS = 3.0

_log = structlog.get_logger(__name__)


class DocumentPrinting:
    """Brings A4 papers out, one at a time. `rest(seconds)` returns True when the host is ending;
    `reported` is called after each report that was written down."""

    def __init__(
        self,
        printer: DocumentPrinter,
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
        if entry is None:
            return
        match taking_up(entry):
            case Prepare():
                ref = self._prepare(job)
            case Seek():
                ref = self._seek(job)
            case Hold(ref=known):
                ref = known
            case None:
                return
        if ref is not None:
            self._watch(job, ref)
        self._reported()

    def _prepare(self, job: str) -> str | None:
        paper = self._fetcher.fetch(job, PaperKind.A4)
        if paper is None:
            return None
        self._tell(job, ReportState.TAKEN)
        fetched_at = self._now()
        while not self._fetcher.taken_back(job):
            if self._now() - fetched_at > FRESH_SECONDS:
                paper = self._fetcher.fetch(job, PaperKind.A4)
                if paper is None:
                    return None
                fetched_at = self._now()
            self._journal.submitting(job)
            outcome = self._printer.submit(paper.document, job_name=job, pages=paper.job.pages)
            match after_submit(outcome):
                case Hold(ref=ref):
                    self._journal.submitted(job, ref)
                    return ref
                case Seek():
                    return self._seek(job)
                case Over() as over:
                    self._end(job, over)
                    return None
                case OfferAgain(trouble=trouble):
                    self._journal.not_submitted(job)
                    self._progress(job, trouble, 0)
            if self._rest(OFFER_AGAIN_SECONDS):
                return None
        return None

    def _seek(self, job: str) -> str | None:
        silent_since = self._now()
        while True:
            match after_search(self._printer.find_by_name(job)):
                case Hold(ref=ref):
                    self._journal.submitted(job, ref)
                    return ref
                case Over() as over:
                    self._end(job, over)
                    return None
                case AskAgain(trouble=trouble):
                    if self._given_up(job, silent_since):
                        return None
                    self._progress(job, trouble, 0)
            if self._rest(SEARCH_SECONDS):
                return None

    def _watch(self, job: str, ref: str) -> None:
        silent_since: float | None = None
        cancelling = False
        while True:
            cancelling = cancelling or self._cancel_if_wanted(job, ref)
            match after_look(self._printer.watch(ref)):
                case Over() as over:
                    self._end(job, over)
                    return
                case Going(trouble=trouble, pages_done=pages):
                    silent_since = None
                    self._progress(job, trouble, pages)
                case AskAgain(trouble=trouble):
                    silent_since = self._now() if silent_since is None else silent_since
                    if self._given_up(job, silent_since):
                        return
                    last = self._journal.last_report(job)
                    self._progress(job, trouble, last.pages_done if last else 0)
            if self._rest(LOOK_SECONDS):
                return

    def _cancel_if_wanted(self, job: str, ref: str) -> bool:
        entry = self._journal.entry(job)
        if entry is None or not entry.cancel_wanted:
            return False
        return isinstance(self._printer.cancel(ref), CancelAccepted)

    def _given_up(self, job: str, silent_since: float) -> bool:
        entry = self._journal.entry(job)
        silent = self._now() - silent_since
        if entry is None or not entry.cancel_wanted or silent < SILENCE_AFTER_CANCEL_SECONDS:
            return False
        self._end(job, Over(ReportState.UNKNOWN, Trouble.OFFLINE))
        return True

    def _progress(self, job: str, trouble: Trouble | None, pages_done: int) -> None:
        if worth_reporting(self._journal.last_report(job), trouble, pages_done):
            word = trouble.value if trouble else None
            self._tell(job, ReportState.PRINTING, trouble=word, pages_done=pages_done)

    def _end(self, job: str, over: Over) -> None:
        _log.info("paper_ended", job=job, state=over.state.value, pages_done=over.pages_done)
        word = over.trouble.value if over.trouble else None
        self._tell(job, over.state, trouble=word, pages_done=over.pages_done)

    def _tell(
        self, job: str, state: ReportState, *, trouble: str | None = None, pages_done: int = 0
    ) -> None:
        self._journal.report(job, state, trouble=trouble, pages_done=pages_done)
        self._reported()
