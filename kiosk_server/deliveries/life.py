"""
The life of a delivery (寄递), and the fold that makes a state of everything that was heard.

Each thing that is heard is an event with a time of its own. The state is what comes out when all of
them are put in the order of their times and taken one after the other; a step that a state does not
know changes nothing. So the state is the same whatever came first, and however often.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk_server.core.errors import WrongState
from kiosk_server.core.transitions import Transitions


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    CREATED = "created"
    ACCEPTED = "accepted"
    """The courier has the order, and nothing else yet."""
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """The courier's answer was lost: he may have the order or not, until he is asked."""


class Step(StrEnum):
    """What can be heard of a delivery, in the order in which it happens within one minute."""

    LOSE_ANSWER = "lose_answer"
    TURN_DOWN = "turn_down"
    """The courier will not carry it."""
    ACCEPT = "accept"
    PICK_UP = "pick_up"
    MOVE = "move"
    GO_OUT = "go_out"
    STRAY = "stray"
    """Something is wrong with it: `Trouble` says what."""
    DELIVER = "deliver"
    WAIT_OUT = "wait_out"
    """It lay at a site that hands out (代收点), and nobody came for it, or ever will."""
    TURN_BACK = "turn_back"
    GIVE_BACK = "give_back"
    """It lies at its sender's again."""
    CANCEL = "cancel"


class Trouble(StrEnum):
    """What is wrong with a delivery that does not go its way."""

    TURNED_DOWN = "turned_down"
    LOST = "lost"
    REFUSED = "refused"
    """Who should have it did not take it."""
    RETURNED = "returned"
    WRONG_ADDRESS = "wrong_address"
    NOT_FETCHED = "not_fetched"
    """It lies at a site that hands out, and its resident does not come there."""
    PIECE_MISSING = "piece_missing"
    MOVED_AFTER_ALL = "moved_after_all"
    """It was cancelled, and is on its way all the same."""
    OTHER = "other"


_S, _T = DeliveryState, Step
_ON_THE_WAY = {
    _T.PICK_UP: _S.PICKED_UP,
    _T.MOVE: _S.IN_TRANSIT,
    _T.GO_OUT: _S.OUT_FOR_DELIVERY,
    _T.DELIVER: _S.DELIVERED,
    _T.STRAY: _S.EXCEPTION,
    _T.TURN_BACK: _S.RETURNING,
    _T.GIVE_BACK: _S.RETURNED,
}
"""A courier who speaks of a parcel has it, whether or not his first answer reached us."""
_BEFORE = {_T.TURN_DOWN: _S.EXCEPTION, _T.ACCEPT: _S.ACCEPTED, _T.CANCEL: _S.CANCELLED}
_MOVING = {step: to for step, to in _ON_THE_WAY.items() if step is not _T.PICK_UP}
LIFE: Transitions[DeliveryState, Step] = Transitions(
    {
        (_S.CREATED, _T.LOSE_ANSWER): _S.UNKNOWN,
        **{(_S.CREATED, step): to for step, to in (_BEFORE | _ON_THE_WAY).items()},
        **{(_S.UNKNOWN, step): to for step, to in (_BEFORE | _ON_THE_WAY).items()},
        **{(_S.ACCEPTED, step): to for step, to in _ON_THE_WAY.items()},
        (_S.ACCEPTED, _T.CANCEL): _S.CANCELLED,
        **{
            (state, step): to
            for state in (_S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY)
            for step, to in _MOVING.items()
        },
        **{(_S.EXCEPTION, step): to for step, to in _ON_THE_WAY.items()},
        (_S.EXCEPTION, _T.CANCEL): _S.CANCELLED,
        (_S.RETURNING, _T.MOVE): _S.RETURNING,
        (_S.RETURNING, _T.GO_OUT): _S.RETURNING,
        (_S.RETURNING, _T.STRAY): _S.EXCEPTION,
        # Whoever signs for what comes back is its sender.
        (_S.RETURNING, _T.DELIVER): _S.RETURNED,
        (_S.RETURNING, _T.GIVE_BACK): _S.RETURNED,
        # Opened, and something was missing; or lost after all.
        (_S.DELIVERED, _T.STRAY): _S.EXCEPTION,
        (_S.RETURNED, _T.STRAY): _S.EXCEPTION,
        # Brought to a site, and not fetched from there: it goes on to another place, or back.
        (_S.DELIVERED, _T.WAIT_OUT): _S.EXCEPTION,
        # Signed for by mistake, and brought back.
        (_S.DELIVERED, _T.TURN_BACK): _S.RETURNING,
        (_S.DELIVERED, _T.GIVE_BACK): _S.RETURNED,
        **{(_S.CANCELLED, step): _S.EXCEPTION for step in _ON_THE_WAY},
    }
)

FOLLOWED = frozenset(
    {_S.ACCEPTED, _S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.EXCEPTION, _S.RETURNING}
)
"""States in which the courier is asked where it is."""
NEEDS_A_PERSON = frozenset({_S.EXCEPTION, _S.UNKNOWN, _S.RETURNING, _S.RETURNED})
_TROUBLED = frozenset({_S.EXCEPTION, _S.RETURNING, _S.RETURNED})
_STEPS = tuple(Step)


@dataclass(frozen=True)
class Heard:
    """One thing that was heard; `mark` tells two of one moment apart. A step of None says nothing
    that we know."""

    at: datetime
    step: Step | None
    mark: str
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Standing:
    """What everything that was heard comes to."""

    state: DeliveryState
    trouble: Trouble | None = None
    since: datetime | None = None


def fold(heard: Iterable[Heard]) -> Standing:
    """Return where a delivery stands after *heard*, in whatever order and however often."""
    standing = Standing(DeliveryState.CREATED)
    for each in sorted(set(heard), key=_place):
        if each.step is not None:
            standing = _after(standing, each, each.step)
    return standing


def is_known(state: DeliveryState, step: Step) -> bool:
    """Return whether *step* leads anywhere from *state*."""
    return step in LIFE.open_verbs(state)


def _after(standing: Standing, heard: Heard, step: Step) -> Standing:
    try:
        state = LIFE.after(standing.state, step)
    except WrongState:
        return standing
    return Standing(state, _trouble(standing, heard, state), heard.at)


def _trouble(standing: Standing, heard: Heard, state: DeliveryState) -> Trouble | None:
    if state not in _TROUBLED:
        return None
    if standing.state is DeliveryState.CANCELLED:
        return Trouble.MOVED_AFTER_ALL
    if heard.trouble is not None:
        return heard.trouble
    if state is DeliveryState.RETURNED:
        return standing.trouble or Trouble.RETURNED
    return standing.trouble or (Trouble.OTHER if state is DeliveryState.EXCEPTION else None)


def _place(heard: Heard) -> tuple[datetime, int, str, str]:
    rank = _STEPS.index(heard.step) if heard.step is not None else len(_STEPS)
    return heard.at, rank, heard.mark, heard.trouble or ""
