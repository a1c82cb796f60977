"""
What others ask about supplies.

    page_of(session, sought) -> Page            who runs out when, soonest first
    of_terminal(session, terminal_id) -> list[SupplyView]
    needs(session, site_ids, *, within) -> list[PlaceNeed]    the round of a driver or a keeper
    untold(session, site_ids) -> int            supplies of which the days are too few
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk_server.assets.keepers import Place
from kiosk_server.core import clock
from kiosk_server.supplies.book import pace_of, stock_of
from kiosk_server.supplies.models import SupplyShelf, SupplyStock
from kiosk_server.supplies.pace import LEAST_DAYS, most_used
from kiosk_server.supplies.rules import NATURES, Stock, Supply, packs
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState

MOST_ROWS = 300
COVER_DAYS = 30
"""An order is for so many days."""
_LIVING = (TerminalState.IN_SERVICE.value, TerminalState.LOCKED.value)


@dataclass(frozen=True)
class Sought:
    """What the list is sifted by: *within* so many days, None for everything."""

    site_ids: Collection[str]
    within: int | None
    supply: Supply | None = None


@dataclass(frozen=True)
class SupplyView:
    """One supply of one terminal. `daily` and the days are None while `days` are too few."""

    terminal_id: str
    place: Place
    stock: Stock
    counted_until: datetime
    days: int
    daily: float | None
    likely_on: date | None
    early_on: date | None
    warned: bool

    @property
    def told(self) -> bool:
        """Whether there are days enough to foretell anything."""
        return self.daily is not None


@dataclass(frozen=True)
class Page:
    """The rows of a list, and how many there are in all."""

    rows: list[SupplyView]
    total: int


@dataclass(frozen=True)
class Shelf:
    """What lies ready at a place, in packs, and when it was counted."""

    packs: float
    counted_at: datetime


@dataclass
class PlaceNeed:
    """What one place wants: what runs out there soon, on the shelf, and to be brought, in packs."""

    place: Place
    rows: list[SupplyView] = field(default_factory=list)
    shelf: dict[Supply, Shelf] = field(default_factory=dict)
    bring: dict[Supply, int] = field(default_factory=dict)

    @property
    def first_on(self) -> date | None:
        """The earliest day on which something may run out."""
        return min((row.early_on for row in self.rows if row.early_on), default=None)


def page_of(session: Session, sought: Sought) -> Page:
    """Return the supplies that run out, the soonest first; what is not foretold comes last."""
    wanted: list[ColumnElement[bool]] = [
        Terminal.site_id.in_(sought.site_ids),
        Terminal.state.in_(_LIVING),
    ]
    if sought.within is not None:
        wanted.append(SupplyStock.early_on <= _until(sought.within))
    if sought.supply is not None:
        wanted.append(SupplyStock.supply == sought.supply.value)
    total = session.scalar(
        select(func.count()).select_from(SupplyStock).join(Terminal).where(*wanted)
    )
    return Page(_views(session, wanted, limit=MOST_ROWS), total or 0)


def of_terminal(session: Session, terminal_id: str) -> list[SupplyView]:
    """Return every supply of one terminal."""
    found = _views(session, [Terminal.id == terminal_id], limit=len(Supply))
    return sorted(found, key=lambda view: list(Supply).index(view.stock.supply))


def untold(session: Session, site_ids: Collection[str]) -> int:
    """Return of how many supplies nothing can be foretold yet."""
    wanted = (Terminal.site_id.in_(site_ids), Terminal.state.in_(_LIVING))
    count = select(func.count()).select_from(SupplyStock).join(Terminal)
    return session.scalar(count.where(*wanted, SupplyStock.days < LEAST_DAYS)) or 0


def needs(session: Session, site_ids: Collection[str], *, within: int) -> list[PlaceNeed]:
    """
    Return the places at which something may run out within so many days, the most pressing first.

    What is to be brought covers 30 days for every machine of the place, at what is used at most.
    """
    everywhere: list[ColumnElement[bool]] = [
        Terminal.site_id.in_(site_ids),
        Terminal.state.in_(_LIVING),
    ]
    found: dict[Place, list[tuple[SupplyView, float]]] = defaultdict(list)
    today, until = clock.beijing_today(), _until(within)
    pressing = _places_of(session, [*everywhere, SupplyStock.early_on <= until])
    everywhere.append(Terminal.site_id.in_({place.site_id for place in pressing}))
    for row, view in _rows(session, everywhere):
        pace = pace_of(row)
        wanted = 0.0 if pace is None else most_used(pace, today, COVER_DAYS) - row.left
        found[view.place].append((view, max(0.0, wanted)))
    shelves = _shelves(session, site_ids)
    all_needs = []
    for place, known in found.items():
        if place not in pressing:
            continue
        soon = [view for view, _ in known if view.early_on is not None and view.early_on <= until]
        need = PlaceNeed(place, sorted(soon, key=_order), shelves.get(place, {}))
        for supply in Supply:
            units = sum(wanted for view, wanted in known if view.stock.supply is supply)
            ready = need.shelf[supply].packs if supply in need.shelf else 0.0
            count = packs(supply, units - ready * NATURES[supply].pack)
            if count and supply is not Supply.CUTTER:
                need.bring[supply] = count
        all_needs.append(need)
    return sorted(all_needs, key=lambda need: (need.first_on or date.max, need.place.site_id))


def _places_of(session: Session, wanted: Collection[ColumnElement[bool]]) -> set[Place]:
    query = (
        select(Terminal.site_id, Terminal.host_place_id)
        .join(SupplyStock, SupplyStock.terminal_id == Terminal.id)
        .where(*wanted)
        .distinct()
    )
    return {Place(site_id, host_id) for site_id, host_id in session.execute(query)}


def _views(
    session: Session, wanted: Collection[ColumnElement[bool]], *, limit: int
) -> list[SupplyView]:
    return [view for _, view in _rows(session, wanted, limit=limit)]


def _rows(
    session: Session, wanted: Collection[ColumnElement[bool]], *, limit: int | None = None
) -> list[tuple[SupplyStock, SupplyView]]:
    query = (
        select(SupplyStock, Terminal.site_id, Terminal.host_place_id)
        .join(Terminal, Terminal.id == SupplyStock.terminal_id)
        .where(*wanted)
        .order_by(
            SupplyStock.early_on.is_(None),
            SupplyStock.early_on,
            SupplyStock.terminal_id,
            SupplyStock.supply,
        )
        .limit(limit)
    )
    return [
        (row, _view(row, Place(site_id, host_id)))
        for row, site_id, host_id in session.execute(query)
    ]


def _view(row: SupplyStock, place: Place) -> SupplyView:
    pace = pace_of(row)
    return SupplyView(
        terminal_id=row.terminal_id,
        place=place,
        stock=stock_of(row),
        counted_until=row.counted_until,
        days=row.days,
        daily=None if pace is None else pace.daily,
        likely_on=row.likely_on,
        early_on=row.early_on,
        warned=row.warned,
    )


def _shelves(session: Session, site_ids: Collection[str]) -> dict[Place, dict[Supply, Shelf]]:
    found: dict[Place, dict[Supply, Shelf]] = defaultdict(dict)
    for row in session.scalars(select(SupplyShelf).where(SupplyShelf.site_id.in_(site_ids))):
        supply = Supply(row.supply)
        place = Place(row.site_id, row.host_place_id or None)
        found[place][supply] = Shelf(row.quantity / NATURES[supply].pack, row.counted_at)
    return found


def _until(within: int) -> date:
    return clock.beijing_today() + timedelta(days=within)


def _order(view: SupplyView) -> tuple[date, str]:
    return view.early_on or date.max, view.terminal_id
