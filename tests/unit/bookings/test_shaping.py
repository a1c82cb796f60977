"""What becomes of slots when a week changes: pure plans, and how far a slot may shrink."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.bookings.shaping import (
    Draft,
    Extra,
    Fate,
    Shape,
    Standing,
    fitted,
    plan,
    wanted_on,
)
from kiosk_server.bookings.weeks import (
    digest_of,
    like_another,
    with_day_copied,
    with_draft,
    without_draft,
)
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid
from kiosk_server.places.hours import Interval

DAY = date(2026, 11, 25)
TEN = datetime(2026, 11, 25, 10, tzinfo=clock.BEIJING)
QUARTER = timedelta(minutes=15)
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
DRAFT = Draft("general", 3, time(10), time(11), 30, 4, 2)
OPEN = (Interval(TEN, TEN + timedelta(hours=4)),)


def standing(**told: object) -> Standing:
    """A slot at ten with four places, two of them for who comes."""
    row = Standing("s", "general", DAY, TEN, TEN + QUARTER, 4, 2, 0, 0, is_open=True)
    return replace(row, **told)  # type: ignore[arg-type]


def fates(row: Standing, shape: Shape | None, now: datetime = LONG_AGO) -> list[Fate]:
    """What becomes of *row* where *shape* is wanted, or nothing is."""
    wanted = {("general", TEN): shape} if shape else {}
    return [each.fate for each in plan([row], wanted, lambda _slot: True, now)]


SAME = Shape(TEN, TEN + QUARTER, 4, 2)


@pytest.mark.parametrize(
    ("row", "shape", "expected"),
    [
        (standing(), SAME, []),
        (standing(), None, [Fate.CLOSED]),
        (standing(is_open=False), None, []),
        (standing(is_open=False), SAME, [Fate.OPENED]),
        (standing(), replace(SAME, capacity=6), [Fate.GROWN]),
        (standing(), replace(SAME, capacity=3), [Fate.SHRUNK]),
        (standing(booked=2, taken=2), replace(SAME, capacity=3), [Fate.KEPT]),
        (standing(), replace(SAME, ends_at=TEN + 2 * QUARTER), [Fate.RECUT]),
    ],
    ids=["same", "gone", "stays shut", "open again", "grown", "shrunk", "taken", "recut"],
)
def test_a_slot_has_one_fate(row: Standing, shape: Shape | None, expected: list[Fate]) -> None:
    """What stands as it ought to is left alone; everything else has a name."""
    assert fates(row, shape) == expected


def test_what_has_begun_is_left_alone_and_nothing_is_laid_over_it() -> None:
    """A slot under way keeps its shape, and no new one overlaps it."""
    now = TEN + timedelta(minutes=1)
    assert fates(standing(), None, now) == []
    later = Shape(TEN + timedelta(minutes=10), TEN + timedelta(minutes=25), 4, 2)
    wanted = {("general", later.starts_at): later}
    assert plan([standing()], wanted, lambda _slot: True, now) == []
    assert [each.fate for each in plan([], wanted, lambda _slot: True, now)] == [Fate.MADE]


@given(
    capacity=st.integers(1, 9),
    walk_in=st.integers(1, 9),
    new=st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda each: each[1] <= each[0]),
    booked=st.integers(0, 9),
    who_came=st.integers(0, 9),
)
def test_a_slot_never_shrinks_below_what_is_taken(
    capacity: int, walk_in: int, new: tuple[int, int], booked: int, who_came: int
) -> None:
    """Places taken stay, the walk-in share stays at least one, and nothing grows by shrinking."""
    walk_in = min(walk_in, capacity)
    booked = min(booked, capacity - walk_in)
    taken = min(capacity, booked + who_came)
    row = standing(capacity=capacity, walk_in=walk_in, booked=booked, taken=taken)
    shape = Shape(TEN, TEN + QUARTER, *new)
    after, share = fitted(row, shape)
    assert taken <= after <= max(capacity, new[0])
    assert share >= 1
    assert booked <= after - share
    if taken == 0:
        assert (after, share) == new


def test_a_day_has_what_its_week_and_its_extra_places_say() -> None:
    """Slots within the hours, more places where an extra reaches; a worked Sunday has Friday's."""
    extra = Extra("general", DAY, (time(10), time(10, 30)), 3)
    found = wanted_on(DAY, [DRAFT], [extra], OPEN, announced=None)
    assert [(each.capacity, each.walk_in) for each in found.values()] == [(7, 2), (4, 2)]
    assert wanted_on(DAY, [DRAFT], [], (), announced=None) == {}
    sunday = date(2026, 9, 20)
    opening = Interval(*(datetime.combine(sunday, at, clock.BEIJING) for at in (time(9), time(18))))
    friday = replace(DRAFT, weekday=5)
    assert len(wanted_on(sunday, [friday], [], [opening], announced=True)) == 2


def test_overlapping_times_are_refused_and_the_same_start_is_replaced() -> None:
    """One group never has two slots at one time; other groups and days are no matter."""
    week = with_draft((), DRAFT, [3, 4])
    assert [each.weekday for each in week] == [3, 4]
    again = with_draft(week, replace(DRAFT, capacity=9), [3])
    assert sorted(each.capacity for each in again) == [4, 9]
    assert len(with_draft(week, replace(DRAFT, group_code="other"), [3])) == 3
    for late in (time(10, 30), time(10, 45)):
        with pytest.raises(Invalid) as refused:
            with_draft(week, replace(DRAFT, opens=late, closes=time(12)), [3])
        assert [fault.code for fault in refused.value.fields] == ["times_overlap"]
    assert len(with_draft(week, replace(DRAFT, opens=time(11), closes=time(12)), [3])) == 3


@pytest.mark.policy("P16")
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"walk_in": 0}, "walk_in_missing"),
        ({"walk_in": 5}, "walk_in_missing"),
        ({"minutes": 61}, "minutes_unusable"),
        ({"capacity": 0}, "capacity_unusable"),
        ({"closes": time(9)}, "hours_unreadable"),
    ],
    ids=["no share", "all share", "too long", "no places", "closes first"],
)
def test_a_template_that_could_not_stand_is_refused(change: dict[str, object], fault: str) -> None:
    """A slot without a share for who just comes is no slot."""
    with pytest.raises(Invalid) as refused:
        with_draft((), replace(DRAFT, **change), [3])  # type: ignore[arg-type]
    assert [each.code for each in refused.value.fields] == [fault]


def test_days_and_weeks_are_copied_whole() -> None:
    """A day's copy takes the place of what the other day had; a site has its own groups alone."""
    week = with_draft(with_draft((), DRAFT, [3]), replace(DRAFT, opens=time(10, 15)), [4])
    copied = with_day_copied(week, 3, [4, 5])
    assert {(each.weekday, each.opens) for each in copied} == {(day, time(10)) for day in (3, 4, 5)}
    assert with_day_copied(copied, 3, [4, 5]) == copied
    assert like_another(copied, {"other"}) == ()
    assert without_draft(copied, DRAFT) == tuple(each for each in copied if each.weekday != 3)
    assert digest_of(week) != digest_of(copied)
    with pytest.raises(Invalid):
        with_day_copied(week, 3, [3])
