"""A printer, a slip printer and a counter in memory, for playing power cuts step by step."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from devices.contracts.document_printer import (
    AnswerLost,
    CancelAccepted,
    CancelOutcome,
    JobReport,
    JobState,
    NoSuchJob,
    ResumeOutcome,
    SearchOutcome,
    SubmitOutcome,
    Submitted,
    TooLateToCancel,
    WatchOutcome,
    WentOn,
)
from devices.contracts.receipt_printer import Printed, PrintOutcome
from devices.contracts.slip import Slip
from devices.contracts.states import DeviceStatus
from devices.host.ports import (
    Acknowledged,
    LineDead,
    PaperKind,
    PrintJob,
    PrintReport,
    Refused,
)

DOCUMENT = b"%PDF-1.7 two pages of nobody"
SLIP = b'{"version":1,"blocks":[{"type":"text","text":"\xe5\x87\xad\xe6\x9d\xa1"}]}'
_Wrapped = TypeVar("_Wrapped")


class PowerCut(BaseException):
    """The process is gone: nothing in it may catch this."""


@dataclass
class FakeDocumentPrinter:
    """Keeps jobs as a printer does; each look moves a job one page on."""

    pages: int = 2
    remembers: bool = True
    answers: list[SubmitOutcome] = field(default_factory=list)
    looks: list[WatchOutcome] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    def status(self) -> DeviceStatus:
        return DeviceStatus.of()

    def submit(self, document: bytes, *, job_name: str, pages: int) -> SubmitOutcome:
        assert document == DOCUMENT
        assert pages == self.pages
        prepared = self.answers.pop(0) if self.answers else None
        if prepared is None or isinstance(prepared, AnswerLost):
            self.submitted.append(job_name)
            self.done[job_name] = 0
        return prepared or Submitted(f"ref-{job_name}")

    def watch(self, ref: str) -> WatchOutcome:
        if self.looks:
            return self.looks.pop(0)
        job = ref.removeprefix("ref-")
        if job not in self.done or not self.remembers:
            return NoSuchJob()
        if job in self.cancelled:
            return JobReport(JobState.CANCELED, self.done[job])
        if self.done[job] < self.pages:
            self.done[job] += 1
            return JobReport(JobState.PROCESSING, self.done[job])
        return JobReport(JobState.COMPLETED, self.pages)

    def find_by_name(self, job_name: str) -> SearchOutcome:
        known = self.remembers and job_name in self.done
        return Submitted(f"ref-{job_name}") if known else NoSuchJob()

    def cancel(self, ref: str) -> CancelOutcome:
        job = ref.removeprefix("ref-")
        if self.done.get(job, 0) >= self.pages:
            return TooLateToCancel()
        self.cancelled.add(job)
        return CancelAccepted()

    def resume(self) -> ResumeOutcome:
        return WentOn()


@dataclass
class FakeReceiptPrinter:
    """Prints slips at once, or answers as told."""

    answers: list[PrintOutcome] = field(default_factory=list)
    printed: int = 0

    def status(self) -> DeviceStatus:
        return DeviceStatus.of()

    def print(self, slip: Slip) -> PrintOutcome:
        outcome = self.answers.pop(0) if self.answers else Printed()
        self.printed += isinstance(outcome, Printed)
        return outcome


@dataclass
class FakePrintCounter:
    """Offers one document to every job and keeps the reports."""

    kind: PaperKind = PaperKind.A4
    document_bytes: bytes = DOCUMENT
    digest: str | None = None
    refusals: list[Refused | LineDead] = field(default_factory=list)
    report_refusals: list[Refused | LineDead] = field(default_factory=list)
    reports: dict[str, dict[int, PrintReport]] = field(default_factory=dict)
    deliveries: int = 0

    def print_job(self, job: str) -> PrintJob | Refused | LineDead:
        if self.refusals:
            return self.refusals.pop(0)
        digest = self.digest or hashlib.sha256(self.document_bytes).hexdigest()
        return PrintJob(job, self.kind, "证明", "application/pdf", digest, 2, reprint=False)

    def document(self, job: str) -> bytes | Refused | LineDead:
        return self.document_bytes

    def report(self, job: str, report: PrintReport) -> Acknowledged | Refused | LineDead:
        if self.report_refusals:
            return self.report_refusals.pop(0)
        self.deliveries += 1
        kept = self.reports.setdefault(job, {}).setdefault(report.sequence, report)
        assert kept == report, "a sequence was used twice for different reports"
        return Acknowledged()

    def states(self, job: str) -> list[str]:
        """The states reported, in order of sequence."""
        told = self.reports.get(job, {})
        return [told[sequence].state.value for sequence in sorted(told)]

    def troubles(self, job: str) -> list[str | None]:
        """The troubles reported, in order of sequence."""
        told = self.reports.get(job, {})
        return [told[sequence].trouble for sequence in sorted(told)]


class Fuse:
    """Counts calls of whatever it wraps and cuts the power at the chosen one."""

    def __init__(self, cut_at: int | None, *, after: bool = False) -> None:
        self._cut_at = cut_at
        self._after = after
        self.calls = 0

    def wrap(self, wrapped: _Wrapped) -> _Wrapped:
        """Return *wrapped* with every method counted."""
        return _Fused(wrapped, self)  # type: ignore[return-value] # stands in for it, by duck

    def burn(self, call: Callable[[], Any]) -> Any:
        """Carry out one call, or cut the power before or after it."""
        self.calls += 1
        if self.calls == self._cut_at and not self._after:
            raise PowerCut
        result = call()
        if self.calls == self._cut_at:
            raise PowerCut
        return result


class _Fused:
    def __init__(self, wrapped: object, fuse: Fuse) -> None:
        self._wrapped = wrapped
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._wrapped, name)
        return lambda *args, **kwargs: self._fuse.burn(lambda: method(*args, **kwargs))
