"""
`make bench`: how fast, as ratios measured side by side in one run.

Absolute figures are the machine's; the ratio is ours. What is compared takes turns, round by
round, so that a busy machine slows both alike, and the median round counts.
"""

import logging
import os
import sys

import pytest
import structlog

from tests.bench import (
    card_to_name,
    outbox_rate,
    pdf_rate,
    server_start,
    thin_line,
    verify_page,
)
from tests.bench.side_by_side import Measured

MEASUREMENTS = (
    card_to_name.measure,
    pdf_rate.measure,
    verify_page.measure,
    outbox_rate.measure,
    server_start.measure,
    thin_line.measure,
)


def main() -> int:
    """Measure everything and print one line each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, load average {load:.1f}: ratios count, figures are the machine's"
    )
    print(f"{'what':44} {'ours':>12} {'yardstick':>12} {'ratio':>7}  against")
    for measure in MEASUREMENTS:
        try:
            for line in measure():
                print(_row(line), flush=True)
        except pytest.skip.Exception as lacking:
            print(f"not measured: {lacking}", flush=True)
    return 0


def _row(line: Measured) -> str:
    ours, theirs = (f"{figure:.3g} {line.unit}" for figure in (line.ours, line.theirs))
    return f"{line.what:44} {ours:>12} {theirs:>12} {line.ratio:6.2f}x  {line.compared_with}"


if __name__ == "__main__":
    sys.exit(main())
