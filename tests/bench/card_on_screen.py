"""From the card on the reader to the name on the screen: a real browser, every process."""

import tempfile
from pathlib import Path
from statistics import median
from time import sleep, time

from playwright.sync_api import Browser

from devices.drivers.sam_id_reader import FIND_INTERVAL_SECONDS
from tests.support.browser import PORTRAIT, chromium
from tests.support.journey import Product, whole_product
from tests.support.resident import Resident

READS = 5
_WATCH_FOR_THE_NAME = """() => {
  const words = document.querySelector('main [data-words]')
  window.named = new Promise((tell) => new MutationObserver(() => {
    if (words.textContent.includes('***')) requestAnimationFrame(() => tell(Date.now()))
  }).observe(words, { childList: true, characterData: true, subtree: true }))
}"""


def seconds_to_screen() -> float:
    """Return the median seconds of a read, by the clock that browser and reader share."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder,
        whole_product(Path(folder)) as product,
        chromium() as browser,
    ):
        return median(
            _read(product, browser, after_seconds=FIND_INTERVAL_SECONDS * number / READS)
            for number in range(READS)
        )


def _read(product: Product, browser: Browser, *, after_seconds: float) -> float:
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    resident = Resident(product, context.new_page(), "zh")
    resident.arrive()
    resident.choose("SAMPLE-RS-01")
    resident.at("/kiosk/card")
    # The host looks for a card by now, and the page follows it.
    resident.page.wait_for_event("response", lambda answer: "past=waiting" in answer.url)
    resident.page.evaluate(_WATCH_FOR_THE_NAME)
    sleep(after_seconds)
    placed = time()
    product.reader.do("place_card", card="resident-1")
    shown: float = resident.page.evaluate("() => window.named") / 1000
    product.reader.do("take_card")
    context.close()
    return shown - placed
