"""
The four corners of a sheet in a picture: plane geometry, in pixels, y downwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot, inf

Point = tuple[float, float]

# Of a side's length: nearer to a corner, what is measured is the corner's roundness.
_NEAR_CORNER = 0.12
# Of the diagonal: what lies farther off belongs to another side.
_OFF_SIDE = 0.02
# A triangle of so little is a straight line: neighbours that run alike never meet.
_FLAT = 0.01
# Each round of fitting starts from better corners; the third changes nothing that is seen.
_ROUNDS = 3
_SHARPEST, _BLUNTEST = 50.0, 130.0


@dataclass(frozen=True, slots=True)
class Corners:
    """A sheet's corners, clockwise as seen, from the one at the upper left."""

    points: tuple[Point, Point, Point, Point]

    @property
    def width(self) -> float:
        """The mean length of the upper and the lower side."""
        first, second, third, fourth = self.points
        return (_distance(first, second) + _distance(fourth, third)) / 2

    @property
    def height(self) -> float:
        """The mean length of the sides at left and right."""
        first, second, third, fourth = self.points
        return (_distance(first, fourth) + _distance(second, third)) / 2

    @property
    def area(self) -> float:
        """What the corners enclose."""
        return abs(_doubled_area(self.points)) / 2

    @property
    def plausible(self) -> bool:
        """Whether a flat sheet seen from above could look like this."""
        angles = (
            _angle(self.points[at - 1], self.points[at], self.points[(at + 1) % 4])
            for at in range(4)
        )
        return all(_SHARPEST <= angle <= _BLUNTEST for angle in angles)

    def scaled(self, factor: float) -> "Corners":
        """The same corners in a picture *factor* times as large."""
        first, second, third, fourth = ((x * factor, y * factor) for x, y in self.points)
        return Corners((first, second, third, fourth))


def corners_of(edge: Iterable[Point]) -> Corners | None:
    """Return the corners of the sheet whose outline the points of *edge* lie on, if it has four.

    The sides are fitted through many points each, so that a corner lies nearer to the truth than
    any single point of the outline does.
    """
    points = sorted(set(edge))
    hull = _hull(points)
    if len(hull) < 4:
        return None
    found = _four_of(hull)
    for _ in range(_ROUNDS):
        found = _refined(points, found) if found is not None else None
    if found is None:
        return None
    first = min(range(4), key=lambda at: found[at][0] + found[at][1])
    ordered = found[first:] + found[:first]
    corners = Corners((ordered[0], ordered[1], ordered[2], ordered[3]))
    return corners if corners.plausible else None


def _refined(points: Sequence[Point], corners: Sequence[Point]) -> list[Point] | None:
    """Where the sides meet that are fitted through the points near those between *corners*."""
    sides = [_side(points, corners[at], corners[(at + 1) % 4]) for at in range(4)]
    found = [_meeting(sides[at - 1], sides[at]) for at in range(4)]
    sharp = [corner for corner in found if corner is not None]
    return sharp if len(sharp) == 4 else None


def perspective(corners: Corners, width: int, height: int) -> tuple[float, ...]:
    """Return the eight coefficients that take a point of a sheet, *width* by *height* pixels laid
    flat, to where the picture shows it: x' = (ax+by+c)/(gx+hy+1), y' = (dx+ey+f)/(gx+hy+1).
    """
    flat: Sequence[Point] = ((0, 0), (width, 0), (width, height), (0, height))
    rows: list[list[float]] = []
    for (x, y), (seen_x, seen_y) in zip(flat, corners.points, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -seen_x * x, -seen_x * y, seen_x])
        rows.append([0, 0, 0, x, y, 1, -seen_y * x, -seen_y * y, seen_y])
    return tuple(_solved(rows))


def _solved(rows: list[list[float]]) -> list[float]:
    """Gauss's elimination with pivots; the last column is the right side."""
    count = len(rows)
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(count):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [
                    value - factor * above
                    for value, above in zip(rows[row], rows[column], strict=True)
                ]
    return [row[-1] / row[at] for at, row in enumerate(rows)]


def _hull(points: Sequence[Point]) -> list[Point]:
    """Andrew's monotone chain over sorted points; clockwise as seen, for y points downwards."""

    def chain(along: Iterable[Point]) -> list[Point]:
        kept: list[Point] = []
        for point in along:
            while len(kept) > 1 and _doubled_area((kept[-2], kept[-1], point)) <= _FLAT:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return chain(points) + chain(reversed(points))


def _four_of(hull: list[Point]) -> list[Point] | None:
    """Let go of the side without which the outline grows least, its neighbours prolonged until
    they meet, until four are left: round or dog-eared corners become sharp ones.
    """
    kept = list(hull)
    while len(kept) > 4:
        grown = [_without_side(kept, at) for at in range(len(kept))]
        least = min(range(len(kept)), key=lambda at: grown[at][0])
        meeting = grown[least][1]
        if meeting is None:
            return None
        after = (least + 1) % len(kept)
        kept[least] = meeting
        del kept[after]
    return kept


def _without_side(outline: Sequence[Point], at: int) -> tuple[float, Point | None]:
    """By how much the outline grows without the side that begins at *at*, and the new corner."""
    count = len(outline)
    start, end = outline[at], outline[(at + 1) % count]
    meeting = _meeting(_fitted((outline[at - 1], start)), _fitted((end, outline[(at + 2) % count])))
    if meeting is None or _doubled_area((start, meeting, end)) <= 0:
        return inf, None
    return _doubled_area((start, meeting, end)), meeting


@dataclass(frozen=True, slots=True)
class _Line:
    """The points where `normal_x`·x + `normal_y`·y = `offset`."""

    normal_x: float
    normal_y: float
    offset: float


def _side(points: Iterable[Point], start: Point, end: Point) -> _Line:
    """The straight line that fits best through the outline between two corners."""
    length = _distance(start, end) or 1.0
    along_x, along_y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    near = []
    for x, y in points:
        along = ((x - start[0]) * along_x + (y - start[1]) * along_y) / length
        off = abs((x - start[0]) * along_y - (y - start[1]) * along_x)
        if _NEAR_CORNER < along < 1 - _NEAR_CORNER and off < _OFF_SIDE * length:
            near.append((x, y))
    if len(near) < 2:
        near = [start, end]
    return _fitted(near)


def _fitted(points: Sequence[Point]) -> _Line:
    """Total least squares: the direction of the greatest spread, through the mean."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread_x = sum((x - mean_x) ** 2 for x, _ in points)
    spread_y = sum((y - mean_y) ** 2 for _, y in points)
    joint = sum((x - mean_x) * (y - mean_y) for x, y in points)
    # The eigenvector of the larger eigenvalue of [[spread_x, joint], [joint, spread_y]].
    larger = (spread_x + spread_y + hypot(spread_x - spread_y, 2 * joint)) / 2
    level = spread_x >= spread_y
    direction = (larger - spread_y, joint) if level else (joint, larger - spread_x)
    length = hypot(*direction) or 1.0
    normal = (-direction[1] / length, direction[0] / length)
    return _Line(*normal, normal[0] * mean_x + normal[1] * mean_y)


def _meeting(one: _Line, other: _Line) -> Point | None:
    across = one.normal_x * other.normal_y - one.normal_y * other.normal_x
    if abs(across) < 1e-6:
        return None
    x = (one.offset * other.normal_y - one.normal_y * other.offset) / across
    y = (one.normal_x * other.offset - one.offset * other.normal_x) / across
    return x, y


def _doubled_area(points: Sequence[Point]) -> float:
    return sum(
        x * points[(at + 1) % len(points)][1] - points[(at + 1) % len(points)][0] * y
        for at, (x, y) in enumerate(points)
    )


def _distance(one: Point, other: Point) -> float:
    return hypot(other[0] - one[0], other[1] - one[1])


def _angle(before: Point, at: Point, after: Point) -> float:
    turn = atan2(after[1] - at[1], after[0] - at[0]) - atan2(before[1] - at[1], before[0] - at[0])
    inside = abs(degrees(turn)) % 360
    return min(inside, 360 - inside)
