"""
The life of a case, in the verbs of the counter (申请 收件 受理 补正 审查 决定 办结 撤回 中止).

Every state but an end has a way on, and until the decision the resident can withdraw: no state
traps a person.
"""

from enum import StrEnum

from kiosk_server.cases.models import CaseState
from kiosk_server.core.transitions import Transitions


class CaseVerb(StrEnum):
    """What is done to a case."""

    APPLY = "apply"
    RECEIVE = "receive"
    ASK_FOR_CORRECTION = "ask_for_correction"
    CORRECT = "correct"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVIEW = "review"
    SUSPEND = "suspend"
    RESUME = "resume"
    DECIDE = "decide"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"


LIFE: Transitions[CaseState, CaseVerb] = Transitions(
    {
        (CaseState.DRAFTED, CaseVerb.APPLY): CaseState.APPLIED,
        (CaseState.APPLIED, CaseVerb.RECEIVE): CaseState.RECEIVED,
        (CaseState.APPLIED, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.RECEIVED, CaseVerb.ASK_FOR_CORRECTION): CaseState.IN_CORRECTION,
        (CaseState.RECEIVED, CaseVerb.ACCEPT): CaseState.ACCEPTED,
        (CaseState.RECEIVED, CaseVerb.DECLINE): CaseState.DECLINED,
        (CaseState.RECEIVED, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.IN_CORRECTION, CaseVerb.CORRECT): CaseState.RECEIVED,
        (CaseState.IN_CORRECTION, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.ACCEPTED, CaseVerb.REVIEW): CaseState.REVIEWED,
        (CaseState.ACCEPTED, CaseVerb.SUSPEND): CaseState.SUSPENDED,
        (CaseState.ACCEPTED, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.SUSPENDED, CaseVerb.RESUME): CaseState.ACCEPTED,
        (CaseState.SUSPENDED, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.REVIEWED, CaseVerb.DECIDE): CaseState.DECIDED,
        (CaseState.REVIEWED, CaseVerb.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.DECIDED, CaseVerb.COMPLETE): CaseState.COMPLETED,
    }
)

UNDECIDED = (CaseState.APPLIED, CaseState.RECEIVED, CaseState.IN_CORRECTION)
"""States in which a case that its resident walked away from is withdrawn."""
