"""
The fallback ladder of identity (身份核验阶梯): what can be tried next, and why not the rest.

Pure. While the holder is unknown: the card, his phone's own code, a code to the phone on record,
another card, a member of staff; once a card was read: a code, his phone, a comparison of faces, a
member of staff. The last rung is
always a named window, which nothing closes: nobody is left with a rung that has just failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_FAILURES = 3
"""After so many failures of one rung another try is no help to anybody."""


class Rung(StrEnum):
    """One way of showing who one is; the values are the `step` of every count."""

    CARD = "card"
    OWN_PHONE = "own_phone"
    """A code between the holder's own phone and the terminal (一码办事)."""
    NUMBER = "number"
    """Number typed, and a code to the phone that the record source holds for it."""
    OTHER_CARD = "other_card"
    CODE = "code"
    FACE = "face"
    STAFF = "staff"
    WINDOW = "window"


HOLDER_UNKNOWN = (Rung.CARD, Rung.OWN_PHONE, Rung.NUMBER, Rung.OTHER_CARD, Rung.STAFF, Rung.WINDOW)
HOLDER_KNOWN = (Rung.CODE, Rung.OWN_PHONE, Rung.FACE, Rung.STAFF, Rung.WINDOW)

INSTEAD_OF_CARD = (Rung.OWN_PHONE, Rung.NUMBER, Rung.STAFF)
"""What shows who one is to a machine without a card; the window is no way at the machine."""

BY_PHONE, BY_STAFF = "phone", "helped"
"""What an item may take in place of a card (`Handling.without_card`)."""

OF_THE_READER = frozenset({"reader_absent", "reader_fault", "reader_not_accepted"})
OF_THE_CARD = frozenset(
    {"card_expired", "card_kind_not_served", "name_unprintable", "address_unconfirmed"}
)
"""No second try mends these, unless with another card."""

REASONS: Mapping[Rung, frozenset[str]] = {
    Rung.CARD: OF_THE_READER
    | OF_THE_CARD
    | {"card_moved", "card_unreadable", "timeout", "line_dead", "number_invalid", "not_this_card"},
    Rung.OWN_PHONE: frozenset({"code_over", "not_this_person", "level_too_low", "denied"}),
    Rung.NUMBER: frozenset({"code_wrong", "too_many"}),
    Rung.CODE: frozenset({"code_wrong", "too_many", "no_phone"}),
    Rung.FACE: frozenset({"other", "unclear", "down"}),
    Rung.STAFF: frozenset({"nobody_came", "declined", "denied"}),
    Rung.WINDOW: frozenset(),
}
REASONS = {**REASONS, Rung.OTHER_CARD: REASONS[Rung.CARD]}
"""Every reason that is counted: a label of ours, never a word of whoever calls."""

OF_THE_HOST = frozenset(
    {"card_moved", "card_unreadable", "reader_absent", "reader_fault", "timeout", "line_dead"}
)
"""Failures that the page alone learns of; the others the server sees by itself."""

Failures = Mapping[tuple[Rung, str], int]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """
    What bears on the ladder now. A reason is the id of a `closed-…` sentence, None: it can be.

    `takes` is what the item accepts in place of a card; `failures` those of this visit.
    """

    holder_known: bool = False
    takes: frozenset[str] = frozenset()
    several_cards: bool = False
    reader: str | None = None
    messages: bool = True
    phone: str | None = None
    face: bool = True
    staff: str | None = None
    failures: Failures = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """One rung, and why it cannot be stepped on."""

    rung: Rung
    closed: str | None = None


def ladder(situation: Situation) -> tuple[Offer, ...]:
    """Return the rungs in the order in which they are offered; the last one is always open."""
    rungs = HOLDER_KNOWN if situation.holder_known else HOLDER_UNKNOWN
    return tuple(Offer(rung, _closed(rung, situation)) for rung in rungs)


def next_rung(situation: Situation) -> Rung:
    """Return the first rung that can be stepped on."""
    return next(offer.rung for offer in ladder(situation) if offer.closed is None)


def without_card(situation: Situation) -> tuple[Rung, ...]:
    """Return the rungs that are open to whoever shows no card, in their order."""
    return tuple(
        offer.rung
        for offer in ladder(situation)
        if offer.rung in INSTEAD_OF_CARD and offer.closed is None
    )


def failed(failures: Failures, rung: Rung) -> int:
    """Return how often *rung* failed."""
    return sum(count for (step, _), count in failures.items() if step is rung)


def _closed(rung: Rung, now: Situation) -> str | None:
    if rung is Rung.WINDOW:
        return None
    why = _impossible(rung, now)
    if why is None and failed(now.failures, rung) >= MOST_FAILURES:
        return "tried"
    return why


def _impossible(rung: Rung, now: Situation) -> str | None:
    match rung:
        case Rung.CARD:
            return _reader(now) or ("card-not-taken" if _card_refused(now) else None)
        case Rung.OTHER_CARD:
            return _reader(now) or (None if now.several_cards else "one-card")
        case Rung.OWN_PHONE:
            return None if now.holder_known else _not_taken(BY_PHONE, now)
        case Rung.NUMBER:
            return _not_taken(BY_PHONE, now) or (None if now.messages else "no-messages")
        case Rung.CODE:
            return now.phone if now.messages else "no-messages"
        case Rung.FACE:
            return None if now.face else "no-face"
        case _:
            return _not_taken(BY_STAFF, now) or now.staff


def _reader(now: Situation) -> str | None:
    if now.reader is not None:
        return now.reader
    # A reader that reports itself well and twice did not answer here is not well.
    faults = sum(count for (_, reason), count in now.failures.items() if reason in OF_THE_READER)
    return "reader-away" if faults > 1 else None


def _card_refused(now: Situation) -> bool:
    return any(step is Rung.CARD and reason in OF_THE_CARD for step, reason in now.failures)


def _not_taken(way: str, now: Situation) -> str | None:
    return None if way in now.takes else "not-for-this"
