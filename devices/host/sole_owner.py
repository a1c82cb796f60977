"""One host for one terminal: a second one over the same devices and journal is refused.

The kernel holds the lock (flock(2)) for as long as any process of the host lives, so nothing is
left to clear away after a power cut.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FILE = "host.lock"
PATIENCE_SECONDS = 20.0
"""A worker whose master was killed ends its requests first, which takes up to twelve seconds."""
_LOOK_SECONDS = 0.1


class AnotherHost(Exception):
    """A host runs already; the text says which process and over which directory."""


@contextmanager
def sole_owner(state: Path) -> Iterator[None]:
    """Be the only host that works from *state* for the length of the block.

    Raises `AnotherHost` at once where a living host has it. Where its master is gone and only its
    worker is left, that one is waited for. Raises OSError where *state* takes no file.
    """
    with (state / FILE).open("a+", encoding="ascii") as lock:
        _take(lock, state)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _take(lock: IO[str], state: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read()
            if _lives(owner) or time.monotonic() > until:
                raise AnotherHost(
                    f"process {owner or '?'} is this terminal's host already and works from {state}"
                ) from None
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _lives(owner: str) -> bool:
    # A number that the kernel has since given to somebody else only shortens the wait.
    return owner.isdecimal() and Path("/proc", owner).exists()
