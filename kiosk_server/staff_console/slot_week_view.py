"""A week of slots as its page shows it: for each group a grid of days and times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from kiosk_server.bookings.shaping import Draft
from kiosk_server.bookings.weeks import WEEKDAYS, Week
from kiosk_server.staff_console.bookings import group_name

BAR = 60
"""Length of the bar that shows the walk-in share, in units of its drawing."""


@dataclass(frozen=True)
class Cell:
    """One field of the grid: a template over *span* rows, or nothing in one row."""

    span: int
    draft: Draft | None
    share: int = 0
    """Of the bar, what stays with who just comes."""


@dataclass(frozen=True)
class Row:
    """What begins or goes on at one time; a day that a template covers has no cell of its own."""

    at: time
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class GroupWeek:
    """One group's week: a grid for a desk, days for a phone."""

    code: str
    name: str
    rows: tuple[Row, ...]
    days: tuple[tuple[int, tuple[Cell, ...]], ...]


def group_weeks(week: Week, groups: Sequence[str]) -> list[GroupWeek]:
    """Return the weeks of *groups*."""
    return [
        _group_week(code, [draft for draft in week if draft.group_code == code]) for code in groups
    ]


def _group_week(code: str, drafts: Sequence[Draft]) -> GroupWeek:
    times = sorted({at for draft in drafts for at in (draft.opens, draft.closes)})
    rows = tuple(Row(at, tuple(_cells_at(at, times, drafts))) for at in times[:-1])
    days = tuple(
        (weekday, tuple(_cell(draft, 1) for draft in drafts if draft.weekday == weekday))
        for weekday in WEEKDAYS
    )
    return GroupWeek(code, group_name(code), rows, tuple(day for day in days if day[1]))


def _cells_at(at: time, times: Sequence[time], drafts: Sequence[Draft]) -> list[Cell]:
    cells = []
    for weekday in WEEKDAYS:
        here = [
            draft
            for draft in drafts
            if draft.weekday == weekday and draft.opens <= at < draft.closes
        ]
        if not here:
            cells.append(Cell(1, None))
        elif here[0].opens == at:
            span = sum(here[0].opens <= each < here[0].closes for each in times)
            cells.append(_cell(here[0], span))
    return cells


def _cell(draft: Draft, span: int) -> Cell:
    return Cell(span, draft, round(BAR * draft.walk_in / draft.capacity))
