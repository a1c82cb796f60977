"""
Which libraries a terminal needs: a part of the product's own lock, found by following what each
library says that it needs. The terminal has no versions of its own that could drift.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata

NEEDED = (
    "cryptography",
    "flask",
    "fonttools",
    "gunicorn",
    "http-message-signatures",
    "pillow",
    "pydantic",
    "pyserial",
    "qrcode",
    "requests",
    "structlog",
    "tzdata",
)
"""What `devices/` imports itself, and the time zones that a small system may lack."""

_BLOCK = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def part_for_terminal(
    lock: str,
    names: Iterable[str] = NEEDED,
    requires: Callable[[str], Sequence[str] | None] = metadata.requires,
) -> str:
    """Return the part of a lock file's text that *names* and what they need stand in.

    Optional extras are not followed; what the lock does not hold is needed on other systems
    alone. Raises `metadata.PackageNotFoundError` for a library that is not installed here.
    """
    blocks = _blocks(lock)
    found: set[str] = set()
    waiting = [normal(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found or name not in blocks:
            continue
        found.add(name)
        for line in requires(name) or ():
            requirement, _, condition = line.partition(";")
            if "extra" not in condition and (needed := _NAME.match(requirement)):
                waiting.append(normal(needed[1]))
    return "".join(blocks[name] for name in sorted(found))


def normal(name: str) -> str:
    """A library's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _blocks(lock: str) -> Mapping[str, str]:
    starts = [(each.start(), normal(each[1])) for each in _BLOCK.finditer(lock)]
    ends = [start for start, _ in starts[1:]] + [len(lock)]
    return {name: lock[start:end] for (start, name), end in zip(starts, ends, strict=True)}
