"""
`python -m devices await-quiet`: waits until nobody has been at the terminal for a while.

The nightly restart stands behind it: a visit is never interrupted, and a night without a quiet
minute goes by without a restart.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from urllib.error import URLError
from urllib.request import urlopen

QUIET_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 2.0
_ANSWER_WITHIN_SECONDS = 5.0


def await_quiet(
    visit_under_way: Callable[[], bool],
    *,
    within_seconds: float,
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> bool:
    """Wait until there was no visit for `QUIET_SECONDS`; False if that did not come in time."""
    until, quiet_since = now() + within_seconds, now()
    while now() < until:
        if visit_under_way():
            quiet_since = now() + _LOOK_EVERY_SECONDS
        elif now() - quiet_since >= QUIET_SECONDS:
            return True
        rest(_LOOK_EVERY_SECONDS)
    return False


def run(argv: Sequence[str]) -> int:
    """Wait for a quiet minute; returns 0 when it has come and 1 when it has not."""
    asked = _parser().parse_args(argv)
    came = await_quiet(
        lambda: _visit_under_way(asked.origin), within_seconds=asked.within_minutes * 60
    )
    if not came:
        sys.stderr.write("no_quiet_minute: somebody was at the terminal all the time\n")
    return 0 if came else 1


def _visit_under_way(origin: str) -> bool:
    try:
        with urlopen(  # noqa: S310 - the terminal's own door, as its unit names it
            f"{origin}/device/v1/health", timeout=_ANSWER_WITHIN_SECONDS
        ) as answer:
            told = json.load(answer)
    except (URLError, OSError, ValueError):
        # A host that does not answer serves nobody: to begin it anew disturbs nobody.
        return False
    return bool(told.get("visit"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices await-quiet", description=run.__doc__)
    parser.add_argument("--origin", default="http://127.0.0.1:8731", help="the device host's door")
    parser.add_argument("--within-minutes", type=float, default=120.0)
    return parser
