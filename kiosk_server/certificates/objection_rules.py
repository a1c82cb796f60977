"""
An objection's life (异议), and what may be said in it: pure decisions.

Raised, acknowledged by a named person, answered within a limit: corrected, or refused with reason
and where to complain. Its raiser can withdraw it until it is answered.
"""

from datetime import date, timedelta
from enum import StrEnum

from kiosk_server.core.errors import FieldFault
from kiosk_server.core.transitions import Transitions

LONGEST_WORDS = 500
MOST_FILES = 5
LARGEST_FILE_BYTES = 4 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "application/pdf")
REMINDED_BEFORE = timedelta(days=3)
"""How long before its last day an objection that nobody answered is pressed for."""
OTHER_CONTENT = "content"
"""The field for whatever has none of its own: the lines of a proof."""
A_LOOK = "look"
"""No field of the certificate, but a look at it in its log that should not have been."""


class ObjectionState(StrEnum):
    """Where an objection stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CORRECTED = "corrected"
    REFUSED = "refused"
    EXPLAINED = "explained"
    """An objection to a look was answered: nothing in the certificate changes by it."""
    WITHDRAWN = "withdrawn"


class ObjectionVerb(StrEnum):
    """What is done with an objection."""

    ACKNOWLEDGE = "acknowledge"
    CORRECT = "correct"
    REFUSE = "refuse"
    EXPLAIN = "explain"
    WITHDRAW = "withdraw"


class RefusedFor(StrEnum):
    """Why an objection was not followed."""

    RECORD_IS_RIGHT = "record_is_right"
    EVIDENCE_MISSING = "evidence_missing"
    OTHER_BODY = "other_body"


class Scene(StrEnum):
    """Where certificates are shown (用证场景): the five of the policy."""

    TRAVEL = "travel"
    TOURISM = "tourism"
    LODGING = "lodging"
    SERVICES = "services"
    INSPECTION = "inspection"


class ReportState(StrEnum):
    """Where a report of a refusal stands."""

    OPEN = "open"
    ANSWERED = "answered"


LIFE: Transitions[ObjectionState, ObjectionVerb] = Transitions(
    {
        (ObjectionState.RAISED, ObjectionVerb.ACKNOWLEDGE): ObjectionState.ACKNOWLEDGED,
        (ObjectionState.RAISED, ObjectionVerb.WITHDRAW): ObjectionState.WITHDRAWN,
        (ObjectionState.ACKNOWLEDGED, ObjectionVerb.CORRECT): ObjectionState.CORRECTED,
        (ObjectionState.ACKNOWLEDGED, ObjectionVerb.REFUSE): ObjectionState.REFUSED,
        (ObjectionState.ACKNOWLEDGED, ObjectionVerb.EXPLAIN): ObjectionState.EXPLAINED,
        (ObjectionState.ACKNOWLEDGED, ObjectionVerb.WITHDRAW): ObjectionState.WITHDRAWN,
    }
)
OPEN = (ObjectionState.RAISED, ObjectionState.ACKNOWLEDGED)
REPORT_WITHIN_WORKING_DAYS = 5


def words_faults(words: str, at: str) -> list[FieldFault]:
    """Return what is wrong with what somebody wrote."""
    if not words.strip():
        return [FieldFault(at, "missing")]
    return [FieldFault(at, "too_long")] if len(words) > LONGEST_WORDS else []


def is_pressing(due_on: date, today: date) -> bool:
    """Return whether the last day is near or past."""
    return today >= due_on - REMINDED_BEFORE
