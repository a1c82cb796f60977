"""The host's own pages: said in the visit's language, safe to look at, back by themselves."""

import re

import pytest

from devices.api.line_texts import LINE_TEXTS
from devices.api.page_texts import LANGUAGES, TEXTS, Language, language_of
from devices.host.kept_visit import Phase
from tests.support.door_client import ORIGIN, said, stand


def _offline(method: str = "GET", path: str = "/kiosk/printing?x=1", **headers: str) -> str:
    answer = stand().browser.ask(method, path, headers=headers)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    return answer.get_data(as_text=True)


@pytest.mark.policy("P57")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dead_line_is_told_in_the_visit_s_language(language: Language) -> None:
    """What happened, since when, what is kept, whom to call; the Chinese line stays on it."""
    texts, line = TEXTS[language], LINE_TEXTS[language]
    page = _offline(Cookie=f"kiosk_language={language}")
    assert f'<html lang="{texts.tag}" dir="{texts.direction}"' in page
    for clause in (*line.title, *line.kept[Phase.WAITING], texts.take_card, texts.phone):
        assert clause in page
    assert LINE_TEXTS["zh"].title[0] in page
    assert line.since.replace("§time", "03:12") in page
    assert "0908-12345" in page
    assert texts.beijing_time in page


@pytest.mark.parametrize("path", ["/kiosk/", "/kiosk/printing"])
@pytest.mark.parametrize("enrolled", [True, False])
def test_a_page_of_the_host_is_a_whole_page(path: str, enrolled: bool) -> None:
    """One h1, a title, a way on, and neither script nor inline style."""
    page = stand(enrolled=enrolled).browser.ask("GET", path).get_data(as_text=True)
    assert len(re.findall("<h1", page)) == 1
    assert "<title>" in page
    assert 'class="button button-main" href="/kiosk/' in page
    assert "<script" not in page
    assert "style=" not in page


def test_the_page_returns_by_itself_to_where_it_was() -> None:
    """A page that failed is asked for again; an order that failed returns to its form."""
    assert 'content="10; url=/kiosk/printing?x=1"' in _offline()
    assert _back_after("/kiosk/purpose?item=1") == "/kiosk/purpose?item=1"
    assert _back_after("//evil.test/") == "/kiosk/"


def _back_after(referer: str) -> str:
    """Where an order leads that was sent from *referer*, once the line lives."""
    door = stand()
    answer = door.browser.ask("POST", "/kiosk/purpose", headers={"Referer": ORIGIN + referer})
    door.watch.tell(True)
    return door.browser.ask("GET", answer.headers["Location"]).headers["Location"]


def test_a_script_gets_a_code_instead_of_a_page() -> None:
    """What a fetch gets is problem+json with the code `line_dead`."""
    answer = stand().browser.ask("GET", "/kiosk/state", headers={"Sec-Fetch-Dest": "empty"})
    assert (answer.status_code, said(answer)["code"]) == (503, "line_dead")


def test_the_visit_s_theme_and_size_are_kept() -> None:
    """Large print and contrast stay when the line dies; unknown words fall back."""
    page = _offline(Cookie="kiosk_looks=xl.contrast.low")
    assert 'data-theme="contrast" data-size="xl"' in page
    assert 'data-theme="light" data-size="m"' in _offline(Cookie='kiosk_looks=q."><x.low')


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("ug", "en", "ug"),
        (None, "fr, ky;q=0.8, en", "ky"),
        ("xx", "zh-CN,zh;q=0.9", "zh"),
        (None, "", "zh"),
        ("en-GB", "", "en"),
    ],
)
def test_the_language_is_the_visit_s_then_the_browser_s(
    cookie: str | None, accepted: str, language: str
) -> None:
    """The cookie counts first, then Accept-Language in its order, then Chinese."""
    assert language_of(cookie, accepted) == language


def test_styles_and_fonts_come_from_the_host_itself() -> None:
    """Everything that the pages name is served here, and nothing else is."""
    browser = stand().browser
    for path in (
        "static/tokens.css",
        "static/pages.css",
        "static/away.css",
        "static/panel.css",
        "fonts/UKIJEkran.ttf",
    ):
        assert browser.ask("GET", f"/device/{path}").status_code == 200
    assert b"--px-per-mm: 4.03" in browser.ask("GET", "/device/static/panel.css").data
    for path in ("static/dock.css", "static/..%2fguards.py", "fonts/x"):
        assert browser.ask("GET", f"/device/{path}").status_code == 404
