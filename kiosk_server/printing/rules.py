"""
The life of a print job, and when a second print may be had.

A job ends printed, not printed or unknown; unknown is settled by the person who stands there, or
by the terminal where its word was only late.
Nothing prints twice in silence: every second print uses up a right and is marked 重打.
"""

from datetime import timedelta
from enum import StrEnum

from kiosk_server.core.transitions import Transitions
from kiosk_server.printing.models import JobKind, JobState

REPRINT_LIFE = timedelta(hours=24)
REPRINT_DIGITS = 8
MOST_WRONG_CODES = 5
SILENCE = timedelta(minutes=30)
"""After this long without a word from the terminal nobody waits for a job any more."""
TAKEN_BACK_FOR = timedelta(hours=24)
"""How long a terminal that comes back is told to take back what was given up."""


class JobVerb(StrEnum):
    """What the terminal reports of a job, and what the person then says of it."""

    TAKE = "take"
    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    LOSE = "lose"
    SAY_CAME_OUT = "say_came_out"
    SAY_DID_NOT = "say_did_not"


LIFE: Transitions[JobState, JobVerb] = Transitions(
    {
        (JobState.WAITING, JobVerb.TAKE): JobState.TAKEN,
        (JobState.WAITING, JobVerb.START): JobState.PRINTING,
        (JobState.WAITING, JobVerb.FINISH): JobState.PRINTED,
        (JobState.WAITING, JobVerb.FAIL): JobState.NOT_PRINTED,
        (JobState.WAITING, JobVerb.LOSE): JobState.UNKNOWN,
        # A terminal that restarted says again that it has the job.
        (JobState.TAKEN, JobVerb.TAKE): JobState.TAKEN,
        (JobState.TAKEN, JobVerb.START): JobState.PRINTING,
        (JobState.TAKEN, JobVerb.FINISH): JobState.PRINTED,
        (JobState.TAKEN, JobVerb.FAIL): JobState.NOT_PRINTED,
        (JobState.TAKEN, JobVerb.LOSE): JobState.UNKNOWN,
        (JobState.PRINTING, JobVerb.START): JobState.PRINTING,
        (JobState.PRINTING, JobVerb.FINISH): JobState.PRINTED,
        (JobState.PRINTING, JobVerb.FAIL): JobState.NOT_PRINTED,
        (JobState.PRINTING, JobVerb.LOSE): JobState.UNKNOWN,
        # Where the line was dead the terminal's word comes late: it knows what we only feared.
        (JobState.UNKNOWN, JobVerb.TAKE): JobState.UNKNOWN,
        (JobState.UNKNOWN, JobVerb.START): JobState.UNKNOWN,
        (JobState.UNKNOWN, JobVerb.FINISH): JobState.PRINTED,
        (JobState.UNKNOWN, JobVerb.FAIL): JobState.NOT_PRINTED,
        (JobState.UNKNOWN, JobVerb.LOSE): JobState.UNKNOWN,
        (JobState.UNKNOWN, JobVerb.SAY_CAME_OUT): JobState.PRINTED,
        (JobState.UNKNOWN, JobVerb.SAY_DID_NOT): JobState.NOT_PRINTED,
    }
)

REPORTED = {
    JobState.TAKEN: JobVerb.TAKE,
    JobState.PRINTING: JobVerb.START,
    JobState.PRINTED: JobVerb.FINISH,
    JobState.NOT_PRINTED: JobVerb.FAIL,
    JobState.UNKNOWN: JobVerb.LOSE,
}
"""The state on the wire -> what it does to the job."""

OPEN = (JobState.WAITING, JobState.TAKEN, JobState.PRINTING)
ENDED = (JobState.PRINTED, JobState.NOT_PRINTED, JobState.UNKNOWN)
WANTED = (JobState.WAITING, JobState.TAKEN)
"""States in which the terminal is (still) asked to print."""


def may_print_again(
    kind: JobKind, state: JobState, *, trouble: str | None, came_out: str | None
) -> bool:
    """Return whether a right to a second print may be had for a job as it stands.

    While a job still hangs in trouble it may be had too: the first is then cancelled.
    """
    if kind is not JobKind.A4:
        return False
    match state:
        case JobState.NOT_PRINTED | JobState.UNKNOWN:
            return True
        case JobState.PRINTED:
            return came_out == "no"
        case JobState.WAITING | JobState.TAKEN | JobState.PRINTING:
            return trouble is not None


SCANNED = "kiosk-print:"
"""What stands before a print code in the QR code of a slip: no other code is taken for one."""


def scanned_code(text: str) -> str | None:
    """Return the print code that a scanned *text* holds, or None when it is no slip's."""
    kept = text.strip()
    return reading_code(kept.removeprefix(SCANNED)) if kept.startswith(SCANNED) else None


def reading_code(text: str) -> str | None:
    """Return a typed print code as its eight digits, or None when it cannot be one."""
    digits = "".join(text.split()).replace("-", "")
    fits = len(digits) == REPRINT_DIGITS and digits.isascii() and digits.isdecimal()
    return digits if fits else None
