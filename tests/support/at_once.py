"""Let two hands do the same at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Start every deed together, each in a thread; return their results, raise their faults."""
    ready = threading.Barrier(len(deeds))

    def do(deed: Callable[[], T]) -> T:
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as hands:
        return list(hands.map(do, deeds))
