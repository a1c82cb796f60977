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
SUBSCRIBE_AGAIN_AFTER = timedelta(minutes=30)
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
    COLLECT = "collect"
    """They wait at the window; the resident comes for them."""
    ISSUE_ANEW = "issue_anew"
    """What was lost is made again, and sent at the office's cost."""
    CLAIM = "claim"
    """The office claims it from the courier, and helps with replacing it."""


_WAYS_BY_TROUBLE: Mapping[Trouble, frozenset[WayOn]] = {
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


def open_findings(state: DeliveryState, trouble: Trouble | None) -> frozenset[Finding]:
    """Return what a person may find out in this state."""
    if state is DeliveryState.EXCEPTION and trouble in (Trouble.TURNED_DOWN, Trouble.PIECE_MISSING):
        return frozenset()
    return _OPEN_QUESTIONS.get(state, frozenset())


def ways_on(
    state: DeliveryState, trouble: Trouble | None, direction: Direction
) -> frozenset[WayOn]:
    """Return what may follow now; nothing while the courier still has the papers."""
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
    """Return whether sending again needs an address that is not the one before."""
    return way is WayOn.SEND_AGAIN and trouble is Trouble.WRONG_ADDRESS


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
