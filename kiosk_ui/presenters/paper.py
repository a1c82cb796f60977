"""A print job as its page: true progress, trouble, or the end that is known."""

from collections.abc import Iterable
from datetime import datetime

from kiosk_server.core.clock import to_beijing
from kiosk_server.printing.models import JobKind, JobState
from kiosk_server.printing.queries import JobView
from kiosk_server.terminals.rules import HARMLESS_TROUBLES, DeviceKind
from kiosk_ui.view_models import Outcome, Reprint, Step, StepState

_TOLD_TROUBLES = frozenset(
    {"paper_out", "cover_open", "jam", "toner_empty", "offline", "not_authorised"}
)
_STEPS = (
    "step-identity",
    "step-record",
    "step-document",
    "step-queued",
    "step-printing",
    "step-take",
)
_BEFORE_DONE = {"step-queued": "step-queuing"}
"""What is said of a step while it is going on, where its own words say that it is done."""
_NOW = {JobState.WAITING: 3, JobState.TAKEN: 4, JobState.PRINTING: 4}
DEVICE = {
    JobKind.A4: DeviceKind.A4_PRINTER.value,
    JobKind.SLIP: DeviceKind.RECEIPT_PRINTER.value,
}
KIND = {JobKind.A4: Outcome.A4, JobKind.SLIP: Outcome.SLIP}


def trouble_of(job: JobView) -> str | None:
    """Return the trouble that a person must know of, or None where the job goes on."""
    if job.trouble is None or job.trouble in HARMLESS_TROUBLES:
        return None
    return job.trouble if job.trouble in _TOLD_TROUBLES else "fault"


def steps_of(job: JobView) -> tuple[Step, ...]:
    """Return the steps as they truly happened: a step is done when its word has come."""
    if job.state is JobState.PRINTING and job.trouble == "busy":
        # The printer is at another's sheet and has not taken this one.
        return tuple(_steps(_NOW[JobState.WAITING], "step-busy"))
    now = _NOW.get(job.state, len(_STEPS) - 1)
    return tuple(_steps(now))


def reprint_of(job: JobView, code: str | None, *, slip_url: str | None = None) -> Reprint | None:
    """Return the right to print elsewhere while its code is still known to this visit."""
    until: datetime | None = job.reprint_until
    if code is None or until is None or job.reprint_used:
        return None
    return Reprint(code, to_beijing(until), slip_url)


def _steps(now: int, going_on: str | None = None) -> Iterable[Step]:
    for at, label in enumerate(_STEPS):
        if at < now:
            yield Step(label, StepState.DONE)
        elif at == now:
            yield Step(going_on or _BEFORE_DONE.get(label, label), StepState.NOW)
        else:
            yield Step(label, StepState.AHEAD)
