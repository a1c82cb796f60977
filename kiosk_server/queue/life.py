"""The life of a ticket: one table. Pure."""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    """Called to a window, or served there now."""
    PARKED = "parked"
    """Put aside by a window: he fetches a paper, and is called again."""
    MISSED = "missed"
    """Called, and nobody came."""
    FINISHED = "finished"
    LEFT = "left"
    """Given back, or still there when the day was over."""


class TicketVerb(StrEnum):
    """What can be done with it."""

    CALL = "call"
    RECALL = "recall"
    PARK = "park"
    TRANSFER = "transfer"
    MISS = "miss"
    FINISH = "finish"
    BRING_BACK = "bring_back"
    LEAVE = "leave"


_S, _V = TicketState, TicketVerb
LIFE: Transitions[TicketState, TicketVerb] = Transitions(
    {
        (_S.WAITING, _V.CALL): _S.CALLED,
        (_S.WAITING, _V.LEAVE): _S.LEFT,
        (_S.CALLED, _V.RECALL): _S.CALLED,
        (_S.CALLED, _V.PARK): _S.PARKED,
        (_S.CALLED, _V.TRANSFER): _S.WAITING,
        (_S.CALLED, _V.MISS): _S.MISSED,
        (_S.CALLED, _V.FINISH): _S.FINISHED,
        (_S.PARKED, _V.RECALL): _S.CALLED,
        (_S.PARKED, _V.LEAVE): _S.LEFT,
        (_S.MISSED, _V.BRING_BACK): _S.WAITING,
    }
)

HERE = (TicketState.WAITING, TicketState.CALLED, TicketState.PARKED)
"""States of who is still at the site, as far as the queue knows."""


class CallReason(StrEnum):
    """Why somebody is called out of turn; each is audited."""

    EMERGENCY = "emergency"
    UNWELL = "unwell"
    SENT_BACK = "sent_back"
    """Another window had sent him here, or for a paper."""
    MISTAKE = "mistake"
    """A call before this one was wrong."""
