"""Let two hands do the same at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Start every deed together, each in a thread; return their results, raise their faults.

    A thread begins without what holds here: each deed takes the time that stands still along.
    """
    ready = threading.Barrier(len(deeds))
    held = [copy_context() for _ in deeds]

    def do(deed: Callable[[], T]) -> T:
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as hands:
        return list(hands.map(lambda context, deed: context.run(do, deed), held, deeds))
