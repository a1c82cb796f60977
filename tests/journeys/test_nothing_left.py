"""
A visit leaves nothing behind, and the terminal can prove it (P52).

The whole product with a browser whose profile lies on the disk: a visit from the first touch to the
end is clean; a leak closes the terminal until it was wiped.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from devices.api.closed_texts import CLOSED_TEXTS
from devices.host.closure import ClosedFor
from devices.host.residue_memory import Remembered, ResidueMemory, ResidueState
from devices.host.residue_needles import Needles
from devices.residue_command import run as residue_command
from tests.support.browser import COMMAND, QUIET, keep_shot
from tests.support.journey import Product, whole_product
from tests.support.missing import need_program
from tests.support.resident import Resident
from tests.support.warm_starts import WarmStarts

pytestmark = [pytest.mark.browser, pytest.mark.policy("P52")]

ITEM, CARD = "SAMPLE-RS-01", "resident-1"
MARK_COOKIE = "kiosk_mark"
LEFT_BY_SCRIPT = "mark => localStorage.setItem('forgotten', mark)"


@dataclass
class Machine:
    """The terminal's computer: the product's host, and folders that its browser writes in."""

    product: Product
    folder: Path

    def remembered(self) -> Remembered:
        """The last word of the residue check."""
        found = ResidueMemory(self.product.state / "residue.json").read()
        return found or Remembered()

    def wait_for_word(self, state: ResidueState) -> Remembered:
        """Wait until the check has looked for everything, or found something."""

        def said() -> bool:
            known = self.remembered()
            done = known.state is ResidueState.FOUND or not known.over
            return known.state is state and done and known.current is None

        self.product.processes["host"].wait_until(said)
        return self.remembered()

    def told_server(self) -> str | None:
        """What the server holds of this terminal's check."""
        disk = sqlite3.connect(self.product.database)
        try:
            row = disk.execute("SELECT state FROM terminal_residue").fetchone()
        finally:
            disk.close()
        return None if row is None else str(row[0])

    def first_page(self) -> int:
        """How the first page answers."""
        try:
            with urlopen(f"{self.product.origin}/kiosk/", timeout=60) as answer:
                return int(answer.status)
        except HTTPError as refusal:
            return refusal.code


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, warm: WarmStarts) -> Iterator[Machine]:
    """The whole product, with its residue check over folders of this test."""
    folder = tmp_path_factory.mktemp("machine")
    for name in ("profiles", "temp"):
        (folder / name).mkdir()
    tables = (
        f'\n[browser]\nprofile_directory = "{folder / "profiles"}"\n'
        f'[residue]\ntemp_directories = ["{folder / "temp"}"]\n'
        f'log_files = ["{folder / "product" / "host.log"}"]\nlooks_after_seconds = [0.3, 3.0]\n'
    )
    (folder / "product").mkdir()
    with whole_product(folder / "product", terminal=tables, warm=warm) as product:
        yield Machine(product, folder)


@pytest.fixture
def browser(machine: Machine) -> Iterator[BrowserContext]:
    """A browser with a fresh profile of its own, as each visit has."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch_persistent_context(
            str(machine.folder / "profiles" / "visit"),
            executable_path=need_program("chromium", COMMAND),
            args=[*QUIET, "--password-store=basic"],
            viewport={"width": 1080, "height": 1920},
        )
        try:
            yield opened
        finally:
            opened.close()


def _mark(browser: BrowserContext) -> str:
    return next(each["value"] for each in browser.cookies() if each["name"] == MARK_COOKIE)


def _resident(machine: Machine, page: Page) -> Resident:
    return Resident(machine.product, page, "zh")


def test_a_whole_visit_is_clean(machine: Machine, browser: BrowserContext) -> None:
    """Card, proof, paper, slip, rating: afterwards the mark is nowhere, and the server knows."""
    resident = _resident(machine, browser.pages[0])
    resident.arrive()
    mark = _mark(browser)
    assert machine.remembered().current == mark
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    resident.page.evaluate("mark => navigator.clipboard.writeText(mark)", mark)
    resident.choose(ITEM)
    assert mark in resident.page.content()
    resident.place_card(CARD)
    resident.prove()
    resident.print()
    resident.take_paper()
    resident.rate(4)
    assert Needles([mark]).lie_in(machine.product.papers[-1].read_bytes())
    assert resident.stores() == {"local": 0, "session": 0, "cookies": 0}
    resident.page.wait_for_selector('[data-wiped="yes"]', state="attached")
    assert resident.page.evaluate("navigator.clipboard.readText()") == ""
    known = machine.wait_for_word(ResidueState.CLEAN)
    assert known.found_in == frozenset()
    machine.product.processes["host"].wait_until(lambda: machine.told_server() == "clean")
    assert mark not in machine.product.logs()
    assert machine.first_page() == 200


def test_the_way_back_shows_nothing(machine: Machine, browser: BrowserContext) -> None:
    """After the end the back button leads to no page of the visit, not even a kept picture."""
    page = browser.pages[0]
    resident = _resident(machine, page)
    resident.arrive()
    resident.choose(ITEM)
    resident.place_card(CARD)
    name = page.locator("main [data-words]").inner_text()
    resident.prove()
    page.click('form[action="/kiosk/end"] button')
    resident.at("/kiosk/ended")
    for _ in range(6):
        page.go_back()
        assert name not in page.content()
        assert page.url.split("?")[0].removeprefix(machine.product.origin) in {
            "/kiosk/ended",
            "/kiosk/",
        } or page.url.startswith("about:")
    machine.wait_for_word(ResidueState.CLEAN)


def test_a_leak_closes_the_terminal_until_it_is_wiped(
    machine: Machine, browser: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a script keeps after the end is found: closed in every language, told, wiped, open."""
    page = browser.pages[0]
    resident = _resident(machine, page)
    resident.arrive()
    mark = _mark(browser)
    page.click('form[action="/kiosk/end"] button')
    resident.at("/kiosk/ended")
    page.wait_for_selector('[data-wiped="yes"]')
    page.evaluate(LEFT_BY_SCRIPT, mark)
    browser.close()
    known = machine.wait_for_word(ResidueState.FOUND)
    assert {place.value for place in known.found_in} == {"browser_storage"}
    assert machine.first_page() == 503
    host = machine.product.processes["host"]
    host.wait_until(lambda: machine.told_server() == "found")
    host.wait_until(lambda: "residue_found" in _open_alerts(machine))

    config = str(machine.product.folder / "terminal.toml")
    assert residue_command(["--config", config, "--wipe"]) == 1
    assert '"found"' in capsys.readouterr().out
    machine.wait_for_word(ResidueState.CLEAN)
    host.wait_until(lambda: machine.first_page() == 200)
    host.wait_until(lambda: machine.told_server() == "clean")


def test_a_closed_terminal_says_so(machine: Machine, browser: BrowserContext) -> None:
    """A file in temp closes it too; the page says why and whom to call, in each language."""
    page = browser.pages[0]
    resident = _resident(machine, page)
    resident.arrive()
    leak = machine.folder / "temp" / "leak.txt"
    leak.write_text(_mark(browser), encoding="utf-16")
    page.click('form[action="/kiosk/end"] button')
    known = machine.wait_for_word(ResidueState.FOUND)
    assert {place.value for place in known.found_in} == {"temp"}
    for language, texts in CLOSED_TEXTS[ClosedFor.RESIDUE].items():
        browser.add_cookies(
            [{"name": "kiosk_language", "value": language, "url": machine.product.origin}]
        )
        page.goto(f"{machine.product.origin}/kiosk/services")
        keep_shot(page, f"closed-{language}")
        assert all(clause in page.locator("h1").inner_text() for clause in texts.title)
        assert machine.product.settings.help_phone in page.content()
    (machine.product.state / "residue-wipe-wanted").touch()
    machine.wait_for_word(ResidueState.CLEAN)
    assert not leak.exists()
    machine.product.processes["host"].wait_until(lambda: machine.first_page() == 200)


def _open_alerts(machine: Machine) -> set[str]:
    disk = sqlite3.connect(machine.product.database)
    try:
        rows = disk.execute(
            "SELECT kind FROM alert WHERE opened_at IS NOT NULL AND closed_at IS NULL"
        ).fetchall()
    finally:
        disk.close()
    return {kind for (kind,) in rows}
