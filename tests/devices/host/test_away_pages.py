"""A dead line: what becomes of a visit is said honestly, and the guides are read from the cache."""

import json
import re
from typing import Any

import pytest

from devices.api.away_pages import AWAY
from devices.api.guide_texts import GUIDE_TEXTS, days_in_words
from devices.api.line_texts import LINE_TEXTS, filled
from devices.api.page_texts import LANGUAGES, Language
from devices.host.events import EventBus, LineWatch
from devices.host.kept_visit import (
    KEPT_SECONDS,
    LARGE_PATIENCE_SECONDS,
    PATIENCE_SECONDS,
    GivenUp,
    GivenUpFor,
    Kept,
    Phase,
    outlook,
    phase_of,
)
from devices.host.ports import LineDead, Reply
from tests.support.door_client import Stand, said, stand
from tests.support.wire_samples import exchange

VISIT = "kiosk_visit=abc; kiosk_language=zh"
ZH = LINE_TEXTS["zh"]


@pytest.fixture
def door() -> Stand:
    """A door whose line is dead, with guides in its cache."""
    found = stand()
    found.server.answer = LineDead("off")
    found.watch.tell(False)
    assert found.shelf.put(json.dumps(exchange("guides").answered(200)[0].body).encode())
    return found


def _page(door: Stand, path: str, method: str = "GET", **headers: str) -> Any:
    return door.browser.ask(method, path, headers=headers)


def _touched(door: Stand, path: str) -> str:
    headers = {"Cookie": VISIT, "Sec-Fetch-User": "?1"}
    return str(_page(door, path, **headers).get_data(as_text=True))


@pytest.mark.parametrize(
    ("path", "phase"),
    [
        ("/kiosk/services", Phase.CHOOSING),
        ("/kiosk/notice?item=x", Phase.CHOOSING),
        ("/kiosk/card", Phase.PROVING),
        ("/kiosk/proof/phone", Phase.PROVING),
        ("/kiosk/deciding", Phase.DECIDING),
        ("/kiosk/decision/reasons", Phase.DECIDING),
        ("/kiosk/printing", Phase.PRINTING),
        ("/kiosk/rating", Phase.RATING),
    ],
)
def test_what_is_kept_is_said_for_the_step_that_failed(
    door: Stand, path: str, phase: Phase
) -> None:
    """Each step has its own honest sentences, with the minutes that the visit is kept."""
    page = _touched(door, path)
    assert phase_of(path, visit=True) is phase
    for sentence in ZH.kept[phase]:
        assert filled(sentence, minutes=5) in page
    assert f'content="10; url={path}"' in page
    assert phase_of(path, visit=False) is Phase.WAITING


def test_a_print_order_that_failed_speaks_of_paper() -> None:
    """The order's own address tells more than the page that it came from."""
    assert phase_of("/kiosk/decision/print", visit=True) is Phase.PRINTING


@pytest.mark.policy("P52")
def test_nobody_finds_another_s_visit_when_the_line_is_back(door: Stand) -> None:
    """Without a touch the visit ends on this machine after the server's own patience."""
    assert "结束办理" in _touched(door, "/kiosk/decision")
    door.visits._touched_at -= PATIENCE_SECONDS
    answer = _page(door, "/kiosk/decision", Cookie=VISIT)
    page = answer.get_data(as_text=True)
    assert ZH.given_up_title[1] in page
    assert ZH.given_up[GivenUpFor.NOBODY] in page
    assert 'content="10; url=/kiosk/"' in page
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    gone = {each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")}
    assert gone == {"kiosk_visit", "kiosk_mark", "kiosk_looks", "kiosk_language"}
    assert all("Max-Age=0" in each for each in answer.headers.getlist("Set-Cookie"))
    assert not door.visits.under_way


def test_an_order_that_failed_leaves_no_address_that_sends_it_again(door: Stand) -> None:
    """The page stands at an address of its own, speaks of the order, and goes back to its form."""
    _touched(door, "/kiosk/decision")
    form = "http://127.0.0.1:8731/kiosk/decision"
    answer = _page(door, "/kiosk/decision/print", "POST", Cookie=VISIT, Referer=form)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, AWAY)
    page = _page(door, answer.headers["Location"], Cookie=VISIT).get_data(as_text=True)
    assert ZH.kept[Phase.PRINTING][0] in page
    assert 'content="10; url=/kiosk/decision"' in page


def test_a_touch_keeps_the_visit_and_a_refresh_does_not(door: Stand) -> None:
    """The page's own tries are no sign of life; the person's button is."""
    _touched(door, "/kiosk/card")
    door.visits._touched_at -= 60
    assert "29 秒" in _page(door, "/kiosk/card", Cookie=VISIT).get_data(as_text=True)
    assert "89 秒" in _touched(door, "/kiosk/card")


@pytest.mark.policy("P52")
@pytest.mark.parametrize(("path", "method"), [("/kiosk/end", "POST"), (f"{AWAY}end", "POST")])
def test_a_person_can_end_the_visit_without_the_line(door: Stand, path: str, method: str) -> None:
    """The end that the server cannot hear of is an end on this machine all the same."""
    _touched(door, "/kiosk/card")
    answer = _page(door, path, method, Cookie=VISIT)
    assert answer.status_code == 303
    assert "Clear-Site-Data" in answer.headers
    assert not door.visits.under_way
    told = _page(door, answer.headers["Location"]).get_data(as_text=True)
    assert ZH.given_up[GivenUpFor.LEFT] in told
    assert 'class="button button-main" href="/kiosk/"' in told


@pytest.mark.parametrize(
    ("untouched", "dead", "large", "expected"),
    [
        (0, 0, False, Kept(90, 5)),
        (89, 250, False, Kept(1, 1)),
        (PATIENCE_SECONDS, 100, False, GivenUp(GivenUpFor.NOBODY)),
        (PATIENCE_SECONDS, 100, True, Kept(90, 3)),
        (LARGE_PATIENCE_SECONDS, 200, True, GivenUp(GivenUpFor.NOBODY)),
        (0, KEPT_SECONDS, False, GivenUp(GivenUpFor.TOO_LONG)),
    ],
)
def test_what_a_visit_has_to_expect(
    untouched: float, dead: float, large: bool, expected: Kept | GivenUp
) -> None:
    """Ninety seconds for a touch, twice that in large print, five minutes for the line."""
    assert outlook(untouched_seconds=untouched, dead_seconds=dead, large=large) == expected


def test_the_server_is_told_of_the_touch_that_it_could_not_see(door: Stand) -> None:
    """The first page after a dead line says how long ago the last touch was, no other does."""
    _touched(door, "/kiosk/card")
    door.visits._touched_at -= 40
    door.server.answer = Reply(200, (("Content-Type", "text/html"),), b"page")
    for _ in range(2):
        _page(door, "/kiosk/card", Cookie=VISIT, **{"Kiosk-Present": "0"})
    told = [headers.get("Kiosk-Present") for _, _, headers, _ in door.server.sent]
    assert told == [None, "40", None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_guides_and_places_are_read_without_the_line(door: Stand, language: Language) -> None:
    """List, guide and places come from this machine in the language that was touched."""
    texts = GUIDE_TEXTS[language]
    first = _page(door, "/kiosk/").get_data(as_text=True)
    assert f"{AWAY}guides?language=zh" in first
    listed = _page(door, f"{AWAY}guides?language={language}").get_data(as_text=True)
    assert texts.guides_title in listed
    found = re.search(rf'href="({AWAY}guides/SAMPLE-RS-01[^"]+)"', listed)
    assert found
    guide = _page(door, found.group(1).replace("&amp;", "&")).get_data(as_text=True)
    assert texts.facts["bring"] in guide
    assert "0f1e2d3c4b5a" in guide
    places = _page(door, f"{AWAY}places?language={language}").get_data(as_text=True)
    assert "0908-0000001" in places
    assert days_in_words((1, 2, 3, 4, 5), texts) in places
    for page in (listed, guide, places):
        assert 'http-equiv="refresh" content="90; url=/kiosk/"' in page
        assert "<script" not in page
    sent = [target for _, target, _, _ in door.server.sent]
    assert sent == ["/kiosk/"]


def test_a_guide_in_no_language_of_the_page_is_marked_as_chinese(door: Stand) -> None:
    """Words that the catalogue has in Chinese alone say so to a screen reader."""
    page = _page(door, f"{AWAY}guides/SAMPLE-RS-01?language=ky").get_data(as_text=True)
    assert '<span lang="zh-CN" dir="ltr">社会保险个人参保证明</span>' in page


def test_an_unknown_guide_leads_to_the_list(door: Stand) -> None:
    """An address of yesterday's guide is no dead end."""
    answer = _page(door, f"{AWAY}guides/GONE")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{AWAY}guides")


def test_without_guides_the_page_offers_none() -> None:
    """A terminal that never had a line promises nothing to read."""
    door = stand()
    page = door.browser.ask("GET", "/kiosk/").get_data(as_text=True)
    assert "away/guides" not in page
    assert door.browser.ask("GET", f"{AWAY}guides").status_code == 200


def test_a_moved_terminal_says_where_it_stands_now() -> None:
    """The page names the place of enrolment until the server has told another one."""
    door = stand()
    door.server.answer = LineDead("off")
    enrolled, moved = "阿图什市政务服务中心", "测试路便民服务中心"
    assert f">{enrolled}</p>" in _page(door, "/kiosk/").get_data(as_text=True)
    bundle: dict[str, Any] = json.loads(json.dumps(exchange("guides").answered(200)[0].body))
    bundle["sites"][0]["names"]["zh"] = moved
    assert door.shelf.put(json.dumps(bundle).encode())
    page = _page(door, "/kiosk/").get_data(as_text=True)
    assert f">{moved}</p>" in page
    assert enrolled not in page


def test_another_language_is_a_touch_away(door: Stand) -> None:
    """The page at its own address keeps the language, and leads back when the line lives."""
    found = re.findall(rf'href="({AWAY}\?[^"]+)"', _page(door, "/kiosk/").get_data(as_text=True))
    assert len(found) == len(LANGUAGES) - 1
    path = next(each for each in found if "language=ug" in each).replace("&amp;", "&")
    page = _page(door, path).get_data(as_text=True)
    assert LINE_TEXTS["ug"].title[0] in page
    assert f"url={path}".replace("&", "&amp;") in page
    door.watch.tell(True)
    answer = _page(door, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/")


@pytest.mark.parametrize("back", ["//evil.test/", "/staff/", "https://evil.test/", AWAY])
def test_the_page_leads_back_to_the_kiosk_alone(door: Stand, back: str) -> None:
    """An address from outside is no way back."""
    door.watch.tell(True)
    assert _page(door, f"{AWAY}?back={back}").headers["Location"] == "/kiosk/"
    assert f'href="{back}"' not in _page(door, f"{AWAY}guides?back={back}").get_data(as_text=True)


def test_a_script_is_told_in_its_own_way(door: Stand) -> None:
    """What a page's script asks gets the code `line_dead`, never a page."""
    answer = _page(door, "/kiosk/printing/state", **{"Sec-Fetch-Dest": "empty", "Cookie": VISIT})
    assert (answer.status_code, said(answer)["code"]) == (503, "line_dead")


def test_the_watch_knows_how_long_the_line_has_been_dead() -> None:
    """Counted from the first failure, over all later ones, and nothing once it lives."""
    time = 100.0
    watch = LineWatch(EventBus(), lambda _alive: None, now=lambda: time)
    assert watch.dead_seconds == 0
    watch.tell(False)
    time += 40
    watch.tell(False)
    assert watch.dead_seconds == 40
    watch.tell(True)
    assert watch.dead_seconds == 0
