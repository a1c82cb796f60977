"""
The life of a booking (预约), and of a place in the waiting list (候补): two tables.

What occupies a place follows from the state alone, so that the places of a slot can be counted
again from its bookings at any time.
"""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class BookingState(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    """The place is kept for minutes, until somebody says yes."""
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    SERVED = "served"
    CANCELLED = "cancelled"
    MOVED = "moved"
    """Another booking stands in its place."""
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    """Held, and nobody said yes in time."""


class BookingVerb(StrEnum):
    """What can be done with a booking."""

    CONFIRM = "confirm"
    CHECK_IN = "check_in"
    CALL = "call"
    PARK = "park"
    SERVE = "serve"
    CANCEL = "cancel"
    MOVE = "move"
    MISS = "miss"
    BRING_BACK = "bring_back"
    """He missed his call, and came after all."""
    LEAVE = "leave"
    """He was here, and did not wait."""
    EXPIRE = "expire"


_S, _V = BookingState, BookingVerb
LIFE: Transitions[BookingState, BookingVerb] = Transitions(
    {
        (_S.HELD, _V.CONFIRM): _S.CONFIRMED,
        (_S.HELD, _V.CANCEL): _S.CANCELLED,
        (_S.HELD, _V.EXPIRE): _S.EXPIRED,
        (_S.CONFIRMED, _V.CHECK_IN): _S.CHECKED_IN,
        (_S.CONFIRMED, _V.CANCEL): _S.CANCELLED,
        (_S.CONFIRMED, _V.MOVE): _S.MOVED,
        (_S.CONFIRMED, _V.MISS): _S.NO_SHOW,
        (_S.CHECKED_IN, _V.CALL): _S.CALLED,
        (_S.CHECKED_IN, _V.LEAVE): _S.CANCELLED,
        (_S.CALLED, _V.PARK): _S.CHECKED_IN,
        (_S.CALLED, _V.SERVE): _S.SERVED,
        (_S.CALLED, _V.MISS): _S.NO_SHOW,
        (_S.NO_SHOW, _V.BRING_BACK): _S.CHECKED_IN,
    }
)

OCCUPYING = frozenset(_S) - {_S.CANCELLED, _S.MOVED, _S.EXPIRED}
"""States in which a booking's places are nobody else's."""
UPCOMING = frozenset({_S.HELD, _S.CONFIRMED})
"""States that count against what one person may have at once."""


class WaitingState(StrEnum):
    """Where a place in the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    """An offer was not taken, or the day is over."""
    LEFT = "left"


class WaitingVerb(StrEnum):
    """What can be done with it."""

    OFFER = "offer"
    TAKE = "take"
    LAPSE = "lapse"
    LEAVE = "leave"


_W = WaitingState
WAITING_LIFE: Transitions[WaitingState, WaitingVerb] = Transitions(
    {
        (_W.WAITING, WaitingVerb.OFFER): _W.OFFERED,
        (_W.WAITING, WaitingVerb.LEAVE): _W.LEFT,
        (_W.WAITING, WaitingVerb.LAPSE): _W.LAPSED,
        (_W.OFFERED, WaitingVerb.TAKE): _W.TAKEN,
        (_W.OFFERED, WaitingVerb.LAPSE): _W.LAPSED,
    }
)


class Channel(StrEnum):
    """Where it was made: one book for all of them."""

    PHONE = "phone"
    KIOSK = "kiosk"
    COUNTER = "counter"
    HOTLINE = "hotline"
    """Booked by staff for somebody who called."""
    REGION = "region"
    """Made in the region's unified booking; the place is ours all the same."""
    WAITING_LIST = "waiting_list"
    CLOSING = "closing"
    """Offered in place of one that a closing took away."""


BY_STAFF = frozenset({Channel.COUNTER, Channel.HOTLINE})
"""Ways on which staff book for somebody."""


class Priority(StrEnum):
    """绿色通道: whom the policy lets go first; a site adds its own under `other`."""

    SOLDIER = "soldier"
    RESCUE = "rescue"
    MEDICAL = "medical"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    OTHER = "other"


class EndedFor(StrEnum):
    """Why a booking was cancelled."""

    OWN_WISH = "own_wish"
    BY_STAFF = "by_staff"
    SITE_CLOSED = "site_closed"
