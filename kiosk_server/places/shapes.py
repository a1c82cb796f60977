"""
Shapes of divisions (区划边界) for a map that is drawn here: GeoJSON (RFC 7946) from a folder.

Which boundaries may be shown, and how, is decided by others (审图号): none come with the product.
A feature bears its GB/T 2260 code as the property `code`. Drawn north up, in the plate carrée that
is true at the middle of what is shown; good for one city. Pure but for the folder.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk_server.places.rules import Position

WIDTH = 1000.0
_MARGIN = 24.0

Point = tuple[float, float]
Ring = tuple[Point, ...]
"""Longitude and latitude in degrees, the last point as the first."""


@dataclass(frozen=True)
class Shape:
    """The rings of one division; holes are rings too."""

    code: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Drawing:
    """A map in units of its own: *paths* as SVG path data by division, *points* in order."""

    width: float
    height: float
    paths: tuple[tuple[str, str], ...]
    points: tuple[Point | None, ...]
    """None for a place that lies outside of all shapes' frame, or nobody knows where."""


def read_shapes(folder: Path) -> tuple[Shape, ...]:
    """Return every shape of the GeoJSON files of *folder*; `ValueError` names the faulty file."""
    shapes: list[Shape] = []
    for path in sorted(folder.glob("*.geojson")):
        try:
            shapes += _shapes(json.loads(path.read_text("utf-8")))
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise ValueError(f"{path.name}: no GeoJSON of divisions ({fault})") from fault
    return tuple(shapes)


def draw(shapes: Sequence[Shape], positions: Iterable[Position | None]) -> Drawing:
    """Return *shapes*, of which there is one at least, as a drawing with *positions* on it."""
    every = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    narrowed = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / ((east - west) * narrowed)

    def on_paper(point: Point) -> Point:
        x = _MARGIN + (point[0] - west) * narrowed * scale
        return round(x, 1), round(_MARGIN + (north - point[1]) * scale, 1)

    def placed(position: Position | None) -> Point | None:
        if position is None:
            return None
        if not (west <= position.longitude <= east and south <= position.latitude <= north):
            return None
        return on_paper((position.longitude, position.latitude))

    return Drawing(
        width=WIDTH,
        height=round((north - south) * scale + 2 * _MARGIN, 1),
        paths=tuple(
            (
                shape.code,
                "".join(_path([on_paper(point) for point in ring]) for ring in shape.rings),
            )
            for shape in shapes
        ),
        points=tuple(placed(each) for each in positions),
    )


def _path(points: Sequence[Point]) -> str:
    (first, *others) = points[:-1]
    return f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y in others) + "Z"


def _shapes(told: Mapping[str, Any]) -> Iterator[Shape]:
    for feature in told["features"]:
        geometry = feature["geometry"]
        match geometry["type"]:
            case "Polygon":
                polygons = [geometry["coordinates"]]
            case "MultiPolygon":
                polygons = geometry["coordinates"]
            case other:
                raise ValueError(f"{other} is no area")
        rings = tuple(_ring(ring) for polygon in polygons for ring in polygon)
        yield Shape(str(feature["properties"]["code"]), rings)


def _ring(points: Sequence[Sequence[float]]) -> Ring:
    ring = tuple((float(point[0]), float(point[1])) for point in points)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring is not closed")
    if len({x for x, _ in ring}) == 1 or len({y for _, y in ring}) == 1:
        raise ValueError("a ring holds nothing")
    return ring
