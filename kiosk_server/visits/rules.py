"""
When a visit ends, what a card must show, and how much proof is enough. Everything is an argument.

Time: 60 s without a touch warn, 30 s later the visit ends, both doubled in the large sizes; after
15 minutes it ends in any case, unless the person asks for five more, up to ten times (WCAG 2.2.1).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk_server.catalogue.content import Assurance
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.visits.models import EndReason

WARN_AFTER = timedelta(seconds=60)
END_AFTER_WARNING = timedelta(seconds=30)
HARD_LIMIT = timedelta(minutes=15)
EXTENSION = timedelta(minutes=5)
MOST_EXTENSIONS = 10
KEPT_WITHOUT_LINE = timedelta(minutes=5)
"""So long a visit waits for its terminal's line, beyond the time without a touch (断网保留)."""
NONCE_LIFE = timedelta(seconds=120)

LANGUAGES = ("zh", "ug", "ky", "en")
SIZES = ("s", "m", "l", "xl")
THEMES = ("light", "night", "contrast", "inverse")
REACHES = ("standard", "low")
CARD_FIELDS = (
    "name",
    "number",
    "sex",
    "nation",
    "born",
    "address",
    "issuer",
    "valid_from",
    "valid_until",
)
REPRINT_FIELDS = ("name", "number", "valid_until")
ERRAND_FIELDS = REPRINT_FIELDS

_RANKS = {Assurance.NONE: 0, Assurance.CARD: 1, Assurance.CARD_AND_PRESENCE: 2}


@dataclass(frozen=True)
class Watch:
    """The three moments that matter to a visit, and whether more time can still be asked for."""

    warns_at: datetime
    idle_ends_at: datetime
    hard_ends_at: datetime
    can_extend: bool


def watch(*, size: str, last_seen_at: datetime, ends_at: datetime, extensions: int) -> Watch:
    """Return when a visit warns and ends if nobody touches the screen any more."""
    factor = 2 if size in ("l", "xl") else 1
    warns_at = last_seen_at + factor * WARN_AFTER
    return Watch(
        warns_at=warns_at,
        idle_ends_at=warns_at + factor * END_AFTER_WARNING,
        hard_ends_at=ends_at,
        can_extend=extensions < MOST_EXTENSIONS,
    )


def over_at(watched: Watch, now: datetime) -> EndReason | None:
    """Return why a visit is over at *now*, or None while it goes on."""
    if now >= watched.hard_ends_at:
        return EndReason.LIMIT
    if now >= watched.idle_ends_at:
        return EndReason.IDLE
    return None


def last_touch(
    watched: Watch, *, seen_at: datetime, touched_at: datetime, now: datetime
) -> datetime:
    """
    Return when somebody was last there, where the terminal saw a touch that we could not.

    A visit that has waited longer than `KEPT_WITHOUT_LINE` is not brought back by any touch.
    """
    if now >= watched.idle_ends_at + KEPT_WITHOUT_LINE:
        return seen_at
    return max(seen_at, min(touched_at, now))


def waits_for_line(watched: Watch, *, heard_at: datetime | None, now: datetime) -> bool:
    """Return whether an idle visit may have somebody before it, behind a dead line: its terminal
    has been silent since before the time without a touch ran out."""
    silent = heard_at is not None and heard_at < watched.idle_ends_at
    return silent and now < watched.idle_ends_at + KEPT_WITHOUT_LINE


def enough(have: Assurance, needed: Assurance, without_card: Collection[str] = ()) -> bool:
    """Return whether the proof that was given is what an item needs, or takes in its place."""
    if have not in _RANKS:
        return have.value in without_card
    return _RANKS[have] >= _RANKS[needed]


def holder_known(assurance: Assurance, without_card: Collection[str] = ()) -> bool:
    """Return whether who stands here is known by a card, or by what is taken in its place."""
    return enough(assurance, Assurance.CARD, without_card)


def kept_fields(
    fields: Mapping[str, str | None], needs: Sequence[str]
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Return of *fields* only what is needed (P37), and the names of needs that are not there."""
    kept = {name: fields[name] for name in needs if name in fields}
    return kept, tuple(name for name in needs if name not in fields)


def card_fault(
    kind: CardKind,
    fields: Mapping[str, str | None],
    *,
    today: date,
    unprintable: Callable[[str], tuple[str, ...]],
) -> str | None:
    """Return the code of what keeps a card from being taken, or None.

    `valid_until` None is 长期. A card serves on its last day. `ValueError`: a day that is none.
    """
    if not is_valid(kind, fields.get("number") or ""):
        return "number_invalid"
    valid_until = fields.get("valid_until")
    if valid_until is not None and date.fromisoformat(valid_until) < today:
        return "card_expired"
    if unprintable(fields.get("name") or ""):
        return "name_unprintable"
    return None
