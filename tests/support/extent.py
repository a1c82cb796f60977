"""
How far a run goes through a matrix: an ordinary one meets every pair, `make looks` every cell.

A page that breaks breaks by two of its circumstances (long words on a low panel, large print from
right to left), hardly ever by three alone. An ordinary run therefore shows each value of an axis
beside each value of every other axis at least once. KIOSK_TEST_WHOLE_MATRIX=1 walks the whole.
"""

import os
from collections.abc import Hashable, Sequence
from itertools import combinations, product
from typing import Any, TypeVar

T = TypeVar("T")
WHOLE = os.environ.get("KIOSK_TEST_WHOLE_MATRIX") == "1"

Row = tuple[Any, ...]


def cells(*axes: Sequence[Hashable]) -> list[Row]:
    """Return what this run shows of the matrix of *axes*: its pairs, or the whole."""
    return list(product(*axes)) if WHOLE else pairs(*axes)


def pairs(*axes: Sequence[Hashable]) -> list[Row]:
    """Return few rows, the same at each call, in which any two values of two axes meet.

    Each row is the one that brings most pairs which none before it had; of several the first.
    """
    rows = list(product(*axes))
    missing = {pair for row in rows for pair in _pairs_of(row)}
    found = []
    while missing:
        best = max(rows, key=lambda row: len(missing & _pairs_of(row)))
        missing -= _pairs_of(best)
        found.append(best)
    return sorted(found, key=rows.index)


def as_far_as(ordinary: T, whole: T) -> T:
    """Return *ordinary*, or *whole* where everything is wanted."""
    return whole if WHOLE else ordinary


def _pairs_of(row: Row) -> set[tuple[tuple[int, Hashable], tuple[int, Hashable]]]:
    return set(combinations(enumerate(row), 2))
