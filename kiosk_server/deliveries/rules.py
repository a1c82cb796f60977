"""What deliveries may be, what they cost, and what follows when one does not go its way. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kiosk_server.deliveries.life import DeliveryState, Step, Trouble

MOST_ADDRESSES = 10
MOST_OPEN = 10
"""Deliveries that one person may have on their way."""
MOST_PIECES = 20
LONGEST_NAME, LONGEST_STREET, LONGEST_TITLE = 40, 120, 60
KEPT = timedelta(days=180)
"""How long a delivery is kept after the last that was heard of it."""
LOOK_EVERY = timedelta(hours=2)
"""How often couriers are asked where a parcel is, besides what they push."""
SUBSCRIBE_AGAIN_AFTER = timedelta(minutes=30)
SENT_AGAIN_WITHIN = timedelta(days=1)
"""How long postage waits for somebody to send again what a courier turned down."""
FETCHED_WITHIN = timedelta(days=7)
"""A courier who has not fetched what he accepted by then is told to stay away."""
HAND_OVER_DIGITS = 6
MOST_WRONG_HAND_OVERS = 5
MOST_CODES_A_DAY = 5
_ENVELOPE_GRAMS, _PIECE_GRAMS = 50, 100
_KILO_GRAMS = 1000


class Direction(StrEnum):
    """Which way the papers go."""

    RESULT = "result"
    """Sent to the resident (结果寄送)."""
    PAPERS = "papers"
    """Fetched from his door (材料上门取件)."""


class Found(StrEnum):
    """What became of a piece, as whoever opened the parcel says."""

    PRESENT = "present"
    DAMAGED = "damaged"
    MISSING = "missing"


class Finding(StrEnum):
    """What a person found out about a delivery that needs one."""

    HAS_IT = "has_it"
    """The courier has the order whose answer was lost."""
    HAS_IT_NOT = "has_it_not"
    BACK_HERE = "back_here"
    ARRIVED = "arrived"
    LOST = "lost"
    WRONG_ADDRESS = "wrong_address"
    REFUSED = "refused"


FINDINGS: Mapping[Finding, tuple[Step, Trouble | None]] = {
    Finding.HAS_IT: (Step.ACCEPT, None),
    Finding.HAS_IT_NOT: (Step.TURN_DOWN, Trouble.TURNED_DOWN),
    Finding.BACK_HERE: (Step.GIVE_BACK, None),
    Finding.ARRIVED: (Step.DELIVER, None),
    Finding.LOST: (Step.STRAY, Trouble.LOST),
    Finding.WRONG_ADDRESS: (Step.TURN_BACK, Trouble.WRONG_ADDRESS),
    Finding.REFUSED: (Step.TURN_BACK, Trouble.REFUSED),
}
_OPEN_QUESTIONS: Mapping[DeliveryState, frozenset[Finding]] = {
    DeliveryState.UNKNOWN: frozenset({Finding.HAS_IT, Finding.HAS_IT_NOT}),
    DeliveryState.EXCEPTION: frozenset(
        {
            Finding.BACK_HERE,
            Finding.ARRIVED,
            Finding.LOST,
            Finding.WRONG_ADDRESS,
            Finding.REFUSED,
        }
    ),
    DeliveryState.RETURNING: frozenset({Finding.BACK_HERE, Finding.LOST}),
}


class WayOn(StrEnum):
    """What follows from a delivery that ended badly."""

    SEND_AGAIN = "send_again"
    """A new delivery of the same papers, to the same address or another."""
    SEND_BACK = "send_back"
    """What lies at a site that hands out goes back to the window that made it, at its cost."""
    COLLECT = "collect"
    """They wait at the window; the resident comes for them."""
    ISSUE_ANEW = "issue_anew"
    """What was lost is made again, and sent at the office's cost."""
    CLAIM = "claim"
    """The office claims it from the courier, and helps with replacing it."""


_WAYS_BY_TROUBLE: Mapping[Trouble, frozenset[WayOn]] = {
    Trouble.NOT_FETCHED: frozenset({WayOn.SEND_AGAIN, WayOn.SEND_BACK}),
    Trouble.TURNED_DOWN: frozenset({WayOn.SEND_AGAIN, WayOn.COLLECT}),
    Trouble.PIECE_MISSING: frozenset({WayOn.ISSUE_ANEW, WayOn.CLAIM}),
}
_LOST_WAYS = {
    Direction.RESULT: frozenset({WayOn.ISSUE_ANEW, WayOn.COLLECT}),
    Direction.PAPERS: frozenset({WayOn.CLAIM}),
}
_BACK_WAYS = {
    Direction.RESULT: frozenset({WayOn.SEND_AGAIN, WayOn.COLLECT}),
    # What was to be fetched lies at home again: there is nothing to collect.
    Direction.PAPERS: frozenset({WayOn.SEND_AGAIN}),
}


def was_carried(state: DeliveryState, trouble: Trouble | None) -> bool:
    """Return whether a courier has had the papers of a delivery in his hands."""
    if state is DeliveryState.EXCEPTION:
        return trouble is not Trouble.TURNED_DOWN
    return state not in (
        DeliveryState.CREATED,
        DeliveryState.UNKNOWN,
        DeliveryState.ACCEPTED,
        DeliveryState.CANCELLED,
    )


def postage_goes_back(
    state: DeliveryState, trouble: Trouble | None, way: WayOn | None, waited: timedelta
) -> bool:
    """
    Return whether postage that was paid beforehand buys nothing any more, so that it goes back.

    It stays with what is sent again. What a courier turned down has a day in which somebody may
    send it with another; what he lost, and is fetched in the end, was not brought for the money.
    """
    if way in (WayOn.SEND_AGAIN, WayOn.ISSUE_ANEW):
        return False
    if state is DeliveryState.CANCELLED:
        return True
    if state is not DeliveryState.EXCEPTION:
        return False
    if trouble is Trouble.TURNED_DOWN:
        return way is WayOn.COLLECT or waited >= SENT_AGAIN_WITHIN
    return trouble is Trouble.LOST and way is WayOn.COLLECT


def open_findings(state: DeliveryState, trouble: Trouble | None) -> frozenset[Finding]:
    """Return what a person may find out in this state."""
    if state is DeliveryState.EXCEPTION and trouble in (Trouble.TURNED_DOWN, Trouble.PIECE_MISSING):
        return frozenset()
    if state is DeliveryState.EXCEPTION and trouble is Trouble.NOT_FETCHED:
        return frozenset({Finding.BACK_HERE, Finding.LOST})
    return _OPEN_QUESTIONS.get(state, frozenset())


def ways_on(
    state: DeliveryState, trouble: Trouble | None, direction: Direction, *, away: bool = False
) -> frozenset[WayOn]:
    """
    Return what may follow now; nothing while the courier still has the papers.

    *away*: it was sent on from a site that is not the window which made it.
    """
    found = _ways_on(state, trouble, direction)
    if not away:
        return found
    if trouble is Trouble.LOST:
        # Only the window that made it can make it anew; it was not from there that it went.
        return found - {WayOn.COLLECT}
    return found | {WayOn.SEND_BACK} if WayOn.SEND_AGAIN in found else found


def _ways_on(
    state: DeliveryState, trouble: Trouble | None, direction: Direction
) -> frozenset[WayOn]:
    if state is DeliveryState.RETURNED:
        return _BACK_WAYS[direction]
    if state is not DeliveryState.EXCEPTION or trouble is None:
        return frozenset()
    if trouble is Trouble.LOST:
        return _LOST_WAYS[direction]
    found = _WAYS_BY_TROUBLE.get(trouble, frozenset())
    # Papers of the resident's own lie with him, and nobody here can make them again.
    return found - {WayOn.COLLECT, WayOn.ISSUE_ANEW} if direction is Direction.PAPERS else found


def needs_another_address(way: WayOn, trouble: Trouble | None) -> bool:
    """Return whether sending again needs a place that is not the one before."""
    return way is WayOn.SEND_AGAIN and trouble in (Trouble.WRONG_ADDRESS, Trouble.NOT_FETCHED)


def reminders_due(waited: timedelta, kept: timedelta) -> int:
    """Return how often somebody has been told again by now that his parcel waits at a site.

    *kept* is how long it waits there: he is told when a third of that is over, and two thirds.
    """
    return min(2, int(waited / (kept / 3)))


@dataclass(frozen=True)
class Price:
    """What a zone costs, in fen: the first kilogram, and each one begun after it."""

    first_kilo_fen: int
    further_kilo_fen: int


class Zone(StrEnum):
    """How far two divisions are from each other."""

    COUNTY = "county"
    PREFECTURE = "prefecture"
    REGION = "region"
    COUNTRY = "country"


def zone_between(one: str, other: str) -> Zone:
    """Return the zone of two division codes (GB/T 2260: two digits a level)."""
    for digits, zone in ((6, Zone.COUNTY), (4, Zone.PREFECTURE), (2, Zone.REGION)):
        if one[:digits] == other[:digits]:
            return zone
    return Zone.COUNTRY


def weight_grams(pieces: int) -> int:
    """Return what *pieces* papers are taken to weigh, with their envelope."""
    return _ENVELOPE_GRAMS + _PIECE_GRAMS * pieces


def fee_fen(price: Price, grams: int) -> int:
    """Return the fee in fen of a parcel of *grams*."""
    further = max(0, -(-grams // _KILO_GRAMS) - 1)
    return price.first_kilo_fen + further * price.further_kilo_fen


def is_county(code: str) -> bool:
    """Return whether a division is a county or lies in one: what a courier needs to know."""
    return len(code) >= 6 and code[4:6] != "00"
