"""Chromium for journeys: the machine's own, without any service of its maker."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.missing import need_program

COMMAND = "apt-get install -y --no-install-recommends chromium"
PORTRAIT = (1080, 1920)
LANDSCAPE = (1280, 1024)
PATIENCE_MS = 120_000
"""How long a browser on a slow machine may take for what it does at once elsewhere."""
SHOTS = "KIOSK_TEST_SHOTS"
"""Names a folder: every step of a journey is then kept there as a picture."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend a browser for the length of the block."""
    program = need_program("chromium", COMMAND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def keep_shot(page: Page, name: str) -> None:
    """Keep a picture of *page* under *name*, if pictures are asked for."""
    folder = os.environ.get(SHOTS)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
