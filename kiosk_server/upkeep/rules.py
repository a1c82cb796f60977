"""
An alert's life (告警): suspected, open, closed; and when which person is called for it.

Pure: presence and the present moment are arguments. A cause must last before an alert opens and be
away before it closes, so that nothing flaps; what lasted long enough between two looks is opened
by the later one, so that nothing is lost when nobody looked.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.core import clock
from kiosk_server.upkeep.causes import Patience, Presence, Severity

ESCALATE_AFTER = timedelta(minutes=15)
"""How long somebody called has until the next on the list is called."""
LOOK_AGAIN_AFTER = timedelta(minutes=15)
"""How soon a list that had nobody on it is looked at again."""
LONGEST_SILENCE = timedelta(days=7)
DAY_BEGINS, DAY_ENDS = 9, 20
"""Hours of Beijing time within which people are called for what is not yet a trouble."""
LEAST_OF_A_SITE = 2


class AlertState(StrEnum):
    """Where an alert stands."""

    SUSPECTED = "suspected"
    OPEN = "open"
    CLOSED = "closed"


class SilenceReason(StrEnum):
    """Why calls for an alert stop for a while."""

    ON_MY_WAY = "on_my_way"
    PART_ORDERED = "part_ordered"
    PLANNED_WORK = "planned_work"
    POWER_CUT = "power_cut"
    KNOWN = "known"


@dataclass(frozen=True)
class Course:
    """How far an alert has come. `gone_since` is when its cause was first seen gone."""

    suspected_at: datetime
    seen_at: datetime
    opened_at: datetime | None = None
    gone_since: datetime | None = None
    closed_at: datetime | None = None

    @property
    def state(self) -> AlertState:
        """Where it stands."""
        if self.closed_at is not None:
            return AlertState.CLOSED
        return AlertState.SUSPECTED if self.opened_at is None else AlertState.OPEN


def begin(patience: Patience, now: datetime) -> Course:
    """Return the course of a cause first seen *now*."""
    return _ripened(Course(suspected_at=now, seen_at=now), patience, now)


def follow(course: Course, presence: Presence, patience: Patience, now: datetime) -> Course | None:
    """Return how *course* goes on; None when what was suspected went before it was an alert."""
    match presence:
        case Presence.UNTOLD:
            return course
        case Presence.PRESENT:
            return _ripened(replace(course, seen_at=now, gone_since=None), patience, now)
        case Presence.GONE:
            # It was there until this word: time enough, perhaps, while nobody looked.
            ripe = _ripened(course, patience, now)
            return _fading(ripe, patience, now) if ripe.opened_at is not None else None


def ripens_at(course: Course, patience: Patience) -> datetime | None:
    """Return when time alone opens or closes *course*; None while only a new word can."""
    if course.gone_since is not None:
        return course.gone_since + patience.until_closed
    if course.opened_at is None:
        return course.suspected_at + patience.until_open
    return None


def end(course: Course, now: datetime) -> Course | None:
    """Return *course* closed at once, as a terminal that is withdrawn closes it."""
    return None if course.opened_at is None else replace(course, closed_at=now)


def _ripened(course: Course, patience: Patience, now: datetime) -> Course:
    if course.opened_at is None and now - course.suspected_at >= patience.until_open:
        return replace(course, opened_at=now)
    return course


def _fading(course: Course, patience: Patience, now: datetime) -> Course:
    since = course.gone_since or now
    over = now - since >= patience.until_closed
    return replace(course, gone_since=since, closed_at=now if over else None)


def first_call_at(severity: Severity, opened_at: datetime, patience: Patience) -> datetime:
    """Return when the first person is called: at once for a trouble, by day for a warning."""
    due = opened_at + patience.until_call
    if severity is not Severity.SOON:
        return due
    here = clock.to_beijing(due)
    morning = here.replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    if here.hour < DAY_BEGINS:
        return morning
    return due if here.hour < DAY_ENDS else morning + timedelta(days=1)


@dataclass(frozen=True)
class CallPlan:
    """Who is called now, and when the list is looked at again; None: not again."""

    staff_id: str | None
    again_at: datetime | None


def plan_call(
    severity: Severity, on_call: Iterable[str], called: Collection[str], now: datetime
) -> CallPlan:
    """
    Return who of *on_call*, in order, is called now, given who was *called* in this round.

    A warning is told to one person; a trouble climbs the list until somebody silences it or its
    cause goes.
    """
    waiting = [staff_id for staff_id in on_call if staff_id not in called]
    if severity is Severity.SOON and called:
        return CallPlan(None, None)
    if not waiting:
        return CallPlan(None, None if called else now + LOOK_AGAIN_AFTER)
    climbs = severity is not Severity.SOON and len(waiting) > 1
    return CallPlan(waiting[0], now + ESCALATE_AFTER if climbs else None)


def is_whole_site(terminal_ids: Collection[str], silent_ids: Collection[str]) -> bool:
    """Return whether a site is silent as a whole: power or line, not one machine."""
    return len(terminal_ids) >= LEAST_OF_A_SITE and set(terminal_ids) <= set(silent_ids)
