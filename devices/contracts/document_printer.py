"""
The printer of documents (A4 打印机): what the kiosk needs of it.

The printer's own word about the job counts, not a spooler's: a document is printed when the
printer says that this job is completed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


class JobState(StrEnum):
    """Where a job stands at the printer (RFC 8011 §5.3.7; held counts as pending)."""

    PENDING = "pending"
    PROCESSING = "processing"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ABORTED = "aborted"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The printer holds the job and knows it as `ref`."""

    ref: str


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """The printer has certainly not taken the job; it may be offered again later."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The document was sent, in part or whole, and no answer came: ask `find_by_name`."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobReport:
    """How a job stands now, how many sheets' sides are out, and what holds it up.

    Trouble with a job that is completed means that the printer itself doubts it.
    """

    state: JobState
    pages_done: int = 0
    troubles: tuple[Trouble, ...] = ()

    @property
    def ended(self) -> bool:
        """Say whether the job will never change again."""
        return self.state in (JobState.COMPLETED, JobState.ABORTED, JobState.CANCELED)


@dataclass(frozen=True, slots=True)
class NoSuchJob:
    """The printer answers and knows no such job: never had it, or has forgotten it."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The printer cannot be asked now; nothing is known."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class CancelAccepted:
    """The printer will end the job; `watch` says when and with how many pages out."""


@dataclass(frozen=True, slots=True)
class TooLateToCancel:
    """The job had already ended."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """Nothing is held back any more, by a pause or a hold that somebody had ordered."""


@dataclass(frozen=True, slots=True)
class NotResumed:
    """Something is held back that this printer lets go on at its own panel alone."""

    detail: str = ""


SubmitOutcome = Submitted | NotAccepted | AnswerLost
WatchOutcome = JobReport | NoSuchJob | NoAnswer
SearchOutcome = Submitted | NoSuchJob | NoAnswer
CancelOutcome = CancelAccepted | TooLateToCancel | NoSuchJob | NoAnswer
ResumeOutcome = WentOn | NotResumed | NoAnswer


class DocumentPrinter(Protocol):
    """Prints whole documents and can be asked about each of them.

    Any thread may call. No method raises for a printer that is off, busy or talking nonsense.
    """

    def status(self) -> DeviceStatus:
        """Ask the printer how it is.

        Details hold model, loaded media, trays and their sheets, supply levels in percent, alerts.
        """
        ...

    def submit(self, document: bytes, *, job_name: str, pages: int) -> SubmitOutcome:
        """Hand a PDF to the printer under a name that carries no personal data and is never
        used twice. It comes out on one side of A4: what is checked is checked page by page.
        """
        ...

    def watch(self, ref: str) -> WatchOutcome:
        """Look once at the job *ref*."""
        ...

    def find_by_name(self, job_name: str) -> SearchOutcome:
        """Find again a job whose reference was lost, finished ones included.

        Of several under one name (somebody repeated it at the panel) one that still goes on is
        told, else one that was completed.
        """
        ...

    def cancel(self, ref: str) -> CancelOutcome:
        """Ask the printer to end the job *ref*; pages already out stay out."""
        ...

    def resume(self) -> ResumeOutcome:
        """Let a paused printer and held jobs go on, after whoever stands there has helped."""
        ...
