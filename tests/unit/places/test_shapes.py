"""A map drawn from shapes: made-up squares, since none come with the product."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk_server.places.rules import Position, position_of
from kiosk_server.places.shapes import WIDTH, draw, read_shapes


def square(code: str, west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    """A made-up division."""
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    ring = [[west + x, south + y] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def folder_of(folder: Path, *features: dict[str, Any]) -> Path:
    """A folder with one file of shapes."""
    told = {"type": "FeatureCollection", "features": list(features)}
    (folder / "made-up.geojson").write_text(json.dumps(told), "utf-8")
    return folder


@pytest.mark.policy("P46")
def test_north_is_up_and_places_lie_where_they_are(tmp_path: Path) -> None:
    """A square north of another stands above it; a point in its middle lies in the middle."""
    shapes = read_shapes(folder_of(tmp_path, square("a", 76, 39), square("b", 76, 40)))
    middle, outside, nowhere = Position(40.0, 76.5), Position(50.0, 76.5), None
    drawing = draw(shapes, [middle, outside, nowhere])
    placed, *elsewhere = drawing.points
    assert placed == pytest.approx((WIDTH / 2, drawing.height / 2), abs=0.1)
    assert elsewhere == [None, None]
    assert [code for code, _ in drawing.paths] == ["a", "b"]
    # Two degrees high and one wide, a degree of longitude being narrower up here.
    assert drawing.height > 2 * WIDTH
    assert drawing.paths[0][1].startswith("M24.0 ")
    assert drawing.paths[0][1].endswith("Z")


def test_several_areas_of_one_division_are_one_path(tmp_path: Path) -> None:
    """An exclave belongs to its division."""
    one, other = square("a", 76, 39), square("a", 78, 39)
    one["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [each["geometry"]["coordinates"] for each in (one, other)],
    }
    (shape,) = read_shapes(folder_of(tmp_path, one))
    assert draw([shape], []).paths[0][1].count("M") == 2


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [76, 39]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [2, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[["x", 0], [1, 0], [1, 1], ["x", 0]]]},
    ],
    ids=["a point", "not closed", "a line", "no numbers"],
)
def test_a_file_that_cannot_be_drawn_is_named(tmp_path: Path, geometry: dict[str, Any]) -> None:
    """Whoever keeps the server learns which one it is."""
    feature = square("a", 0, 0) | {"geometry": geometry}
    with pytest.raises(ValueError, match=r"made-up\.geojson"):
        read_shapes(folder_of(tmp_path, feature))


@pytest.mark.parametrize("row", [{"latitude": 91, "longitude": 0}, {"latitude": 0}])
def test_a_place_that_is_on_no_map_is_refused(row: dict[str, object]) -> None:
    """A position is two numbers of this earth."""
    with pytest.raises((KeyError, ValueError)):
        position_of(row)
