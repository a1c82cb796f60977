"""A visit over a village's line: bytes against the budget, seconds against the wire's own."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from tests.bench.side_by_side import Measured
from tests.support.browser import PORTRAIT, chromium
from tests.support.journey import whole_product
from tests.support.resident import Resident
from tests.support.thin_line import VILLAGE_BYTES_PER_SECOND, thin_line

BUDGET_KILOBYTES = 150.0
DOCUMENT = b"GET /api/terminal/v1/print-jobs/"


def measure() -> Iterable[Measured]:
    """Walk one visit at 64 kbit/s and 800 ms, from the first touch to the last."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder,
        thin_line() as line,
        whole_product(Path(folder), line=line) as product,
        chromium() as browser,
    ):
        host = product.processes["host"]
        host.wait_until(lambda: "static_files_stocked" in host.text())
        width, height = PORTRAIT
        context = browser.new_context(viewport={"width": width, "height": height})
        resident = Resident(product, context.new_page(), "zh")
        line.as_in_a_village()
        line.watch_for(DOCUMENT)
        before, started = line.carried, perf_counter()
        _walk(resident)
        seconds = perf_counter() - started
        whole = line.carried.since(before)
        ahead = line.seen[DOCUMENT].since(before)
    yield Measured(
        "visit before its document, over the line",
        ahead.wire_bytes / 1000,
        BUDGET_KILOBYTES,
        "kB",
        "the budget",
    )
    yield Measured(
        "whole visit at 64 kbit/s and 800 ms",
        seconds,
        whole.wire_bytes / VILLAGE_BYTES_PER_SECOND,
        "s",
        "its bytes at the line's rate alone",
    )


def _walk(resident: Resident) -> None:
    resident.arrive()
    resident.choose("SAMPLE-RS-01")
    resident.place_card("resident-1")
    resident.prove()
    resident.print()
    resident.take_paper()
    resident.rate(5)
