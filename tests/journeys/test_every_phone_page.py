"""
Every page of the phone, whoever made it: readable by everybody, in both writing directions, at
twice the size, by keyboard alone. A page that is added is looked at here without being named.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Geolocation, Page, ViewportSize
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, chromium, keep_shot
from tests.support.phone_world import World
from tests.support.schema import build_schema

PHONE: ViewportSize = {"width": 390, "height": 844}
REFLOWED: ViewportSize = {"width": 320, "height": 640}
"""What is left of 1280 at four times the size (WCAG 1.4.10); the print is doubled besides."""
NO_PAGES = frozenset({"manifest", "worker", "shell", "come_back", "choose"})
"""Files of the shell, and the way back from the region: they answer no browser's page."""
pytestmark = pytest.mark.browser

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTROLS = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary')]
  .filter((one) => one.type !== 'hidden' && !one.disabled && one.checkVisibility()
    && (one.type !== 'radio' || one.checked
        || !document.querySelector(`input[type=radio][name="${one.name}"]:checked`)
        && one === document.querySelector(`input[type=radio][name="${one.name}"]`)))
  .map((one, place) => { one.dataset.place = String(place); return place })"""
FOCUSED = "document.activeElement?.dataset.place ?? ''"


@dataclass(frozen=True)
class House:
    """The server on loopback with a whole world in it, and a browser before it."""

    app: Flask
    origin: str
    browser: Browser
    world: World


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server, one world and one browser for all tests of this file."""
    folder: Path = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'kiosk.sqlite3'}"
    engine = create_engine(url, poolclass=NullPool)
    build_schema(engine)
    engine.dispose()
    socket = make_server("127.0.0.1", 0, Flask("nobody"), threaded=True)
    origin = f"http://127.0.0.1:{socket.server_port}"
    settings = replace(Settings(), database_url=url, instance=folder, public_origin=origin)
    app = create_app(settings)
    socket.app = app
    thread = threading.Thread(target=socket.serve_forever)
    thread.start()
    try:
        with chromium() as browser:
            yield House(app, origin, browser, World(app))
    finally:
        socket.shutdown()
        thread.join()
        socket.server_close()
        app.extensions["kiosk_database"].dispose()


def pages(house: House) -> dict[str, str]:
    """Every page of the phone by its route, with an address of this world: none is named here."""
    return {
        rule.rule: house.world.address(rule.rule)
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith(("mobile_pages.", "mobile_door."))
        and "GET" in (rule.methods or ())
        and rule.endpoint.partition(".")[2] not in NO_PAGES
        and not rule.rule.endswith((".pdf", ".png", ".json", ".ics", "/state"))
    }


def narrow_faults(page: Page) -> list[str]:
    """What runs out of a page, at phone's width and at twice the print on the narrowest."""
    found = []
    if page.evaluate(WIDER) > 0:
        found.append("wider than the phone")
    page.set_viewport_size(REFLOWED)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate(WIDER) > 0:
        found.append("wider than the page at twice the print")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(PHONE)
    return found


def keyboard_faults(page: Page) -> list[str]:
    """What Tab does not reach in the order in which it stands, from wherever the page begins."""
    page.evaluate("document.activeElement?.blur()")
    expected = [str(place) for place in page.evaluate(CONTROLS)]
    reached = []
    for _ in (*expected, "the browser's own bar"):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    begun = [place for place in reached if place][: len(expected)]
    start = expected.index(begun[0]) if begun and begun[0] in expected else 0
    in_order = expected[start:] + expected[:start]
    return [] if begun == in_order else [f"Tab goes {reached}, not {in_order}"]


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_every_page_is_for_everybody(house: House, language: str) -> None:
    """axe finds nothing, nothing runs out of the page, and Tab reaches every control in order."""
    context = house.browser.new_context(viewport=PHONE, service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    look = {"name": "m_look", "value": f"{language}.m.light", "url": f"{house.origin}/m"}
    found: dict[str, list[str]] = {}
    try:
        context.add_cookies([look, *house.world.cookies(house.origin)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: found.setdefault(page.url, []).append(str(error)))
        for rule, address in pages(house).items():
            answer = page.goto(house.origin + address)
            assert answer is not None
            if answer.status != 200:
                found.setdefault(rule, []).append(f"answers {answer.status}")
                continue
            keep_shot(page, f"every-{language}{rule.replace('/', '-').translate(_PLAIN)}")
            faults = Axe().run(page).response["violations"]
            found[rule] = [f"{each['id']}: {each['nodes'][0]['target']}" for each in faults]
            found[rule] += narrow_faults(page)
            if language == "zh":
                # The order is that of the document, whichever way it is written.
                found[rule] += keyboard_faults(page)
    finally:
        context.close()
    assert {rule: faults for rule, faults in found.items() if faults} == {}


@pytest.mark.policy("P39")
def test_how_far_a_place_is_the_phone_reckons_alone(house: House) -> None:
    """The list is sorted by distance, and no request leaves the phone meanwhile."""
    here = Geolocation(latitude=40.1, longitude=76.9)
    context = house.browser.new_context(
        viewport=PHONE, service_workers="block", geolocation=here, permissions=["geolocation"]
    )
    context.set_default_timeout(120_000)
    try:
        page = context.new_page()
        page.goto(f"{house.origin}/m/places?lang=en")
        first = page.locator("[data-places] > li").first
        assert "Government Services Centre" in first.inner_text()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.locator("[data-distance] button").click()
        page.get_by_text("Sorted by straight distance").wait_for()
        assert "Sample Village 2" in first.inner_text()
        assert "km" in first.inner_text()
        assert asked == []
    finally:
        context.close()


_PLAIN = str.maketrans("<>", "__")
