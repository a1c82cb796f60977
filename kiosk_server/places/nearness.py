"""
Which places are near (就近): by where they lie, or by how much of a division they share. Pure.

    by_nearness(sites, near)     the nearest first; as the register has them where nothing is known

It takes a place or a division that is known anyway, such as that of a terminal or of an address.
Where somebody is now is no business of the server: his phone reckons that (P39).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.places.rules import Position

_EARTH_KM = 6371.0


@dataclass(frozen=True)
class Near:
    """What it shall be near to; a position tells more than a division."""

    division_code: str = ""
    position: Position | None = None

    @classmethod
    def place(cls, site: SiteView, host: HostView | None = None) -> "Near":
        """Return what is near to a site, or to the host place of it in which something stands."""
        lies = host.position if host is not None and host.position is not None else site.position
        return cls(site.division_code, lies)


NOWHERE = Near()
"""Nothing is known: the register's order."""


def by_nearness(sites: Iterable[SiteView], near: Near) -> list[SiteView]:
    """Return *sites* with the nearest first; of those that are as near, the register's order.

    Distances are reckoned only where both positions are known; a site without one comes after
    those that have one. Divisions nest by their digits (GB/T 2260): the longer the common
    beginning, the nearer.
    """
    return sorted(sites, key=lambda site: _distance(site, near))


def kilometres(one: Position, other: Position) -> float:
    """Return how far two positions are from each other, on the great circle."""
    north = _half(one.latitude, other.latitude)
    east = _half(one.longitude, other.longitude)
    narrowed = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    return 2 * _EARTH_KM * math.asin(math.sqrt(north + narrowed * east))


def shared_digits(one: str, other: str) -> int:
    """Return how many digits two division codes begin with in common."""
    both = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _distance(site: SiteView, near: Near) -> tuple[float, int]:
    shared = -shared_digits(site.division_code, near.division_code)
    if near.position is None:
        return 0.0, shared
    if site.position is None:
        return math.inf, shared
    return kilometres(near.position, site.position), shared


def _half(one: float, other: float) -> float:
    return math.sin(math.radians(other - one) / 2) ** 2
