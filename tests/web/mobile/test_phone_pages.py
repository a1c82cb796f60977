"""The phone's pages: the way in, what stands on each, and attacks on the way."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

import mobile_api
from kiosk_server.audit.services import SYSTEM
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phone_rules import NoticeKind
from kiosk_server.residents.proving import make_binding_code
from kiosk_server.residents.services import find_or_register
from mobile_api.web.frame import ROOMS, TABS
from mobile_api.web.guard import safe_next
from mobile_api.web.looks import OFFERED, SIZES, THEMES
from mobile_api.web.naming import name_of_browser
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, PhoneBrowser

LOCALES = Path(mobile_api.__file__).parent / "locales"
OPEN = ("/m/sign-in", "/m/offline", "/m/kept", "/m/region/simulated")
BEHIND = ("/m/", "/m/me", "/m/me/prove", "/m/phones", "/m/notices")


@pytest.fixture
def browser(app: Flask) -> PhoneBrowser:
    """A browser that is signed in."""
    browser = PhoneBrowser(app)
    assert browser.sign_in().headers["Location"] == "/m/"
    return browser


@pytest.mark.parametrize("language", OFFERED)
def test_every_page_is_in_order(browser: PhoneBrowser, language: str) -> None:
    """One h1, labels, language and direction, help, a way out; in every language."""
    browser.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in (*OPEN, *BEHIND):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        page = inspect(answer)
        assert page.language == {"zh": "zh-CN"}.get(language, language)
        assert 'data-size="xl"' in answer.text
        assert 'data-theme="contrast"' in answer.text


def test_what_answers_a_form_names_where_it_can_be_asked_for(browser: PhoneBrowser) -> None:
    """A page that answers a form says where "back" leads to; where nowhere, its way back does."""
    assert "data-here" not in browser.get("/m/me/prove").text
    wrong = {"name": "测试", "identity_number": "1"}
    refused = browser.post("/m/me/prove/name", "/m/me/prove", **wrong)
    assert 'data-here=""' in refused.text
    out = PhoneBrowser(browser.app)
    refused = out.post("/m/sign-in", "/m/sign-in", number="123")
    assert 'data-here="/m/sign-in"' in refused.text


def test_the_words_are_the_same_in_every_language() -> None:
    """All languages hold the same messages, and everything that a table names has words."""
    found = {language: _messages(language) for language in OFFERED}
    assert found["zh"] == found["ug"] == found["en"]
    wanted = {tab.words for tab in TABS} | {
        words for room in ROOMS for words in (room.title, room.lead)
    }
    wanted |= {f"m-level-{level}" for level in Level}
    wanted |= {f"m-notice-{kind}".replace("_", "-") for kind in NoticeKind}
    wanted |= {f"m-size-{size}" for size in SIZES} | {f"m-theme-{theme}" for theme in THEMES}
    assert wanted - found["zh"] == set()


@pytest.mark.parametrize("path", BEHIND)
def test_nothing_is_seen_without_signing_in(client: FlaskClient, path: str) -> None:
    """Each page leads to the door and comes back after it."""
    answer = client.get(path)
    assert answer.status_code == 303
    onward = "" if path == "/m/" else "?next=" + path.replace("/", "%2F")
    assert answer.headers["Location"] == f"/m/sign-in{onward}"


def test_the_page_that_was_asked_for_opens_after_signing_in(app: Flask) -> None:
    """Whoever came for his phones is led to them."""
    assert PhoneBrowser(app).sign_in(next="/m/phones").headers["Location"] == "/m/phones"


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/m/",
        "//evil.example/m/",
        "/m//evil.example",
        "/m/\\evil.example",
        "/m/../staff/",
        "/staff/",
        "javascript:alert(1)",
        "/m/\r\nSet-Cookie: x=1",
        "/m/" + "x" * 400,
    ],
)
def test_no_sign_in_leads_to_another_site(app: Flask, asked: str) -> None:
    """What stands in `next` is a page of ours or the first one."""
    assert safe_next(asked) == "/m/"
    assert PhoneBrowser(app).sign_in(next=asked).headers["Location"] == "/m/"


def test_a_session_is_not_fixed_beforehand(app: Flask) -> None:
    """A cookie that somebody planted before the sign-in opens nothing after it."""
    victim = PhoneBrowser(app)
    victim.client.set_cookie("m_session", "planted-by-somebody", path="/m")
    cookies = victim.sign_in().headers.getlist("Set-Cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("m_session=")]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "planted" not in session
    attacker = PhoneBrowser(app)
    attacker.client.set_cookie("m_session", "planted-by-somebody", path="/m")
    assert attacker.get("/m/me").status_code == 303


@pytest.mark.parametrize("path", ["/m/sign-in", "/m/sign-in/code", "/m/region", "/m/look"])
def test_a_form_of_another_site_is_refused(client: FlaskClient, path: str) -> None:
    """Without the form's own token nothing is sent, signed in or changed."""
    assert client.post(path, data={"number": "13800000001"}).status_code == 400


def test_signing_out_ends_the_session_everywhere(app: Flask, browser: PhoneBrowser) -> None:
    """The cookie is taken away, worth nothing where it was copied, and the browser's stores go."""
    cookie = browser.client.get_cookie("m_session", path="/m")
    assert cookie is not None
    answer = browser.post("/m/sign-out", "/m/me")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = PhoneBrowser(app)
    thief.client.set_cookie("m_session", cookie.value, path="/m")
    assert thief.get("/m/me").status_code == 303


def test_a_wrong_code_is_said_beside_the_field(app: Flask) -> None:
    """The field is marked, the tries that are left are told, the page stays."""
    browser = PhoneBrowser(app)
    browser.post("/m/sign-in", "/m/sign-in", number=browser.number)
    answer = browser.post("/m/sign-in/code", "/m/sign-in/code", code="abc")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    inspect(answer)


def test_a_number_that_is_none_is_said_and_kept(app: Flask) -> None:
    """What was typed stands in the field again."""
    browser = PhoneBrowser(app)
    answer = browser.post("/m/sign-in", "/m/sign-in", number="12345")
    assert answer.status_code == 422
    assert 'value="12345"' in answer.text


def test_who_asks_again_at_once_is_told_to_wait(app: Flask) -> None:
    """The second code within a minute is refused in words."""
    browser = PhoneBrowser(app)
    browser.post("/m/sign-in", "/m/sign-in", number=browser.number)
    answer = browser.post("/m/sign-in", "/m/sign-in/code", number="")
    assert answer.status_code == 429
    inspect(answer)


def test_the_card_at_a_terminal_binds_the_phone(browser: PhoneBrowser) -> None:
    """The digits that the terminal shows raise this phone as far as can be."""
    with browser.database.unit_of_work() as session:
        resident = find_or_register(
            session, name=AYGUL["name"], number=AYGUL["number"], kind=CardKind.RESIDENT
        )
        made = make_binding_code(session, resident.id, way=Way.ID_CARD, by=SYSTEM)
    wrong = browser.post("/m/me/prove/code", "/m/me/prove", code="12345678")
    assert wrong.status_code == 422
    assert browser.post("/m/me/prove/code", "/m/me/prove", code=made.code).status_code == 303
    assert "测***·阿依古丽" in browser.get("/m/me").text


def test_name_and_number_bind_the_phone(browser: PhoneBrowser) -> None:
    """An unreal name passes the simulated check, a real-looking one never does."""
    refused = browser.post(
        "/m/me/prove/name", "/m/me/prove", name="某某某", identity_number=AYGUL["number"]
    )
    assert refused.status_code == 422
    taken = browser.post(
        "/m/me/prove/name", "/m/me/prove", name=AYGUL["name"], identity_number=AYGUL["number"]
    )
    assert taken.headers["Location"] == "/m/"
    assert "/m/me/prove" not in browser.get("/m/").text


def test_a_get_changes_nothing(browser: PhoneBrowser) -> None:
    """Messages stay unread until they are touched: a page that is fetched ahead reads nothing."""
    browser.post(
        "/m/me/prove/name", "/m/me/prove", name=AYGUL["name"], identity_number=AYGUL["number"]
    )
    for _ in range(2):
        assert "<b>" in browser.get("/m/notices").text.split('class="panel m-notices"')[1]
    browser.post("/m/notices/seen", "/m/notices")
    assert "<p><b>" not in browser.get("/m/notices").text.split('class="panel m-notices"')[1]


def test_the_look_is_kept_and_cannot_be_made_up(browser: PhoneBrowser) -> None:
    """What is not offered changes nothing."""
    browser.post("/m/look", "/m/me", next="/m/me", size="xl", theme="night", language="ug")
    page = browser.get("/m/me").text
    assert 'dir="rtl"' in page
    assert 'data-theme="night" data-size="xl"' in page
    browser.post("/m/look", "/m/me", size="huge", theme="<script>", language="xx")
    assert 'data-theme="night" data-size="xl"' in browser.get("/m/me").text


def test_the_pages_can_be_installed(client: FlaskClient) -> None:
    """A manifest in the reader's language, icons that exist, a worker for these pages alone."""
    manifest = client.get("/m/manifest.webmanifest?lang=ug").get_json()
    assert (manifest["scope"], manifest["dir"]) == ("/m/", "rtl")
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200
    worker = client.get("/m/worker.mjs")
    assert worker.headers["Service-Worker-Allowed"] == "/m/"
    assert worker.headers["Cache-Control"] == "no-cache"


@pytest.mark.policy("P63")
def test_the_worker_keeps_no_personal_page(client: FlaskClient) -> None:
    """What is kept for a dead line are files and one page without anybody's name."""
    shell = client.get("/m/shell.json").get_json()
    assert shell["pages"] == ["/m/offline", "/m/kept"]
    assert all(address.startswith("/static/") for address in shell["files"])
    for address in shell["files"]:
        assert client.get(address).status_code == 200, address
    assert "csrf_token" not in client.get("/m/offline").text


def test_a_missing_page_is_said_in_the_phones_own_words(browser: PhoneBrowser) -> None:
    """A phone that is signed out already is not there; the page says so and leads home."""
    answer = browser.post(f"/m/phones/{'0' * 26}/sign-out", "/m/phones")
    assert answer.status_code == 404
    inspect(answer)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8.0", "Android · WeChat"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604", "iPhone · Safari"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) HuaweiBrowser/5", "HarmonyOS · Huawei Browser"),
        ("", "Browser"),
    ],
)
def test_a_browser_has_a_name_that_its_holder_knows(agent: str, name: str) -> None:
    """Maker's family and system, no version."""
    assert name_of_browser(agent) == name


def _messages(language: str) -> set[str]:
    text = "\n".join(file.read_text("utf-8") for file in sorted((LOCALES / language).glob("*.ftl")))
    return {
        entry.id.name for entry in FluentParser().parse(text).body if isinstance(entry, Message)
    }
