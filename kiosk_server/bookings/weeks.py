"""
Changing a site's week of slots: each change is a function from the drafts of a week to others.

Pure. Nothing is refused but what could not stand: times that overlap for one group, a share for
who just comes that is missing (P16), a slot longer than its day.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk_server.bookings.shaping import Draft
from kiosk_server.core.errors import FieldFault, Invalid

WEEKDAYS = range(1, 8)
LARGEST_CAPACITY = 200
MINUTES = range(5, 241)
Week = tuple[Draft, ...]


def with_draft(week: Week, draft: Draft, weekdays: Collection[int]) -> Week:
    """
    Return *week* with *draft* on each of *weekdays*; what begins then for the group is replaced.

    Raises `Invalid("template_invalid")` with every fault, `times_overlap` among them.
    """
    faults = draft_faults(draft)
    if not weekdays or not set(weekdays) <= set(WEEKDAYS):
        faults.append(FieldFault("weekdays", "weekday_missing"))
    if faults:
        raise Invalid("template_invalid", fields=faults)
    added = [replace(draft, weekday=weekday) for weekday in sorted(set(weekdays))]
    kept = [each for each in week if not any(_same_place(each, one) for one in added)]
    return _whole([*kept, *added])


def without_draft(week: Week, gone: Draft) -> Week:
    """Return *week* without what the group of *gone* has at its weekday and time."""
    return tuple(each for each in week if not _same_place(each, gone))


def with_day_copied(week: Week, weekday: int, others: Collection[int]) -> Week:
    """Return *week* with *others* made just like *weekday*, all groups."""
    targets = set(others) - {weekday}
    if weekday not in WEEKDAYS or not targets or not targets <= set(WEEKDAYS):
        fault = FieldFault("weekdays", "weekday_missing")
        raise Invalid("template_invalid", fields=[fault])
    copied = [
        replace(each, weekday=other)
        for each in week
        if each.weekday == weekday
        for other in sorted(targets)
    ]
    return _whole([*(each for each in week if each.weekday not in targets), *copied])


def like_another(other: Week, groups: Collection[str]) -> Week:
    """Return a week like that of *other* site, as far as the site takes its groups in."""
    return _whole(each for each in other if each.group_code in groups)


def draft_faults(draft: Draft) -> list[FieldFault]:
    """Return what is wrong with one draft by itself."""
    faults = []
    if draft.opens >= draft.closes:
        faults.append(FieldFault("closes", "hours_unreadable"))
    elif draft.minutes not in MINUTES or _length(draft) < timedelta(minutes=draft.minutes):
        faults.append(FieldFault("minutes", "minutes_unusable"))
    if not 1 <= draft.capacity <= LARGEST_CAPACITY:
        faults.append(FieldFault("capacity", "capacity_unusable"))
    elif not 1 <= draft.walk_in <= draft.capacity:
        faults.append(FieldFault("walk_in", "walk_in_missing"))
    return faults


def digest_of(week: Week) -> str:
    """Return a name for exactly this week: who saves says which one he looked at."""
    return hashlib.sha256(repr(sorted(week)).encode()).hexdigest()[:24]


def _length(draft: Draft) -> timedelta:
    day = date.min
    return datetime.combine(day, draft.closes) - datetime.combine(day, draft.opens)


def _same_place(one: Draft, other: Draft) -> bool:
    return _place(one) == _place(other)


def _place(draft: Draft) -> tuple[object, ...]:
    return draft.group_code, draft.weekday, draft.opens


def _whole(drafts: Iterable[Draft]) -> Week:
    week = tuple(sorted(drafts))
    for index, one in enumerate(week):
        if any(one.overlaps(other) for other in week[index + 1 :]):
            fault = FieldFault("opens", "times_overlap")
            raise Invalid("template_invalid", fields=[fault])
    return week
