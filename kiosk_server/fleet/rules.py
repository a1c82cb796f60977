"""
How a day of service is reckoned (运行日报), and what may be told of it.

Pure. A day is a Beijing day. Each second of a terminal's life belongs to one standing, the gravest
that holds: locked, silent, stopped, partly, whole. In service is what a resident could have used,
whole or partly. Docs: docs/operations.md, "Uptime".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from kiosk_server.cases.models import CaseState
from kiosk_server.core import clock
from kiosk_server.printing.models import JobState
from kiosk_server.terminals.life_history import Stay
from kiosk_server.terminals.rules import SILENCE, TerminalState
from kiosk_server.upkeep.causes import OFFLINE, TERMINAL, Cause, Severity
from kiosk_server.visits.models import EndReason

LEAST_TOLD = 3
"""Fewer people than this are not told of: in a village everybody knows who it was (P38, P39)."""


class Standing(StrEnum):
    """What a second of a terminal's life was good for, the gravest first."""

    LOCKED = "locked"
    SILENT = "silent"
    STOPPED = "stopped"
    PARTLY = "partly"
    WHOLE = "whole"


@dataclass(frozen=True)
class Span:
    """From *start* until, not including, *end*."""

    start: datetime
    end: datetime

    def within(self, other: "Span") -> "Span | None":
        """Return the part of it that lies in *other*."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class Trouble:
    """One alert as a day sees it; `until` is None while its cause is there."""

    cause: Cause
    severity: Severity
    since: datetime
    until: datetime | None

    @property
    def standing(self) -> Standing:
        """What it leaves of a terminal."""
        if self.cause == Cause(TERMINAL, OFFLINE):
            return Standing.SILENT
        return {
            Severity.URGENT: Standing.STOPPED,
            Severity.SERIOUS: Standing.PARTLY,
            Severity.SOON: Standing.WHOLE,
        }[self.severity]


def day_span(day: date) -> Span:
    """Return the moments of a Beijing day."""
    start = datetime.combine(day, time(), clock.BEIJING)
    return Span(start, start + timedelta(days=1))


def seconds_of(
    span: Span, life: Mapping[TerminalState, Sequence[Span]], troubles: Iterable[Trouble]
) -> dict[Standing, int]:
    """
    Return how many seconds of *span* a terminal spent in each standing.

    Seconds outside its *life* (before it was enrolled, after it was withdrawn) are in none.
    """
    lived = [*life.get(TerminalState.IN_SERVICE, ()), *life.get(TerminalState.LOCKED, ())]
    found = [(Standing.WHOLE, each) for each in lived]
    found += [(Standing.LOCKED, each) for each in life.get(TerminalState.LOCKED, ())]
    for trouble in troubles:
        told = Span(_began(trouble), trouble.until or span.end)
        found += [
            (trouble.standing, part) for each in lived if (part := told.within(each)) is not None
        ]
    cut = [(standing, part) for standing, each in found if (part := each.within(span)) is not None]
    return _swept(cut)


def life_of(
    stays: Sequence[Stay], enrolled_at: datetime | None, now: datetime
) -> dict[TerminalState, list[Span]]:
    """Return when a terminal was what, until *now*; what came before its first stay was service."""
    if enrolled_at is None:
        return {}
    known = list(stays)
    if not known or known[0].since > enrolled_at:
        known.insert(0, Stay(TerminalState.IN_SERVICE, enrolled_at))
    life: dict[TerminalState, list[Span]] = {}
    ends = [stay.since for stay in known[1:]] + [now]
    for stay, end in zip(known, ends, strict=True):
        if stay.since < end:
            life.setdefault(stay.state, []).append(Span(stay.since, end))
    return life


def _began(trouble: Trouble) -> datetime:
    # A silence is seen when three heartbeats are missed; it began with the last word.
    return trouble.since - SILENCE if trouble.standing is Standing.SILENT else trouble.since


def _swept(parts: Sequence[tuple[Standing, Span]]) -> dict[Standing, int]:
    edges = sorted({edge for _, span in parts for edge in (span.start, span.end)})
    seconds = dict.fromkeys(Standing, 0.0)
    for start, end in pairwise(edges):
        there = {standing for standing, span in parts if span.start <= start and end <= span.end}
        gravest = next((standing for standing in Standing if standing in there), None)
        if gravest is not None:
            seconds[gravest] += (end - start).total_seconds()
    return {standing: round(total) for standing, total in seconds.items()}


@dataclass(frozen=True)
class Attempt:
    """How far one visit came. It carries no person, no time and no case."""

    end_reason: EndReason
    consented: bool = False
    card_read: bool = False
    proven: bool = False
    case: CaseState | None = None
    printed: bool = False
    job: JobState | None = None
    trouble: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the person got what he came for."""
        return self.case is CaseState.COMPLETED or self.printed


def why_unfinished(attempt: Attempt) -> str:
    """Return why an attempt was not finished: what the paper met, else the last step reached."""
    if attempt.job is not None:
        return f"print_{attempt.trouble or attempt.job.value}"[:40]
    if attempt.case is not None:
        return "declined" if attempt.case is CaseState.DECLINED else "no_paper_asked"
    if attempt.end_reason is EndReason.CODES:
        return "codes_wrong"
    if attempt.end_reason is EndReason.CLOSED:
        return "machine_closed"
    if not attempt.consented:
        return "left_at_notice"
    if not attempt.card_read:
        return "left_at_card"
    return "left_at_records" if attempt.proven else "left_at_proof"


@dataclass(frozen=True)
class Told:
    """A count that may be told; None stands for fewer than `LEAST_TOLD`."""

    key: str
    count: int | None


OTHERS = "others"


def tellable(counts: Mapping[str, int]) -> list[Told]:
    """
    Return *counts*, the largest first, with what is too small put together as `OTHERS`.

    Where the others together are still too few, the smallest told count joins them: nothing
    hidden can be worked out from a total.
    """
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    large = [(key, count) for key, count in shown if count >= LEAST_TOLD]
    small = [count for _, count in shown if 0 < count < LEAST_TOLD]
    while small and sum(small) < LEAST_TOLD and large:
        small.append(large.pop()[1])
    told = [Told(key, count) for key, count in large]
    if small:
        together = sum(small)
        told.append(Told(OTHERS, together if together >= LEAST_TOLD else None))
    return told


def told_count(count: int) -> int | None:
    """Return a count of people, or None where it is too small to be told; nobody is nobody."""
    return None if 0 < count < LEAST_TOLD else count
