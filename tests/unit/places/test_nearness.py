"""Which places are near: by where they lie, else by the division, else as the register has them."""

import pytest

from kiosk_server.places.models import SiteLevel
from kiosk_server.places.nearness import NOWHERE, Near, by_nearness, kilometres
from kiosk_server.places.queries import SiteView
from kiosk_server.places.rules import Position

CENTRE = Position(39.712, 76.168)


def place(name: str, division: str, position: Position | None = None) -> SiteView:
    return SiteView(
        id=name,
        level=SiteLevel.VILLAGE_STATION,
        division_code=division,
        names={"zh": name},
        addresses={"zh": name},
        phone="0908-0000001",
        hours=(),
        parent_id=None,
        position=position,
        access=None,
        mandate=None,
        hands_out=True,
    )


FAR = place("far", "653001101", Position(39.9, 75.8))
UNKNOWN = place("unknown", "653001001")
NEXT_DOOR = place("next-door", "653001205", Position(39.713, 76.169))
REGISTER = [FAR, UNKNOWN, NEXT_DOOR]


def names(near: Near) -> list[str]:
    return [each.id for each in by_nearness(REGISTER, near)]


def test_positions_tell_more_than_divisions() -> None:
    """The nearest by the map comes first; a site of which nobody knows where it lies, last."""
    assert names(Near("653001101", CENTRE)) == ["next-door", "far", "unknown"]
    assert names(Near.place(NEXT_DOOR)) == ["next-door", "far", "unknown"]


def test_a_division_tells_who_shares_it() -> None:
    """Where only an address is known, the same township comes before the other ones."""
    assert names(Near("653001205"))[0] == "next-door"
    assert names(Near("653001101"))[0] == "far"


def test_what_is_not_known_changes_no_order() -> None:
    """Nothing known, and a county that all of them lie in: as the register has them."""
    assert names(NOWHERE) == names(Near("653001")) == ["far", "unknown", "next-door"]


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    """The distance is that of the great circle."""
    away = kilometres(Position(39.0, 76.0), Position(40.0, 76.0))
    assert away == pytest.approx(111.2, abs=0.1)
