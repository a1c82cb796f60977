"""
What a test needs from the machine, named with the command that brings it.

A plain `pytest` skips what cannot run here and lists it at the end. With KIOSK_TEST_COMPLETE=1
(`make test`) a missing part is a failure: nothing is skipped in silence. What serves an optional
part of the product alone (`extra_is_missing`) is skipped and listed in either case.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import NoReturn

import pytest

_SAYS = "missing on this machine: "
_BRINGS = "; brought by: "
_FROM_DEVELOPMENT = (
    "axe_playwright_python",
    "gmalg",
    "gmssl_pyx",
    "playwright",
    "pypdfium2",
    "zxingcpp",
)
"""What requirements.txt leaves out: a server needs no browser's driver, decoder or extra."""


def need_program(name: str, command: str) -> str:
    """Return the path of program *name*; without it, skip (or fail) and say *command*."""
    path = shutil.which(name)
    if path is None:
        missing(name, command)
    return path


def need_module(name: str, command: str) -> None:
    """Go on if Python module *name* can be imported; else skip (or fail) and say *command*."""
    if importlib.util.find_spec(name) is None:
        missing(f"Python module {name}", command)


class _SaysWhatIsMissing(MetaPathFinder):
    """Stands behind all other finders: who asks for one of these modules here gets a skip."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if fullname in _FROM_DEVELOPMENT:
            missing(f"Python module {fullname}", "pip install -r requirements-dev.txt")


def watch_imports() -> None:
    """Let a test that imports a missing development module be skipped by name, not broken."""
    if not any(isinstance(finder, _SaysWhatIsMissing) for finder in sys.meta_path):
        sys.meta_path.append(_SaysWhatIsMissing())


def missing(what: str, command: str) -> NoReturn:
    """End this test, or this module while it is collected, because *what* is not here."""
    reason = f"{_SAYS}{what}{_BRINGS}{command}"
    if os.environ.get("KIOSK_TEST_COMPLETE") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def extra_is_missing(what: str, command: str) -> NoReturn:
    """Skip this test because *what*, which only an optional part of the product needs, is not
    here.
    """
    pytest.skip(f"{_SAYS}{what}{_BRINGS}{command}", allow_module_level=True)


def summary_lines(reasons: Iterable[str]) -> list[str]:
    """Return one line for each missing part named in the *reasons* of skipped tests."""
    counts: dict[tuple[str, str], int] = {}
    for reason in reasons:
        _, says, rest = reason.partition(_SAYS)
        what, brings, command = rest.partition(_BRINGS)
        if says and brings:
            counts[what, command] = counts.get((what, command), 0) + 1
    return [
        f"{what}: {count} tests did not run; bring it with: {command}"
        for (what, command), count in sorted(counts.items())
    ]
