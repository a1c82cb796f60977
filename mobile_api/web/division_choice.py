"""
Choosing a division (行政区划) step by step: each level is offered once the one above it is chosen.

Every step is one request, so it works without a script; a script only fetches the next step by
itself. Where a level has a single division it is told and not asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.deliveries.rules import is_county
from kiosk_server.places.models import Division
from kiosk_server.places.queries import division_tree
from mobile_api.v1.certificates import in_words

_TOWNSHIP_DIGITS = 9


@dataclass(frozen=True)
class DivisionLevel:
    """One select: which level it asks for, what it offers, what of that is chosen."""

    kind: str
    options: tuple[tuple[str, str], ...]
    chosen: str
    optional: bool
    """Beneath a county: a courier finds the street without it."""


@dataclass(frozen=True)
class DivisionChoice:
    """The levels that are asked now; `settled` are those above them that have one division."""

    settled: tuple[str, ...]
    levels: tuple[DivisionLevel, ...]
    code: str
    """The deepest division that is chosen and that an address may name; empty before that."""


def division_choice(session: Session, chosen: Collection[str]) -> DivisionChoice:
    """Return what is asked, where the codes *chosen* were picked so far; unknown ones are none."""
    beneath = _children(division_tree(session))
    settled: list[str] = []
    levels: list[DivisionLevel] = []
    code, above = "", None
    while found := beneath.get(above):
        only = found[0] if len(found) == 1 and not is_county(found[0].code) else None
        if only is not None:
            settled.append(in_words(only.names))
            above = only.code
            continue
        picked = next((each.code for each in found if each.code in chosen), "")
        levels.append(_level(found, picked))
        if not picked:
            break
        code, above = picked if is_county(picked) else "", picked
    return DivisionChoice(tuple(settled), tuple(levels), code)


def path_to(session: Session, code: str) -> tuple[str, ...]:
    """Return the codes from the highest division down to *code*."""
    above = {each.code: each.parent_code for each in division_tree(session)}
    path: list[str] = []
    at: str | None = code
    while at is not None and at in above and at not in path:
        path.append(at)
        at = above[at]
    return tuple(reversed(path))


def place_in_words(session: Session, code: str) -> str:
    """Return where a division is, as an address begins, from the highest that is not settled."""
    tree = division_tree(session)
    names = {each.code: in_words(each.names) for each in tree}
    alone = {found[0].code for found in _children(tree).values() if len(found) == 1}
    path = path_to(session, code)
    return " ".join(names[each] for each in path if each not in alone or is_county(each))


def _children(tree: Sequence[Division]) -> dict[str | None, list[Division]]:
    beneath: dict[str | None, list[Division]] = {}
    for each in tree:
        beneath.setdefault(each.parent_code, []).append(each)
    return beneath


def _level(found: Sequence[Division], picked: str) -> DivisionLevel:
    first = found[0].code
    return DivisionLevel(
        kind=_kind(first),
        options=tuple((each.code, in_words(each.names)) for each in found),
        chosen=picked,
        optional=is_county(first) and len(first) > len("653001"),
    )


def _kind(code: str) -> str:
    if not is_county(code):
        return "province" if code[2:4] == "00" else "prefecture"
    if len(code) < _TOWNSHIP_DIGITS:
        return "county"
    return "township" if len(code) == _TOWNSHIP_DIGITS else "village"
