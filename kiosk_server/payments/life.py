"""
The lives of an order (缴费订单), of one attempt to pay it, and of one refund: three tables.

An order whose channel was asked is closed only after the channel has said that its code is dead:
until then it is `closing`, and money that comes still pays it. Money that comes later, or twice,
goes back by itself and changes no order.
"""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class OrderState(StrEnum):
    """Where an order stands."""

    OPENED = "opened"
    WAITING = "waiting"
    """A channel has it."""
    CLOSING = "closing"
    """No new code; each channel is asked to let go of its own."""
    PAID = "paid"
    REFUNDING = "refunding"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"


class OrderVerb(StrEnum):
    """What can be done with an order."""

    BEGIN = "begin"
    PAY = "pay"
    ASK_CLOSE = "ask_close"
    CLOSE = "close"
    REFUND = "refund"
    RETURN_PART = "return_part"
    RETURN_ALL = "return_all"


_O, _V = OrderState, OrderVerb
ORDER_LIFE: Transitions[OrderState, OrderVerb] = Transitions(
    {
        (_O.OPENED, _V.BEGIN): _O.WAITING,
        (_O.OPENED, _V.CLOSE): _O.CLOSED,
        (_O.WAITING, _V.BEGIN): _O.WAITING,
        (_O.WAITING, _V.PAY): _O.PAID,
        (_O.WAITING, _V.ASK_CLOSE): _O.CLOSING,
        (_O.CLOSING, _V.PAY): _O.PAID,
        (_O.CLOSING, _V.CLOSE): _O.CLOSED,
        (_O.PAID, _V.REFUND): _O.REFUNDING,
        (_O.PARTLY_REFUNDED, _V.REFUND): _O.REFUNDING,
        (_O.REFUNDING, _V.REFUND): _O.REFUNDING,
        (_O.REFUNDING, _V.RETURN_PART): _O.PARTLY_REFUNDED,
        (_O.REFUNDING, _V.RETURN_ALL): _O.REFUNDED,
    }
)
UNPAID = frozenset({_O.OPENED, _O.WAITING, _O.CLOSING})
PAYABLE = frozenset({_O.OPENED, _O.WAITING})
REFUNDABLE = frozenset({_O.PAID, _O.PARTLY_REFUNDED, _O.REFUNDING})


class AttemptState(StrEnum):
    """Where one attempt stands: one order number at one channel."""

    ASKED = "asked"
    WAITING = "waiting"
    """There is a code, and nobody has paid."""
    UNKNOWN = "unknown"
    """The channel's answer was lost: it may or may not have the order."""
    CLOSING = "closing"
    PAID = "paid"
    CLOSED = "closed"
    REFUSED = "refused"
    """The channel would not take it."""


class AttemptVerb(StrEnum):
    """What can be done with an attempt."""

    GIVE_CODE = "give_code"
    LOSE = "lose"
    REFUSE = "refuse"
    ASK_CLOSE = "ask_close"
    CLOSE = "close"
    PAY = "pay"


_A, _W = AttemptState, AttemptVerb
ATTEMPT_LIFE: Transitions[AttemptState, AttemptVerb] = Transitions(
    {
        (_A.ASKED, _W.GIVE_CODE): _A.WAITING,
        (_A.ASKED, _W.LOSE): _A.UNKNOWN,
        (_A.ASKED, _W.REFUSE): _A.REFUSED,
        (_A.ASKED, _W.ASK_CLOSE): _A.CLOSING,
        (_A.UNKNOWN, _W.GIVE_CODE): _A.WAITING,
        (_A.UNKNOWN, _W.LOSE): _A.UNKNOWN,
        (_A.UNKNOWN, _W.REFUSE): _A.REFUSED,
        (_A.UNKNOWN, _W.ASK_CLOSE): _A.CLOSING,
        (_A.UNKNOWN, _W.CLOSE): _A.CLOSED,
        (_A.WAITING, _W.ASK_CLOSE): _A.CLOSING,
        (_A.WAITING, _W.CLOSE): _A.CLOSED,
        (_A.CLOSING, _W.CLOSE): _A.CLOSED,
        # Whatever we believed: the channel has the money.
        **{(state, _W.PAY): _A.PAID for state in _A if state is not _A.PAID},
    }
)
TO_BE_SENT = frozenset({_A.ASKED, _A.UNKNOWN})
LIVE = frozenset({_A.ASKED, _A.UNKNOWN, _A.WAITING, _A.CLOSING})
"""States in which a channel may still bring money."""
OFFERED = LIVE - {_A.CLOSING}
"""States in which the payer may use it."""


class RefundState(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    """The answer was lost; asked again under the same number."""
    ACCEPTED = "accepted"
    """The channel is at it."""
    DONE = "done"
    FAILED = "failed"
    """The channel would not; a person sends it again."""


class RefundVerb(StrEnum):
    """What can be done with a refund."""

    LOSE = "lose"
    ACCEPT = "accept"
    FINISH = "finish"
    FAIL = "fail"
    SEND_AGAIN = "send_again"


_R, _X = RefundState, RefundVerb
REFUND_LIFE: Transitions[RefundState, RefundVerb] = Transitions(
    {
        (_R.ASKED, _X.LOSE): _R.UNKNOWN,
        (_R.ASKED, _X.ACCEPT): _R.ACCEPTED,
        (_R.ASKED, _X.FINISH): _R.DONE,
        (_R.ASKED, _X.FAIL): _R.FAILED,
        (_R.UNKNOWN, _X.LOSE): _R.UNKNOWN,
        (_R.UNKNOWN, _X.ACCEPT): _R.ACCEPTED,
        (_R.UNKNOWN, _X.FINISH): _R.DONE,
        (_R.UNKNOWN, _X.FAIL): _R.FAILED,
        (_R.ACCEPTED, _X.LOSE): _R.ACCEPTED,
        (_R.ACCEPTED, _X.ACCEPT): _R.ACCEPTED,
        (_R.ACCEPTED, _X.FINISH): _R.DONE,
        (_R.ACCEPTED, _X.FAIL): _R.FAILED,
        (_R.FAILED, _X.SEND_AGAIN): _R.ASKED,
        # It failed as far as we knew, and the money went all the same.
        (_R.FAILED, _X.FINISH): _R.DONE,
    }
)
REFUND_TO_BE_SENT = frozenset({_R.ASKED, _R.UNKNOWN})
