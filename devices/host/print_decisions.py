"""What follows from what, on the way of a document to paper. Pure: no clock, no device, no disk.

The one rule behind all of them: once `submitting` is written down, the document may be on paper,
and only the printer's word can say otherwise. Where the printer cannot tell, the end is
`unknown`; never a second print in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from devices.contracts.document_printer import (
    AnswerLost,
    JobReport,
    JobState,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    SearchOutcome,
    SubmitOutcome,
    Submitted,
    WatchOutcome,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.host.journal import Entry, Step
from devices.host.ports import PrintReport, ReportState

# A printer that does not answer for so long, after the person was told that the job is taken
# back, cannot be waited for.
SILENCE_AFTER_CANCEL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Prepare:
    """Fetch the document and offer it: nothing has gone to the printer."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Look at the printer for a job that may be there."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The printer has the job as `ref`: watch it."""

    ref: str


@dataclass(frozen=True, slots=True)
class OfferAgain:
    """The printer certainly has nothing; try later."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Nothing new is known; `trouble` says why the paper waits, if it does."""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """The job goes on, or waits for a cure."""

    trouble: Trouble | None
    pages_done: int


@dataclass(frozen=True, slots=True)
class Over:
    """The job has ended so."""

    state: ReportState
    trouble: Trouble | None = None
    pages_done: int = 0


def taking_up(entry: Entry) -> Prepare | Seek | Hold | None:
    """What to do with a job found in the journal, after a crash as on any day."""
    match entry:
        case Entry(step=Step.INTENDED):
            return Prepare()
        case Entry(step=Step.SUBMITTED, printer_ref=str(ref)):
            return Hold(ref)
        case Entry(step=Step.ENDED):
            return None
        case _:
            return Seek()


def after_submit(outcome: SubmitOutcome) -> Hold | OfferAgain | Seek | Over:
    """What the printer's answer to the document means."""
    match outcome:
        case Submitted(ref=ref):
            return Hold(ref)
        case NotAccepted(trouble=Trouble.NOT_SUPPORTED as never):
            return Over(ReportState.NOT_PRINTED, never)
        case NotAccepted(trouble=trouble):
            return OfferAgain(trouble)
        case AnswerLost():
            return Seek()


def after_search(outcome: SearchOutcome) -> Hold | AskAgain | Over:
    """What looking for a job by its name means, when it may or may not have been submitted."""
    match outcome:
        case Submitted(ref=ref):
            return Hold(ref)
        case NoAnswer():
            return AskAgain(Trouble.OFFLINE)
        case NoSuchJob():
            # Never received, or printed and forgotten: the printer cannot tell these apart.
            return Over(ReportState.UNKNOWN)


def after_look(outcome: WatchOutcome) -> Going | AskAgain | Over:
    """What a look at a job that the printer holds means."""
    match outcome:
        case NoAnswer():
            return AskAgain(Trouble.OFFLINE)
        case NoSuchJob():
            return Over(ReportState.UNKNOWN)
        case JobReport(state=JobState.COMPLETED, pages_done=pages, troubles=[trouble, *_]):
            # Completed with errors: which sheets are good only a person can see.
            return Over(ReportState.UNKNOWN, trouble, pages)
        case JobReport(state=JobState.COMPLETED, pages_done=pages):
            return Over(ReportState.PRINTED, None, pages)
        case JobReport(state=JobState.ABORTED | JobState.CANCELED, pages_done=pages):
            return Over(ReportState.NOT_PRINTED, hindrance(outcome.troubles), pages)
        case JobReport(pages_done=pages, troubles=troubles):
            return Going(hindrance(troubles), pages)


def hindrance(troubles: Iterable[Trouble]) -> Trouble | None:
    """The first trouble that keeps paper from coming out; low paper or toner does not."""
    return next((trouble for trouble in troubles if not DeviceStatus.of((trouble,)).usable), None)


def worth_reporting(last: PrintReport | None, trouble: Trouble | None, pages_done: int) -> bool:
    """Whether the server knows less than this: each change is told once."""
    if last is None or last.state is not ReportState.PRINTING:
        return True
    return (last.trouble, last.pages_done) != (trouble and trouble.value, pages_done)
