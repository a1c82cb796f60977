"""
The verbs of supplies.

    take_load(session, terminal_id, supply, units)
    loads_in(kind, measured), load_of_part(code, quantity)    what was put in, of what was said
    count_shelf(session, place, supply, packs, *, by)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.assets.keepers import Place
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.queries import site
from kiosk_server.supplies import rules
from kiosk_server.supplies.book import (
    begin_row,
    foretell_row,
    put_stock,
    rows_of,
    stock_of,
    warned_devices,
)
from kiosk_server.supplies.models import SupplyShelf
from kiosk_server.supplies.rules import NATURES, Supply
from kiosk_server.terminals.models import Terminal
from kiosk_server.upkeep.foresight import review_foresight
from kiosk_server.work_orders.parts import PartCode

MOST_PACKS = 500
PAPER_LOADED = "paper_loaded"
"""The kind of check by which somebody at a machine says what he put in."""
_LOADED = {
    NATURES[Supply.A4].device.value: (Supply.A4, 1.0),
    # A keeper loads rolls; slips are reckoned with.
    NATURES[Supply.ROLL].device.value: (Supply.ROLL, NATURES[Supply.ROLL].fill),
}
_FITTED = {PartCode.CUTTER: Supply.CUTTER, PartCode.TONER: Supply.TONER}


@dataclass(frozen=True)
class Load:
    """So much of a supply was put in, in its own unit."""

    supply: Supply
    units: float


def loads_in(kind: str, measured: Iterable[tuple[str, float | None]]) -> list[Load]:
    """Return what a check of this *kind* says was loaded: sheets by printer, or rolls; never more
    than the printer holds, whatever a machine says."""
    if kind != PAPER_LOADED:
        return []
    told = [
        (*_LOADED[device], count)
        for device, count in measured
        if device in _LOADED and count is not None and count > 0
    ]
    return [Load(supply, min(whole * count, NATURES[supply].most)) for supply, whole, count in told]


def load_of_part(code: PartCode, quantity: int) -> Load | None:
    """Return what a part that was fitted puts in, where it is something that is used up."""
    supply = _FITTED.get(code)
    return Load(supply, NATURES[supply].fill) if supply is not None and quantity > 0 else None


def take_load(session: Session, terminal_id: str, supply: Supply, units: float) -> None:
    """Take down that somebody loaded so much at a terminal; it comes off the shelf of its place."""
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None or units <= 0:
        return
    now = clock.now()
    rows = rows_of(session, [terminal_id])
    row = rows.get((terminal_id, supply)) or begin_row(session, terminal_id, supply, now)
    put_stock(row, rules.after_load(stock_of(row), units))
    foretell_row(row, now)
    mine = [each for each in rows.values() if each is not row]
    review_foresight(session, terminal_id, warned_devices([*mine, row]))
    shelf = session.get(
        SupplyShelf,
        (terminal.site_id, terminal.host_place_id or "", supply.value),
        with_for_update=True,
    )
    if shelf is not None:
        shelf.quantity = max(0.0, shelf.quantity - units)
    session.flush()


def count_shelf(session: Session, place: Place, supply: Supply, packs: int, *, by: Actor) -> None:
    """Keep what lies ready at a place, in packs. Raises `Invalid` for a senseless number."""
    if not 0 <= packs <= MOST_PACKS:
        raise Invalid("shelf_invalid", fields=[FieldFault("packs", "out_of_range")])
    site(session, place.site_id)
    key = (place.site_id, place.host_place_id or "", supply.value)
    shelf = session.get(SupplyShelf, key, with_for_update=True)
    if shelf is None:
        shelf = SupplyShelf(site_id=key[0], host_place_id=key[1], supply=key[2])
        session.add(shelf)
    shelf.quantity = packs * NATURES[supply].pack
    shelf.counted_at, shelf.counted_by = clock.now(), by.id
    note(
        session,
        AuditEvent.SHELF_COUNTED,
        actor=by,
        subject=Subject("site", place.site_id),
        facts={"supply": supply.value, "packs": packs},
    )
    session.flush()
