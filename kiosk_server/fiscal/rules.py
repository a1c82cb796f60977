"""The life of a fiscal bill, and for which orders there is one. Pure."""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions

GOVERNMENT_FEES = frozenset({"case"})
"""What orders for government fees are about. Postage is the courier's to receipt, a household's
bill its biller's."""
LANE = "fiscal"
ISSUE_ASKED = "fiscal.issue_asked"
"""`{"bill": id}`: the treasury is asked for a bill, blue or red."""


class BillKind(StrEnum):
    """Which way a bill counts."""

    BLUE = "blue"
    """Issued for money that came."""
    RED = "red"
    """冲红: takes back of a blue one what went back."""


class BillState(StrEnum):
    """Where a bill stands."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    """The treasury was asked and nothing that can be believed came back: it is asked by number."""
    ISSUED = "issued"
    REFUSED = "refused"
    """The treasury would not; a person asks again."""
    DROPPED = "dropped"
    """All of the money went back before anybody was asked."""


class BillVerb(StrEnum):
    """What can be done with a bill."""

    LOSE = "lose"
    ISSUE = "issue"
    REFUSE = "refuse"
    DROP = "drop"
    ASK_AGAIN = "ask_again"


_S, _V = BillState, BillVerb
BILL_LIFE: Transitions[BillState, BillVerb] = Transitions(
    {
        (_S.ASKED, _V.LOSE): _S.UNKNOWN,
        (_S.ASKED, _V.ISSUE): _S.ISSUED,
        (_S.ASKED, _V.REFUSE): _S.REFUSED,
        (_S.ASKED, _V.DROP): _S.DROPPED,
        (_S.UNKNOWN, _V.LOSE): _S.UNKNOWN,
        (_S.UNKNOWN, _V.ISSUE): _S.ISSUED,
        (_S.UNKNOWN, _V.REFUSE): _S.REFUSED,
        (_S.REFUSED, _V.ASK_AGAIN): _S.ASKED,
    }
)
TO_BE_ASKED = frozenset({_S.ASKED, _S.UNKNOWN})
