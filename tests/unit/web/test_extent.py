"""What an ordinary run shows of a matrix: few cells, and in them every pair."""

from itertools import combinations, product

import pytest

from tests.support.extent import pairs

AXES = [
    (["portrait", "landscape"], ["zh", "ug", "en", "ky"], ["m", "l", "xl"]),
    (["portrait", "landscape"], ["zh", "ug"], ["/", "/guides", "/places"]),
    (["a", "b"], ["c", "d"]),
]


@pytest.mark.parametrize("axes", AXES, ids=["looks", "paths", "two axes"])
def test_every_pair_of_values_meets(axes: tuple[list[str], ...]) -> None:
    """Any two values of two axes stand in one row, and each axis alone is whole."""
    rows = pairs(*axes)
    for one, other in combinations(range(len(axes)), 2):
        assert {(row[one], row[other]) for row in rows} == set(product(axes[one], axes[other]))
    for at, values in enumerate(axes):
        assert {row[at] for row in rows} == set(values)


def test_few_rows_do_and_always_the_same() -> None:
    """No more than the two longest axes make together, in the order of the matrix."""
    rows = pairs(*AXES[0])
    assert len(rows) == 12
    assert rows == pairs(*AXES[0]) == [row for row in product(*AXES[0]) if row in rows]
