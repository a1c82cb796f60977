"""The corners of a sheet: found through noise, in order, at any angle; perspective undone."""

import random
from math import cos, dist, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocols.page_corners import Corners, Point, corners_of, perspective

SIDE = 400.0


def square(angle: float, *, width: float = 260, height: float = 184) -> list[Point]:
    """Return the corners of a sheet turned by *angle* degrees about the middle of a picture."""
    turn = radians(angle)
    found = []
    for x, y in ((-width, -height), (width, -height), (width, height), (-width, height)):
        across, down = x / 2, y / 2
        found.append(
            (
                SIDE / 2 + across * cos(turn) - down * sin(turn),
                SIDE / 2 + across * sin(turn) + down * cos(turn),
            )
        )
    return found


def outline(corners: list[Point], *, noise: float = 0.0) -> list[Point]:
    """Return points along the sides, *noise* pixels off at most."""
    chance = random.Random(7)
    found = []
    for at in range(4):
        (x, y), (to_x, to_y) = corners[at], corners[(at + 1) % 4]
        for step in range(200):
            part = step / 200
            found.append(
                (
                    x + (to_x - x) * part + chance.uniform(-noise, noise),
                    y + (to_y - y) * part + chance.uniform(-noise, noise),
                )
            )
    return found


@pytest.mark.parametrize("angle", range(-40, 50, 10))
def test_corners_are_found_at_any_angle(angle: float) -> None:
    """However a sheet lies, its four corners come out clockwise from the upper left."""
    true = square(angle)
    found = corners_of(outline(true, noise=1.0))

    assert found is not None
    upper_left = min(range(4), key=lambda at: sum(true[at]))
    expected = true[upper_left:] + true[:upper_left]
    assert max(dist(*pair) for pair in zip(found.points, expected, strict=True)) < 1.0


def test_rounded_corners_are_taken_for_sharp_ones() -> None:
    """A card's round corners cost nothing: the sides are prolonged until they meet."""
    true = square(5)
    cut = [point for point in outline(true) if all(dist(point, corner) > 14 for corner in true)]
    found = corners_of(cut)

    assert found is not None
    assert max(min(dist(each, corner) for corner in true) for each in found.points) < 1.0


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0.0, 0.0), (5.0, 5.0)],
        [(float(at), 3.0) for at in range(50)],
        [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)],
        [(0.0, 0.0), (200.0, 4.0), (400.0, 0.0), (200.0, -4.0)],
    ],
)
def test_what_has_no_four_corners_is_no_sheet(points: list[Point]) -> None:
    """A dot, a line, a triangle and a sliver are nothing that a person lays down."""
    assert corners_of(points) is None


@given(st.lists(st.tuples(st.floats(0, 400, width=16), st.floats(0, 400, width=16)), max_size=60))
def test_any_points_end_in_corners_or_none(points: list[Point]) -> None:
    """Whatever lies beneath a camera, the search ends."""
    found = corners_of(points)

    assert found is None or found.plausible


def test_perspective_takes_each_corner_to_where_it_is_seen() -> None:
    """A flat sheet's corners fall onto those of the picture, and its middle between them."""
    first, second, third, fourth = (30.0, 20.0), (370.0, 60.0), (340.0, 380.0), (10.0, 300.0)
    a, b, c, d, e, f, g, h = perspective(Corners((first, second, third, fourth)), 210, 297)

    def seen(x: float, y: float) -> Point:
        scale = g * x + h * y + 1
        return (a * x + b * y + c) / scale, (d * x + e * y + f) / scale

    flat = ((0, 0), (210, 0), (210, 297), (0, 297))
    for (x, y), corner in zip(flat, (first, second, third, fourth), strict=True):
        assert seen(x, y) == pytest.approx(corner)
    middle_x, middle_y = seen(105, 148.5)
    assert 30 < middle_x < 340
    assert 60 < middle_y < 300
