"""
Supplies (耗材) of my area: who runs out when, the round of who brings them, what lies on the shelf.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.assets import keepers
from kiosk_server.assets.keepers import KeeperView, Place
from kiosk_server.core.errors import Invalid
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, require, staff
from kiosk_server.staff_console.supply_view import SupplyLine, day_words, pack_words, supply_line
from kiosk_server.staff_console.terminals import my_hosts, my_sites
from kiosk_server.supplies import queries
from kiosk_server.supplies.queries import MOST_ROWS, PlaceNeed, Sought
from kiosk_server.supplies.rules import Supply
from kiosk_server.supplies.services import count_shelf
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import current_language

HERE = "/staff/fleet/supplies"
PERIODS = (7, 14, 30)
BRINGERS = ("all", "keeper", "technician")
SHELVED = (Supply.A4, Supply.ROLL, Supply.TONER)


@dataclass(frozen=True)
class Stop:
    """One place of the round, in words."""

    key: str
    name: str
    address: str
    keepers: tuple[str, ...]
    before: str
    rows: tuple[SupplyLine, ...]
    bring: tuple[str, ...]
    shelf: tuple[tuple[str, str, str], ...]
    """Supply, what lies there in packs, when it was counted; empty words for never."""
    may_count: bool


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*, and what is left into a terminal's own page."""
    blueprint.get("/fleet/supplies")(supplies_page)
    blueprint.get("/fleet/supplies/round")(round_page)
    blueprint.post("/fleet/supplies/shelf")(take_count)
    blueprint.context_processor(lambda: {"supplies_at": lines_at})


def lines_at(terminal_id: str) -> list[SupplyLine]:
    """Return what is left at a terminal that the page at hand may show."""
    with page_reading() as session:
        found = queries.of_terminal(session, terminal_id)
    return [supply_line(view, "") for view in found]


def supplies_page() -> ResponseReturnValue:
    """Show who of my area runs out when, the soonest first."""
    require(Right.TERMINALS_SEE)
    asked = request.args.get("within", str(PERIODS[1]))
    within = int(asked) if asked in {str(each) for each in PERIODS} else None
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        chosen = request.args.get("site", "")
        ids = [chosen] if chosen in mine else list(mine)
        page = queries.page_of(session, Sought(ids, within, _supply(request.args.get("supply"))))
        untold = queries.untold(session, ids)
        hosts = my_hosts(session, mine)
    return render_template(
        "staff/supplies.html",
        rows=[supply_line(view, _name(view.place, mine, hosts)) for view in page.rows],
        total=page.total,
        most=MOST_ROWS,
        untold=untold,
        within="" if within is None else str(within),
        periods=PERIODS,
        site=chosen if chosen in mine else "",
        sites=[(site.id, site_name(site)) for site in mine.values()],
        supply=_supply(request.args.get("supply")) or "",
        supplies=[each.value for each in Supply],
    )


def round_page() -> ResponseReturnValue:
    """Show the places to be seen to, the most pressing first, and what to bring to each."""
    require(Right.TERMINALS_SEE)
    by = request.args.get("by", "all")
    by = by if by in BRINGERS else "all"
    within = request.args.get("within", PERIODS[0], type=int)
    within = within if within in PERIODS else PERIODS[0]
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        hosts = my_hosts(session, mine)
        needs = queries.needs(session, list(mine), within=within)
        minders = _minders(session, mine)
    stops = [
        _stop(need, minders.get(need.place, []), mine, hosts)
        for need in needs
        # Where somebody minds the machines he loads; elsewhere a technician drives.
        if by == "all" or (by == "keeper") == (need.place in minders)
    ]
    return render_template(
        "staff/supplies_round.html",
        stops=stops,
        by=by,
        bringers=BRINGERS,
        within=within,
        periods=PERIODS,
    )


def take_count() -> ResponseReturnValue:
    """Keep what lies on a shelf of my places, as somebody counted it."""
    site_id, _, host_id = request.form.get("place", "").partition("/")
    supply = _supply(request.form.get("supply"))
    with database().reading() as session:
        mine = my_sites(session, Right.ASSETS_KEEP)
        hosts = my_hosts(session, mine)
    require(Right.ASSETS_KEEP)
    if supply is None or site_id not in mine or (host_id and host_id not in hosts):
        raise Invalid("shelf_invalid")
    counted = request.form.get("packs", -1, type=int)
    with database().unit_of_work() as session:
        count_shelf(session, Place(site_id, host_id or None), supply, counted, by=actor())
    return redirect(f"{HERE}/round", code=303)


def _minders(session: Session, sites: Mapping[str, SiteView]) -> dict[Place, list[KeeperView]]:
    found: dict[Place, list[KeeperView]] = {}
    for keeper in keepers.within(session, list(sites)):
        found.setdefault(keeper.place, []).append(keeper)
    return found


def _stop(
    need: PlaceNeed,
    minders: list[KeeperView],
    sites: Mapping[str, SiteView],
    hosts: Mapping[str, HostView],
) -> Stop:
    site, host = sites[need.place.site_id], hosts.get(need.place.host_place_id or "")
    addresses = (host or site).addresses
    return Stop(
        key=f"{site.id}/{host.id if host else ''}",
        name=_name(need.place, sites, hosts),
        address=addresses.get(current_language().code) or addresses["zh"],
        keepers=tuple(keeper.name for keeper in minders),
        before=day_words(need.first_on),
        rows=tuple(supply_line(view, "") for view in need.rows),
        bring=tuple(pack_words(supply, count) for supply, count in need.bring.items()),
        shelf=tuple(_shelf(need, supply) for supply in SHELVED),
        may_count=may(staff(), Right.ASSETS_KEEP, site.division_code),
    )


def _shelf(need: PlaceNeed, supply: Supply) -> tuple[str, str, str]:
    known = need.shelf.get(supply)
    if known is None:
        return supply.value, "", ""
    return supply.value, f"{known.packs:.1f}".removesuffix(".0"), day_words(known.counted_at.date())


def _name(place: Place, sites: Mapping[str, SiteView], hosts: Mapping[str, HostView]) -> str:
    host = hosts.get(place.host_place_id or "")
    return site_name(host) if host else site_name(sites[place.site_id])


def _supply(asked: str | None) -> Supply | None:
    return Supply(asked) if asked in set(Supply) else None
