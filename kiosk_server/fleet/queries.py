"""
What the days of terminals say: how long they served, how they were used, what was not finished.

    service_days(session, of, since, until) -> list[ServiceDay]
    unfinished(session, of, since, until) -> Unfinished
    whole_share(session) -> WholeShare
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.fleet.models import TerminalDay, UnfinishedDay
from kiosk_server.fleet.rules import Told, tellable


@dataclass(frozen=True)
class Of:
    """Whose days: one terminal's, or those of all terminals of some sites."""

    site_ids: Collection[str] = ()
    terminal_id: str | None = None

    def days(self, table: type[TerminalDay | UnfinishedDay]) -> ColumnElement[bool]:
        """Return the condition on rows of *table*."""
        if self.terminal_id is not None:
            return table.terminal_id == self.terminal_id
        return table.site_id.in_(self.site_ids)


@dataclass(frozen=True)
class ServiceDay:
    """One Beijing day of one terminal or of many; seconds and counts are added up."""

    day: date
    expected_seconds: int
    whole_seconds: int
    partly_seconds: int
    stopped_seconds: int
    silent_seconds: int
    locked_seconds: int
    finished: int
    unfinished: int
    looked: int
    pages: int
    slips: int
    card_reads: int

    @property
    def share_in_service(self) -> float | None:
        """The share of its time that a resident could have used; None for a day without any."""
        served = self.whole_seconds + self.partly_seconds
        return served / self.expected_seconds if self.expected_seconds else None


@dataclass(frozen=True)
class Unfinished:
    """What could not be finished, by reason, by item and by site; small counts put together."""

    reasons: list[Told]
    items: list[Told]
    sites: list[Told]


@dataclass(frozen=True)
class WholeShare:
    """How many published items can be finished whole at a machine (全程自助, P50)."""

    whole: int
    items: int


def service_days(session: Session, of: Of, since: date, until: date) -> list[ServiceDay]:
    """Return the days from *since* to *until*, both included, that had any terminal."""
    names = [name for name in ServiceDay.__dataclass_fields__ if name != "day"]
    rows = session.execute(
        select(TerminalDay.day, *(func.sum(getattr(TerminalDay, name)) for name in names))
        .where(of.days(TerminalDay), TerminalDay.day >= since, TerminalDay.day <= until)
        .group_by(TerminalDay.day)
        .order_by(TerminalDay.day)
    )
    return [
        ServiceDay(day, **{name: int(value) for name, value in zip(names, sums, strict=True)})
        for day, *sums in rows
    ]


def unfinished(session: Session, of: Of, since: date, until: date) -> Unfinished:
    """Return what could not be finished from *since* to *until*, as it may be told."""
    rows = session.execute(
        select(
            UnfinishedDay.reason,
            UnfinishedDay.item_code,
            UnfinishedDay.site_id,
            func.sum(UnfinishedDay.count),
        )
        .where(of.days(UnfinishedDay), UnfinishedDay.day >= since, UnfinishedDay.day <= until)
        .group_by(UnfinishedDay.reason, UnfinishedDay.item_code, UnfinishedDay.site_id)
    ).all()
    sums: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    for *keys, count in rows:
        for counter, key in zip(sums, keys, strict=True):
            counter[key] += int(count)
    reasons, items, sites = (tellable(counter) for counter in sums)
    return Unfinished(reasons, items, sites)


def whole_share(session: Session) -> WholeShare:
    """Return how much of the published catalogue a machine can finish by itself."""
    items = catalogue.published(session)
    return WholeShare(sum(item.content.handling is not None for item in items), len(items))


def item_names(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Return the names of the published items by their codes."""
    return {item.code: item.content.names for item in catalogue.published(session)}
