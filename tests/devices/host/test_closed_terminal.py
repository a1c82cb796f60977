"""A terminal that is out of service: nobody begins, everybody is told, technicians get through."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import kiosk_ui
from devices.api.closed_texts import CLOSED_TEXTS
from devices.api.message_texts import MESSAGE_TEXTS
from devices.api.page_texts import LANGUAGES, TEXTS, Language
from devices.host.closure import ClosedFor
from devices.host.screen_message import TEXTS as TEXTS_OF_MESSAGES
from devices.host.screen_message import Message
from tests.support.browser import LANDSCAPE, PORTRAIT, chromium
from tests.support.door_client import SETTINGS, said, stand
from tests.support.extent import cells
from tests.support.terminal_bench import free_port

MESSAGE = Message(
    "maintenance_soon", "下午三点修好，请到二楼窗口。", "چۈشتىن كېيىن پۈتىدۇ.",
    datetime(2026, 11, 22, tzinfo=UTC),
)  # fmt: skip
PANELS = {"portrait": (*PORTRAIT, 4.03), "landscape": (*LANDSCAPE, 3.79)}


@pytest.mark.policy("P52")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ClosedFor)
def test_every_reason_is_told_in_every_language(reason: ClosedFor, language: str) -> None:
    """Why, what can be done, the telephone; the Chinese line stays (P57)."""
    browser = stand(closed=lambda: reason).browser
    answer = browser.ask("GET", "/kiosk/", headers={"Cookie": f"kiosk_language={language}"})
    page = answer.get_data(as_text=True)
    texts = CLOSED_TEXTS[reason][language]  # type: ignore[index] # parametrised over the same words
    assert answer.status_code == 503
    for words in (*texts.title, texts.now, texts.heading, *texts.steps):
        assert words in page
    assert CLOSED_TEXTS[reason]["zh"].title[0] in page
    assert TEXTS["zh"].take_card in page
    assert "0908-12345" in page
    assert len(re.findall("<h1", page)) == 1


def _said(message: Message | None) -> Message | None:
    return message


@pytest.mark.policy("P53")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_technicians_say_stands_there_too(language: Language) -> None:
    """In the page's language with its note, and in Chinese; without a message nothing does."""
    for message in (MESSAGE, None):
        found = stand(closed=lambda: ClosedFor.LOCKED, message=partial(_said, message))
        asked = {"Cookie": f"kiosk_language={language}"}
        page = found.browser.ask("GET", "/kiosk/", headers=asked).get_data(as_text=True)
        texts = MESSAGE_TEXTS["maintenance_soon"]
        told = [texts[language] in page, f"{texts['zh']} {MESSAGE.note_zh}" in page]
        assert told == [message is not None] * 2
        assert (MESSAGE.note_ug in page) is (message is not None and language == "ug")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_ends_say_a_message_in_the_same_words(language: Language) -> None:
    """What stands on the waiting screen stands on the closed page, word for word."""
    served = Path(kiosk_ui.__file__).parent / "locales" / language / "beside.ftl"
    lines = served.read_text("utf-8").splitlines()
    for code, texts in MESSAGE_TEXTS.items():
        assert f"beside-{code.replace('_', '-')} = {texts[language]}" in lines
    assert set(MESSAGE_TEXTS) == TEXTS_OF_MESSAGES


@pytest.mark.parametrize("path", ["/kiosk/services", "/kiosk/printing/state", "/kiosk/start"])
def test_nothing_passes_to_the_server(path: str) -> None:
    """The server is not asked, so that its page cannot begin anything here."""
    found = stand(closed=lambda: ClosedFor.RESIDUE)
    for method in ("GET", "POST"):
        assert found.browser.ask(method, path).status_code == 503
    assert found.server.sent == []


def test_a_script_is_told_with_a_code() -> None:
    """A page that was open asks the devices for nothing any more, and learns why."""
    browser = stand(closed=lambda: ClosedFor.RESIDUE).browser
    answer = browser.ask(
        "POST",
        "/device/v1/card-reads",
        headers={"Sec-Fetch-Dest": "empty"},
        json={"nonce": "n", "needs": ["name"]},
    )
    assert (answer.status_code, said(answer)["code"]) == (503, "out_of_service")


def test_the_browser_forgets_the_visit_that_was_under_way() -> None:
    """Whoever was in the middle of something leaves no cookie behind on a closed machine."""
    answer = stand(closed=lambda: ClosedFor.RESIDUE).browser.ask("GET", "/kiosk/services")
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_technician_s_ways_stay_open() -> None:
    """Health, styles and fonts answer; an open terminal passes everything on."""
    browser = stand(closed=lambda: ClosedFor.RESIDUE).browser
    for path in ("/device/v1/health", "/device/static/pages.css"):
        assert browser.ask("GET", path).status_code == 200
    found = stand()
    found.browser.ask("GET", "/kiosk/services")
    assert len(found.server.sent) == 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def lit(panel: str, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page of *panel*, and the origin of a closed terminal."""
    width, height, px_per_mm = PANELS[panel]
    port = free_port()
    settings = f"{SETTINGS}[listen]\nport = {port}\n[model]\npx_per_mm = {px_per_mm}\n"
    arrival = "https://zwfw.example.cn/staff/arrive/AT-0001?code=ABCDEFGHIJ234567"
    app = stand(
        settings=settings,
        closed=lambda: ClosedFor.RESIDUE,
        arrival=lambda: arrival,
        message=lambda: MESSAGE,
    ).app
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        yield context.new_page(), f"http://127.0.0.1:{port}"
    finally:
        context.close()
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Iterator[dict[str, tuple[Page, str]]]:
    """Both panels: fonts and styles are loaded once for each."""
    with ExitStack() as stack:
        yield {panel: stack.enter_context(lit(panel, browser)) for panel in PANELS}


@pytest.mark.browser
@pytest.mark.parametrize(("panel", "language", "size"), cells(list(PANELS), LANGUAGES, ["m", "xl"]))
def test_the_closed_page_fits(
    screens: dict[str, tuple[Page, str]], panel: str, language: str, size: str
) -> None:
    """No size and no language scrolls; why, the telephone and the way on are in sight."""
    page, origin = screens[panel]
    page.set_extra_http_headers(
        {"Cookie": f"kiosk_language={language}; kiosk_looks={size}.light.standard"}
    )
    page.goto(f"{origin}/kiosk/")
    assert page.get_attribute("html", "data-size") == size
    too_much = page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth,"
        " document.documentElement.scrollHeight - innerHeight]"
    )
    assert too_much == [0, 0]
    for needed in ("h1", ".message", ".ticks li", ".notice", ".button-main", ".phone .num"):
        assert page.locator(needed).first.is_visible(), needed
    if size == "m":
        found = Axe().run(page, options={"rules": {"meta-refresh": {"enabled": False}}})
        assert found.response["violations"] == []
