"""
The official calendar of a year, entered when it has been announced (节假日安排), each November.

    calendar_of(session)                     -> Calendar      what is known, entered over shipped
    year_told(free, worked, year=)           -> YearTold      read and checked
    enter_year(session, told, basis, by=)                     stored, audited
    is_day_known(session, day)               -> bool          False: "not open yet" on booking pages
    missing_year(session)                    -> int | None    the next year, from 1 December on
    pretend(session, told)                                    for a preview, in this session alone
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.models import AnnouncedYear
from kiosk_server.places.working_days import Calendar, Exceptions, exceptions, shipped

WARNED_FROM_MONTH = 12
LONGEST_FREE_DAYS = 16
MOST_LINES = 40
LONGEST_BASIS = 200
_CALENDAR = "announced_calendar"
_SATURDAY = 5

log = structlog.get_logger()


@dataclass(frozen=True)
class YearTold:
    """What was announced of one year: spells of free days, and single days that are worked."""

    year: int
    free: tuple[tuple[date, date], ...]
    worked: tuple[date, ...]

    def exceptions(self) -> Exceptions:
        """Return it as a calendar has it."""
        spells = [(first.isoformat(), last.isoformat()) for first, last in self.free]
        return exceptions(spells, [day.isoformat() for day in self.worked])


def calendar_of(session: Session) -> Calendar:
    """Return every year that is known: what was entered counts over what was shipped."""
    known: Calendar | None = session.info.get(_CALENDAR)
    if known is None:
        known = shipped()
        for row in session.scalars(select(AnnouncedYear)):
            known = known.with_year(row.year, exceptions(row.free, row.worked))
        # Many days are looked up in one unit of work: the table is read once.
        session.info[_CALENDAR] = known
    return known


def is_day_known(session: Session, day: date) -> bool:
    """Return whether the calendar of *day* is known: without it the day has no places yet."""
    return calendar_of(session).is_known(day.year)


def missing_year(session: Session) -> int | None:
    """Return the next year if it is December and that year's calendar is not known."""
    today = clock.beijing_today()
    if today.month < WARNED_FROM_MONTH or calendar_of(session).is_known(today.year + 1):
        return None
    return today.year + 1


def warn_of_missing_year(session: Session) -> None:
    """Log once a day that next year has no calendar, and so no places: what a chore does."""
    year = missing_year(session)
    if year is not None:
        log.error("calendar_missing", year=year)


def year_told(free: Sequence[str], worked: Sequence[str], *, year: int) -> YearTold:
    """
    Read an announcement: `2027-02-06 2027-02-12` a line of free days, `2027-02-20` one of worked.

    Raises `Invalid("calendar_invalid")` with every line that cannot be: of another year, longer
    than `LONGEST_FREE_DAYS`, free and worked at once, or worked though a weekday anyway.
    """
    faults: list[FieldFault] = []
    if abs(year - clock.beijing_today().year) > 1:
        faults.append(FieldFault("year", "year_unusable"))
    spells = [_spell(line, year, faults) for line in free if line.split()]
    days = [_worked(line, year, faults) for line in worked if line.split()]
    told = YearTold(
        year,
        tuple(sorted(spell for spell in spells if spell is not None)),
        tuple(sorted(day for day in days if day is not None)),
    )
    if any(first <= day <= last for day in told.worked for first, last in told.free):
        faults.append(FieldFault("worked", "day_told_twice"))
    if any(one[1] >= next_one[0] for one, next_one in zip(told.free, told.free[1:], strict=False)):
        faults.append(FieldFault("free", "day_told_twice"))
    if not told.free or len(spells) + len(days) > MOST_LINES:
        faults.append(FieldFault("free", "days_missing"))
    if faults:
        raise Invalid("calendar_invalid", fields=faults)
    return told


def enter_year(session: Session, told: YearTold, basis: str, *, by: Actor) -> AnnouncedYear:
    """Keep what was announced of a year, in place of what was known; slots follow by `fit`."""
    if not basis.strip() or len(basis) > LONGEST_BASIS:
        raise Invalid("calendar_invalid", fields=[FieldFault("basis", "basis_missing")])
    row = session.get(AnnouncedYear, told.year, with_for_update=True)
    if row is None:
        row = AnnouncedYear(year=told.year)
        session.add(row)
    row.free = [[first.isoformat(), last.isoformat()] for first, last in told.free]
    row.worked = [day.isoformat() for day in told.worked]
    row.basis, row.entered_at = basis.strip(), clock.now()
    session.flush()
    session.info.pop(_CALENDAR, None)
    facts = {"free": len(told.free), "worked": len(told.worked)}
    note(
        session,
        AuditEvent.CALENDAR_ENTERED,
        actor=by,
        subject=Subject("year", str(told.year)),
        facts=facts,
    )
    return row


def pretend(session: Session, told: YearTold) -> None:
    """Let this session reckon with a year that is not entered: to show what it would do."""
    session.info[_CALENDAR] = calendar_of(session).with_year(told.year, told.exceptions())


def entered_years(session: Session) -> list[AnnouncedYear]:
    """Return the years that were entered here, the newest first."""
    return list(session.scalars(select(AnnouncedYear).order_by(AnnouncedYear.year.desc())))


def _spell(line: str, year: int, faults: list[FieldFault]) -> tuple[date, date] | None:
    parts = line.replace("–", " ").replace("~", " ").split()
    try:
        first, last = date.fromisoformat(parts[0]), date.fromisoformat(parts[-1])
    except ValueError:
        faults.append(FieldFault("free", "day_unreadable", line[:40]))
        return None
    if len(parts) > 2 or not first <= last or (last - first).days >= LONGEST_FREE_DAYS:
        faults.append(FieldFault("free", "day_unreadable", line[:40]))
        return None
    if first.year != year or last.year != year:
        faults.append(FieldFault("free", "day_of_another_year", line[:40]))
        return None
    return first, last


def _worked(line: str, year: int, faults: list[FieldFault]) -> date | None:
    try:
        day = date.fromisoformat(line.strip())
    except ValueError:
        faults.append(FieldFault("worked", "day_unreadable", line[:40]))
        return None
    if day.year != year:
        faults.append(FieldFault("worked", "day_of_another_year", line[:40]))
        return None
    if day.weekday() < _SATURDAY:
        faults.append(FieldFault("worked", "weekday_anyway", line[:40]))
        return None
    return day
