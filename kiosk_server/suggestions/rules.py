"""
From what stands in one's own wallet and cases to what may be due: one pure function for each tag.

A tag (标签) is why something is suggested. Ethnic group, place of birth, faith and health are no
input of any rule, and no field of `Known` could carry them (P37).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tag(StrEnum):
    """Why something is suggested."""

    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    HAS_CHILD = "has_child"
    SPEAKS_FOR_FIRM = "speaks_for_firm"
    CASE_REFUSED = "case_refused"
    PROOF_RUNS_OUT = "proof_runs_out"


@dataclass(frozen=True)
class KnownCertificate:
    """What a rule sees of a certificate: no name, no number, no field of it."""

    id: str
    type_id: str
    days_left: int | None
    genuine: bool
    issued_here: bool


@dataclass(frozen=True)
class KnownCase:
    """What a rule sees of a case."""

    id: str
    refused: bool
    decided_on: date | None


@dataclass(frozen=True)
class Known:
    """Everything that rules see of one resident."""

    today: date
    certificates: Sequence[KnownCertificate] = ()
    cases: Sequence[KnownCase] = ()
    children: int = 0
    firms: int = 0


@dataclass(frozen=True)
class Suggestion:
    """One thing that may be due: why, and about which row where there is one."""

    tag: Tag
    subject_id: str | None = None
    type_id: str | None = None
    days: int | None = None


SOON_DAYS = 60
PROOF_DAYS = 7
REFUSED_DAYS = 30
"""How long a refused case is a reason to offer a person who looks again."""


def tags_of(known: Known) -> dict[Tag, list[Suggestion]]:
    """Return every tag that fits, with what it suggests; a tag without suggestions is left out."""
    found = {tag: rule(known) for tag, rule in _RULES.items()}
    return {tag: made for tag, made in found.items() if made}


def _ends_soon(known: Known) -> list[Suggestion]:
    return [
        Suggestion(Tag.ENDS_SOON, each.id, each.type_id, each.days_left)
        for each in known.certificates
        if _ends_within(each, SOON_DAYS) and not each.issued_here
    ]


def _ended(known: Known) -> list[Suggestion]:
    return [
        Suggestion(Tag.ENDED, each.id, each.type_id)
        for each in known.certificates
        if not each.issued_here and each.days_left is not None and each.days_left < 0
    ]


def _has_child(known: Known) -> list[Suggestion]:
    return [Suggestion(Tag.HAS_CHILD)] if known.children else []


def _speaks_for_firm(known: Known) -> list[Suggestion]:
    return [Suggestion(Tag.SPEAKS_FOR_FIRM)] if known.firms else []


def _case_refused(known: Known) -> list[Suggestion]:
    return [
        Suggestion(Tag.CASE_REFUSED, each.id)
        for each in known.cases
        if each.refused
        and each.decided_on is not None
        and (known.today - each.decided_on).days <= REFUSED_DAYS
    ]


def _proof_runs_out(known: Known) -> list[Suggestion]:
    return [
        Suggestion(Tag.PROOF_RUNS_OUT, each.id, each.type_id, each.days_left)
        for each in known.certificates
        if each.issued_here and _ends_within(each, PROOF_DAYS)
    ]


def _ends_within(each: KnownCertificate, days: int) -> bool:
    return each.genuine and each.days_left is not None and 0 <= each.days_left <= days


_RULES: Mapping[Tag, Callable[[Known], list[Suggestion]]] = {
    Tag.ENDS_SOON: _ends_soon,
    Tag.ENDED: _ended,
    Tag.PROOF_RUNS_OUT: _proof_runs_out,
    Tag.CASE_REFUSED: _case_refused,
    Tag.HAS_CHILD: _has_child,
    Tag.SPEAKS_FOR_FIRM: _speaks_for_firm,
}
