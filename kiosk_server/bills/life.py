"""
The life of one payment of one bill (销账): from its order to the biller's book, or back.

Three words of a biller are final for a payment's number, and he keeps to them: `refuse`, `reverse`
and `keep`. What was refused or reversed is never booked under that number again; what he keeps he
does not reverse. `confirm` is true only as long as nobody has asked for a reversal, so from then on
it changes nothing: the answer to the reversal decides.
"""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class BillState(StrEnum):
    """Where a payment of a bill stands."""

    ORDERED = "ordered"
    """It stands in an order that nobody has paid."""
    BOOKING = "booking"
    """The money is here, and the biller is asked to book it."""
    UNKNOWN = "unknown"
    """The biller's answer was lost: he may have booked it or not."""
    REVERSING = "reversing"
    """He has not confirmed in time, and is asked to undo what he may have booked."""
    SETTLED = "settled"
    """Booked: the bill is paid."""
    REFUSED = "refused"
    """The biller would not book it; the money goes back."""
    REVERSED = "reversed"
    """It is not booked, nor will be; the money goes back."""
    RELEASED = "released"
    """Its order closed, and nobody had paid."""


class BillVerb(StrEnum):
    """What can happen to a payment of a bill."""

    PAY = "pay"
    RELEASE = "release"
    LOSE = "lose"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    REVERSE = "reverse"
    KEEP = "keep"
    FIND_BOOKED = "find_booked"
    """A person asked the biller: it is booked."""
    FIND_NOT_BOOKED = "find_not_booked"


_S, _V = BillState, BillVerb
BILL_LIFE: Transitions[BillState, BillVerb] = Transitions(
    {
        (_S.ORDERED, _V.PAY): _S.BOOKING,
        (_S.ORDERED, _V.RELEASE): _S.RELEASED,
        **{
            (state, verb): to
            for state in (_S.BOOKING, _S.UNKNOWN)
            for verb, to in {
                _V.LOSE: _S.UNKNOWN,
                _V.CONFIRM: _S.SETTLED,
                _V.REFUSE: _S.REFUSED,
                _V.GIVE_UP: _S.REVERSING,
                _V.REVERSE: _S.REVERSED,
                _V.FIND_BOOKED: _S.SETTLED,
                _V.FIND_NOT_BOOKED: _S.REVERSED,
            }.items()
        },
        (_S.REVERSING, _V.CONFIRM): _S.REVERSING,
        (_S.REVERSING, _V.LOSE): _S.REVERSING,
        (_S.REVERSING, _V.REFUSE): _S.REFUSED,
        (_S.REVERSING, _V.REVERSE): _S.REVERSED,
        (_S.REVERSING, _V.KEEP): _S.SETTLED,
        (_S.REVERSING, _V.FIND_BOOKED): _S.SETTLED,
        (_S.REVERSING, _V.FIND_NOT_BOOKED): _S.REVERSED,
        # A person said that it was booked, and its biller's own final word is another.
        (_S.SETTLED, _V.REVERSE): _S.REVERSED,
        (_S.SETTLED, _V.REFUSE): _S.REFUSED,
    }
)
LIVE = frozenset({_S.ORDERED, _S.BOOKING, _S.UNKNOWN, _S.REVERSING, _S.SETTLED})
"""States in which nobody else may pay the same bill."""
TO_BE_BOOKED = frozenset({_S.BOOKING, _S.UNKNOWN})
OPEN = frozenset({_S.BOOKING, _S.UNKNOWN, _S.REVERSING})
"""The money is here, and what became of it is not known."""
MONEY_BACK = frozenset({_S.REFUSED, _S.REVERSED})
