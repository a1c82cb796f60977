"""
The main job over a village's line: at most 150 kB before the document, and patience enough.

Bytes are counted between host and server with all headers, signatures, heartbeats, and what IP and
TCP add; time is not measured here but in `make bench`.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import PORTRAIT, chromium
from tests.support.journey import Product, whole_product
from tests.support.resident import Resident
from tests.support.thin_line import ThinLine, thin_line
from tests.support.warm_starts import WarmStarts

BUDGET_BYTES = 150_000
DOCUMENT = b"GET /api/terminal/v1/print-jobs/"
FILES = b"GET /kiosk/static/"
SERVICES = ("SAMPLE-RS-01", "SAMPLE-GJJ-01", "SAMPLE-ZR-01")
WITH_PURPOSE = "SAMPLE-ZR-01"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all visits of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def line() -> Iterator[ThinLine]:
    """The line between terminal and server."""
    with thin_line() as line:
        yield line


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, line: ThinLine, warm: WarmStarts
) -> Iterator[Product]:
    """The whole product, its terminal filled with static files while nobody was there."""
    with whole_product(tmp_path_factory.mktemp("thin"), line=line, warm=warm) as product:
        host = product.processes["host"]
        host.wait_until(lambda: "static_files_stocked" in host.text())
        yield product


@pytest.mark.browser
@pytest.mark.parametrize("item", SERVICES)
def test_a_visit_fits_its_budget(
    product: Product, line: ThinLine, browser: Browser, item: str
) -> None:
    """From the first touch to the order of the paper: under 150 kB, and not one static file."""
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    resident = Resident(product, context.new_page(), "zh")
    line.watch_for(DOCUMENT, FILES)
    before = line.carried
    resident.arrive()
    resident.choose(item)
    if item == WITH_PURPOSE:
        resident.state_purpose()
    resident.place_card("resident-1")
    resident.prove()
    resident.read_why()
    resident.print()
    resident.take_paper()
    resident.rate(5)
    context.close()
    assert resident.errors == []
    assert line.seen[DOCUMENT].since(before).wire_bytes <= BUDGET_BYTES
    assert FILES not in line.seen


@pytest.mark.browser
def test_a_visit_in_a_high_script_fits_too(
    product: Product, line: ThinLine, browser: Browser
) -> None:
    """Uyghur pages carry two languages and stay within the same budget."""
    context = browser.new_context(viewport={"width": 1280, "height": 1024})
    resident = Resident(product, context.new_page(), "ug", "landscape")
    line.watch_for(DOCUMENT)
    before = line.carried
    resident.arrive()
    resident.choose(SERVICES[0])
    resident.place_card("resident-2")
    resident.prove()
    resident.read_why()
    resident.print()
    resident.take_paper()
    resident.skip_rating()
    context.close()
    assert line.seen[DOCUMENT].since(before).wire_bytes <= BUDGET_BYTES


@pytest.mark.browser
def test_nothing_runs_out_of_time_at_64_kilobits_and_800_milliseconds(
    product: Product, line: ThinLine, browser: Browser
) -> None:
    """A whole visit, document included, at the line's true speed: no step finds it dead."""
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    resident = Resident(product, context.new_page(), "zh")
    line.as_in_a_village()
    try:
        resident.arrive()
        resident.choose(SERVICES[0])
        resident.place_card("resident-1")
        resident.prove()
        resident.print()
        resident.take_paper()
        resident.rate(5)
    finally:
        line.as_on_this_machine()
        context.close()
    assert resident.errors == []
    assert "line_lost" not in product.processes["host"].text()
