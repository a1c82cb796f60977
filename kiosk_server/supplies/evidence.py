"""
What the other rooms know of use (耗材依据): prints, states of devices, days in figures.

    heard_since(session, terminal_ids, since, until) -> Heard
    days_of(session, terminal_ids, today) -> dict[str, list[DayOfPaper]]
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.fleet.models import TerminalDay
from kiosk_server.printing.models import JobKind, JobState, PrintJob
from kiosk_server.supplies.pace import LOOKS_BACK, DayOfUse
from kiosk_server.supplies.rules import NATURES, Supply, level_told
from kiosk_server.supplies.tally import Printed, Said
from kiosk_server.terminals.models import DeviceState, DeviceStateChange

_DAY_SECONDS = 24 * 3600
_DEVICES = sorted({nature.device.value for nature in NATURES.values()})


@dataclass(frozen=True)
class Now:
    """How a device stands now; `level` is toner in percent, None where it is not told."""

    troubles: tuple[str, ...]
    level: float | None


@dataclass
class Heard:
    """What happened at some terminals: prints by terminal, states by terminal and device kind."""

    printed: dict[str, list[Printed]] = field(default_factory=lambda: defaultdict(list))
    said: dict[tuple[str, str], list[Said]] = field(default_factory=lambda: defaultdict(list))
    now: dict[tuple[str, str], Now] = field(default_factory=dict)

    def has(self, terminal_id: str, supply: Supply) -> bool:
        """Return whether a terminal has such a supply that can be reckoned with."""
        now = self.now.get((terminal_id, NATURES[supply].device.value))
        return now is not None and (supply is not Supply.TONER or now.level is not None)


@dataclass(frozen=True)
class DayOfPaper:
    """One terminal's day: pages, slips, and the share of the day in which it served."""

    day: date
    pages: int
    slips: int
    in_service: float

    @property
    def of_pages(self) -> DayOfUse:
        """The pages that went that day."""
        return DayOfUse(self.day, float(self.pages), self.in_service)

    @property
    def of_slips(self) -> DayOfUse:
        """The slips that went that day."""
        return DayOfUse(self.day, float(self.slips), self.in_service)


def heard_since(
    session: Session, terminal_ids: Collection[str], since: datetime, until: datetime
) -> Heard:
    """Return what these terminals printed and said *since* then, and how they stand now."""
    heard = Heard()
    jobs = select(PrintJob).where(
        PrintJob.terminal_id.in_(terminal_ids),
        # A job is touched when it ends, or later: the index knows when.
        PrintJob.changed_at > since,
        PrintJob.ended_at > since,
        PrintJob.ended_at <= until,
    )
    for job in session.scalars(jobs):
        whole = job.state == JobState.PRINTED
        sheets = (job.pages if whole else job.pages_done) if job.kind == JobKind.A4 else 0
        slip = job.kind == JobKind.SLIP and job.state != JobState.NOT_PRINTED
        if job.ended_at is not None:
            heard.printed[job.terminal_id].append(Printed(job.ended_at, sheets, int(slip)))
    changes = select(DeviceStateChange).where(
        DeviceStateChange.terminal_id.in_(terminal_ids),
        DeviceStateChange.kind.in_(_DEVICES),
        DeviceStateChange.at > since,
        DeviceStateChange.at <= until,
    )
    for change in session.scalars(changes.order_by(DeviceStateChange.at, DeviceStateChange.id)):
        key = (change.terminal_id, change.kind)
        heard.said[key].append(Said(change.at, tuple(change.troubles)))
    states = select(DeviceState).where(
        DeviceState.terminal_id.in_(terminal_ids), DeviceState.kind.in_(_DEVICES)
    )
    for state in session.scalars(states):
        key = (state.terminal_id, state.kind)
        heard.now[key] = Now(tuple(state.troubles), level_told(state.details))
    return heard


def days_of(
    session: Session, terminal_ids: Collection[str], today: date
) -> dict[str, list[DayOfPaper]]:
    """Return the days before *today* of these terminals, as far back as a pace looks."""
    rows = session.execute(
        select(
            TerminalDay.terminal_id,
            TerminalDay.day,
            TerminalDay.pages,
            TerminalDay.slips,
            TerminalDay.whole_seconds + TerminalDay.partly_seconds,
        ).where(
            TerminalDay.terminal_id.in_(terminal_ids),
            TerminalDay.day >= today - LOOKS_BACK,
            TerminalDay.day < today,
        )
    )
    found: dict[str, list[DayOfPaper]] = defaultdict(list)
    for terminal_id, day, pages, slips, served in rows:
        found[terminal_id].append(DayOfPaper(day, pages, slips, served / _DAY_SECONDS))
    return found
