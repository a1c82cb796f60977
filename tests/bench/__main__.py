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
    bookings,
    card_to_name,
    heartbeats,
    live_codes,
    offline_codes,
    outbox_rate,
    payments,
    pdf_rate,
    print_start,
    queue_day,
    server_start,
    ten_thousand,
    thin_line,
    verify_page,
)
from tests.bench.side_by_side import Measured

MEASUREMENTS = (
    card_to_name.measure,
    print_start.measure,
    pdf_rate.measure,
    verify_page.measure,
    live_codes.measure,
    offline_codes.measure,
    bookings.measure,
    queue_day.measure,
    outbox_rate.measure,
    payments.measure,
    heartbeats.measure,
    ten_thousand.measure,
    server_start.measure,
    thin_line.measure,
)


def main(names: list[str]) -> int:
    """Measure what *names* name, or everything, and print one line each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, load average {load:.1f}: ratios count, figures are the machine's"
    )
    print(f"{'what':44} {'ours':>12} {'yardstick':>12} {'ratio':>7}  against")
    for measure in MEASUREMENTS:
        if names and measure.__module__.rpartition(".")[2] not in names:
            continue
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
    sys.exit(main(sys.argv[1:]))
