"""An alert's life, and who is called when."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.upkeep.causes import (
    OFFLINE,
    TERMINAL,
    Cause,
    Patience,
    Presence,
    Severity,
    patience,
)
from kiosk_server.upkeep.rules import (
    ESCALATE_AFTER,
    LOOK_AGAIN_AFTER,
    AlertState,
    CallPlan,
    Course,
    begin,
    end,
    first_call_at,
    follow,
    is_whole_site,
    plan_call,
    ripens_at,
)

NOON = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
SLOW = Patience(timedelta(seconds=10), timedelta(seconds=20), timedelta(0))
PRESENT, GONE, UNTOLD = Presence.PRESENT, Presence.GONE, Presence.UNTOLD


def after(seconds: int) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def lived(*words: tuple[int, Presence]) -> Course | None:
    """A course that began at noon and was looked at so."""
    course: Course | None = begin(SLOW, NOON)
    for seconds, presence in words:
        assert course is not None
        course = follow(course, presence, SLOW, after(seconds))
    return course


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from([PRESENT, GONE])), max_size=6))
def test_before_it_is_ripe_nobody_need_look(steps: list[tuple[int, Presence]]) -> None:
    """Looking again at what a terminal last said changes nothing until the moment that is told."""
    course: Course | None = begin(SLOW, NOON)
    now, presence = NOON, PRESENT
    for seconds, presence in steps:
        now += timedelta(seconds=seconds)
        course = follow(course, presence, SLOW, now) if course is not None else None
        if course is None or course.closed_at is not None:
            return
    assert course is not None
    ripe = ripens_at(course, SLOW)
    for moment in (now, *([ripe - timedelta(seconds=1)] if ripe else [now + timedelta(days=1)])):
        if moment >= now:
            looked = follow(course, presence, SLOW, moment)
            assert looked is not None
            assert looked.state is course.state
    if ripe is not None:
        turned = follow(course, presence, SLOW, max(ripe, now))
        assert turned is not None
        assert turned.state is not course.state


def state_of(*words: tuple[int, Presence]) -> AlertState | None:
    """Where such a course stands; None when nothing is left of it."""
    course = lived(*words)
    return course.state if course else None


@pytest.mark.policy("P53")
def test_a_cause_that_lasts_opens_and_one_that_goes_closes() -> None:
    """Open after ten seconds of it, closed after twenty without it."""
    assert state_of((9, PRESENT)) is AlertState.SUSPECTED
    assert state_of((10, PRESENT)) is AlertState.OPEN
    assert state_of((10, PRESENT), (30, GONE), (49, GONE)) is AlertState.OPEN
    assert state_of((10, PRESENT), (30, GONE), (50, GONE)) is AlertState.CLOSED


def test_what_passes_quickly_leaves_nothing() -> None:
    """A cover that was opened for a moment was no alert."""
    assert state_of((9, GONE)) is None


def test_what_comes_back_in_time_is_the_same_alert() -> None:
    """A cause that flickers closes only when it has been away long enough without a break."""
    assert state_of((10, PRESENT), (30, GONE), (45, PRESENT), (60, GONE), (79, GONE)) is (
        AlertState.OPEN
    )


def test_what_nobody_looked_at_is_opened_late() -> None:
    """A cause that lasted long enough while nobody looked still becomes an alert."""
    course = lived((600, GONE))
    assert course is not None
    assert course.state is AlertState.OPEN
    assert course.gone_since == after(600)


def test_what_cannot_be_told_changes_nothing() -> None:
    """In silence an alert neither opens nor closes."""
    assert state_of((600, UNTOLD)) is AlertState.SUSPECTED
    assert state_of((10, PRESENT), (9000, UNTOLD)) is AlertState.OPEN


def test_withdrawn_terminal_ends_its_alerts() -> None:
    """What is open closes at once, what is suspected is forgotten."""
    assert end(begin(SLOW, NOON), after(1)) is None
    opened = lived((10, PRESENT))
    assert opened is not None
    closed = end(opened, after(11))
    assert closed is not None
    assert closed.state is AlertState.CLOSED


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(Presence)), max_size=40))
def test_no_way_leads_back(steps: list[tuple[int, Presence]]) -> None:
    """Whatever is seen in whatever rhythm: an alert opens once, closes once, and in this order."""
    course: Course | None = begin(SLOW, NOON)
    now, seen = NOON, [AlertState.SUSPECTED]
    for seconds, presence in steps:
        now += timedelta(seconds=seconds)
        assert course is not None
        course = follow(course, presence, SLOW, now)
        if course is None:
            assert seen[-1] is AlertState.SUSPECTED
            assert presence is GONE
            return
        seen.append(course.state)
        if course.state is AlertState.CLOSED:
            assert presence is GONE
            assert course.opened_at is not None
            assert course.gone_since is not None
            assert course.opened_at <= now
            return
    order = list(AlertState)
    assert seen == sorted(seen, key=order.index)


@pytest.mark.parametrize(
    ("severity", "opened", "called"),
    [
        (Severity.SERIOUS, "2026-11-22T03:12:00+08:00", "2026-11-22T03:12:00+08:00"),
        (Severity.SOON, "2026-11-22T03:12:00+08:00", "2026-11-22T09:00:00+08:00"),
        (Severity.SOON, "2026-11-22T14:00:00+08:00", "2026-11-22T14:00:00+08:00"),
        (Severity.SOON, "2026-11-22T20:00:00+08:00", "2026-11-23T09:00:00+08:00"),
    ],
)
@pytest.mark.policy("P53")
def test_troubles_wake_people_and_warnings_wait(
    severity: Severity, opened: str, called: str
) -> None:
    """At night somebody is called for what does not work, not for what will not last."""
    at = datetime.fromisoformat(opened)
    assert first_call_at(severity, at, SLOW) == datetime.fromisoformat(called)


def test_silence_waits_until_the_whole_site_shows() -> None:
    """Terminals of one site fall silent within a heartbeat of each other: one call is enough."""
    patient = patience(Cause(TERMINAL, OFFLINE), Severity.URGENT)
    assert first_call_at(Severity.URGENT, NOON, patient) == after(45)


LIST = ("first", "second", "third")


@pytest.mark.policy("P53")
def test_a_trouble_climbs_the_list_and_ends_there() -> None:
    """Each has a quarter of an hour; nobody is called twice in a round."""
    called: list[str] = []
    now = NOON
    while True:
        plan = plan_call(Severity.URGENT, LIST, called, now)
        assert plan.staff_id is not None
        called.append(plan.staff_id)
        if plan.again_at is None:
            break
        assert plan.again_at == now + ESCALATE_AFTER
        now = plan.again_at
    assert called == list(LIST)
    assert plan_call(Severity.URGENT, LIST, called, now) == CallPlan(None, None)


def test_a_warning_is_told_once() -> None:
    """For paper that is low one person is told, and nobody after him."""
    assert plan_call(Severity.SOON, LIST, (), NOON) == CallPlan("first", None)
    assert plan_call(Severity.SOON, LIST, ("first",), NOON) == CallPlan(None, None)


def test_an_empty_list_is_looked_at_again() -> None:
    """Somebody may be put on the list while the trouble lasts."""
    assert plan_call(Severity.URGENT, (), (), NOON) == CallPlan(None, NOON + LOOK_AGAIN_AFTER)


@pytest.mark.parametrize(
    ("there", "silent", "whole"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a", "b"), ("a",), False),
        (("a",), ("a",), False),
        ((), (), False),
    ],
)
def test_a_site_is_silent_as_a_whole_or_not(
    there: tuple[str, ...], silent: tuple[str, ...], whole: bool
) -> None:
    """Two machines and more, and every one of them."""
    assert is_whole_site(there, silent) is whole
