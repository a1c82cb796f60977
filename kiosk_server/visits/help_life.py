"""The life of a request for help with identity (帮办核验): asked, taken, confirmed, agreed."""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class HelpState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    TAKEN = "taken"
    CONFIRMED = "confirmed"
    USED = "used"
    DECLINED = "declined"
    DENIED = "denied"
    CLOSED = "closed"


class HelpVerb(StrEnum):
    """What is done to it: by staff (take, confirm, decline), by the resident, by the visit."""

    TAKE = "take"
    CONFIRM = "confirm"
    DECLINE = "decline"
    AGREE = "agree"
    DENY = "deny"
    CLOSE = "close"


HELP_LIFE: Transitions[HelpState, HelpVerb] = Transitions(
    {
        (HelpState.ASKED, HelpVerb.TAKE): HelpState.TAKEN,
        (HelpState.ASKED, HelpVerb.CLOSE): HelpState.CLOSED,
        (HelpState.TAKEN, HelpVerb.CONFIRM): HelpState.CONFIRMED,
        (HelpState.TAKEN, HelpVerb.DECLINE): HelpState.DECLINED,
        (HelpState.TAKEN, HelpVerb.CLOSE): HelpState.CLOSED,
        # What staff confirmed holds only once the person before the screen says that it is so.
        (HelpState.CONFIRMED, HelpVerb.AGREE): HelpState.USED,
        (HelpState.CONFIRMED, HelpVerb.DENY): HelpState.DENIED,
        (HelpState.CONFIRMED, HelpVerb.CLOSE): HelpState.CLOSED,
    }
)
OPEN_STATES = (HelpState.ASKED, HelpState.TAKEN, HelpState.CONFIRMED)
