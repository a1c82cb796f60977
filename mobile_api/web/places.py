"""
Where to go (政务服务地图, P46): a list that works without a map, and one page for each site.
Open to everybody; a map is drawn besides where shapes of the divisions were given to this server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import structlog
from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.places.hours import Interval, open_intervals
from kiosk_server.places.queries import division_names, groups_by_site, site, sites
from kiosk_server.places.service_groups import service_groups
from kiosk_server.places.shapes import Drawing, Shape, draw, read_shapes
from kiosk_server.places.site_hours import closings_of
from kiosk_server.queue.estimate import Wait
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.security import allow_position
from mobile_api.places_told import PlaceTold, TerminalTold, place_told, terminals_told, waits_at
from mobile_api.v1.certificates import in_words
from mobile_api.web.frame import page

_DAYS = 7

log = structlog.get_logger()


@dataclass(frozen=True)
class PlaceRow:
    """One site of the list: how it is now, what is waited for, its terminals."""

    place: PlaceTold
    waits: Sequence[tuple[str, Wait]]
    """Name of a group, and its wait."""
    terminals: Sequence[TerminalTold]

    @property
    def able(self) -> int:
        """Return how many of its terminals can finish something now."""
        return sum(bool(each.can_finish) for each in self.terminals)


def add_open_routes(blueprint: Blueprint) -> None:
    """Open the map and the pages of its places."""
    blueprint.get("/places", endpoint="places")(places)
    blueprint.get("/places/<site_id>", endpoint="place")(place)


def places() -> ResponseReturnValue:
    """List every site as it is now, on a map too where there is one."""
    with database().reading() as session:
        groups, every = groups_by_site(session), sites(session)
        terminals = terminals_told(session, [each.id for each in every])
        rows = []
        for each in every:
            told = place_told(session, each, groups.get(each.id, ()))
            waits = _named(waits_at(session, told))
            rows.append(PlaceRow(told, waits, terminals.get(each.id, ())))
        names = division_names(session)
    allow_position()
    return page(
        "m/places.html", rows=rows, drawing=_drawing(rows), divisions=names, in_words=in_words
    )


def place(site_id: str) -> ResponseReturnValue:
    """Show one site: its week, what is otherwise, its windows, its terminals."""
    today = clock.beijing_today()
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS)]
    with database().reading() as session:
        found = site(session, site_id[:40])
        told = place_told(session, found, groups_by_site(session).get(found.id, ()))
        row = PlaceRow(
            told,
            _named(waits_at(session, told)),
            terminals_told(session, [found.id]).get(found.id, ()),
        )
        return page(
            "m/place.html",
            row=row,
            place=told,
            week=[(day, open_intervals(told.hours, day)) for day in days],
            told_days=_told_days(told),
            closings=closings_of(session, found.id),
            in_words=in_words,
        )


def _named(waits: dict[str, Wait]) -> list[tuple[str, Wait]]:
    return [(in_words(service_groups()[code].names), wait) for code, wait in waits.items()]


def _told_days(told: PlaceTold) -> list[tuple[date, str, tuple[Interval, ...]]]:
    return [
        (each.day, each.kind.value, open_intervals(told.hours, each.day))
        for each in told.hours.days
    ]


def _drawing(rows: Sequence[PlaceRow]) -> Drawing | None:
    shapes = _shapes(settings().map_shapes)
    return draw(shapes, [row.place.site.position for row in rows]) if shapes else None


@cache
def _shapes(folder: Path | None) -> tuple[Shape, ...]:
    # Read once for a process: shapes change with a new delivery, and that begins it anew.
    if folder is None:
        return ()
    try:
        return read_shapes(folder)
    except (OSError, ValueError):
        # People need the list, and whoever keeps the server needs the name of the file.
        log.exception("map_shapes_unreadable")
        return ()
