"""Bringing a paper from the server into memory, whole and unaltered, or knowing why not."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from devices.host.journal import Journal
from devices.host.ports import (
    LineDead,
    PaperKind,
    PrintCounter,
    PrintJob,
    Refused,
    ReportState,
)

AGAIN_SECONDS = 3.0
FRESH_SECONDS = 120.0
"""A document that has waited longer for its printer is asked for anew before it is offered: while
the line was dead its person may have left."""
_OVER = 409
DOCUMENT_DAMAGED = "document_damaged"
_OFFERS = 2

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that may be printed: what it is, and its bytes, in memory alone."""

    job: PrintJob
    document: bytes = field(repr=False)


class PaperFetcher:
    """Fetches papers for both printers; `rest(seconds)` returns True when the host is ending."""

    def __init__(
        self, counter: PrintCounter, journal: Journal, *, rest: Callable[[float], bool]
    ) -> None:
        self._counter = counter
        self._journal = journal
        self._rest = rest

    def fetch(self, job: str, kind: PaperKind) -> Paper | None:
        """Return the paper, trying while the line is dead.

        None when there is nothing to print: taken back, no longer wanted, damaged on the way
        (all of which end the job in the journal), or when the host is ending (which does not).
        """
        damaged = 0
        while not self.taken_back(job):
            outcome = self._once(job, kind)
            if isinstance(outcome, Paper):
                return outcome
            if isinstance(outcome, Refused) and not may_pass(outcome):
                _log.info("paper_no_longer_wanted", job=job, code=outcome.code)
                if outcome.status == _OVER:
                    # Taken back, perhaps: then the server waits to hear that nothing came out.
                    self._journal.report(job, ReportState.NOT_PRINTED)
                else:
                    self._journal.drop(job)
                return None
            if outcome is None:
                damaged += 1
                _log.error("paper_damaged", job=job, times=damaged)
            if damaged == _OFFERS:
                self._journal.report(job, ReportState.NOT_PRINTED, trouble=DOCUMENT_DAMAGED)
                return None
            if self._rest(AGAIN_SECONDS):
                return None
        return None

    def taken_back(self, job: str) -> bool:
        """End a job that was taken back before anything went to the printer."""
        entry = self._journal.entry(job)
        if entry is None or not entry.cancel_wanted:
            return False
        self._journal.report(job, ReportState.NOT_PRINTED)
        return True

    def _once(self, job: str, kind: PaperKind) -> Paper | Refused | LineDead | None:
        described = self._counter.print_job(job)
        if not isinstance(described, PrintJob):
            return described
        document = self._counter.document(job)
        if not isinstance(document, bytes):
            return document
        whole = hashlib.sha256(document).hexdigest() == described.digest
        return Paper(described, document) if whole and described.kind is kind else None


def may_pass(refused: Refused) -> bool:
    """Whether a refusal speaks of the moment or of the terminal, and not of this job."""
    return refused.status not in {400, 404, 409, 410, 422}
