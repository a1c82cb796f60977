"""Showing from the phone's pages: the PIN, the scene in words, the code, who has scanned."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message
from PIL import Image, ImageDraw
from sqlalchemy import select
from werkzeug.test import TestResponse

import mobile_api
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.residents.models import PhoneAccount
from kiosk_server.showing.models import ShowCode
from kiosk_server.showing.rules import ShowReason
from mobile_api.web.looks import OFFERED
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, PhoneBrowser
from tests.support.showing import PIN, scan
from tests.support.wallets import FilledPlatform, licence, opened

_DARK = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")
_SIDE = re.compile(r'viewBox="0 0 (\d+) \1"')


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """A browser of somebody who has proven her name and holds a driving licence."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    browser.post(
        "/m/me/prove/name",
        "/m/me/prove",
        name=AYGUL["name"],
        identity_number=AYGUL["number"],
    )
    with browser.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(browser.database, platform, person(resident), types=["driving_licence"])
    return browser


def certificate(phone: PhoneBrowser) -> str:
    """The id of the licence."""
    with phone.database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


def unlock(phone: PhoneBrowser) -> None:
    """Choose a PIN, which lets this phone show."""
    answer = phone.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    assert answer.headers["Location"] == "/m/show"


def shown(phone: PhoneBrowser, scene: str = "transport") -> TestResponse:
    """Touch a scene: the page with the code."""
    where = f"/m/show/{certificate(phone)}"
    return phone.post(where, where, scene=scene)


def scanned(page: str) -> str:
    """Read the code on a page with a scanner that others wrote."""
    page = page.partition("m-live-code")[2]
    found_side = _SIDE.search(page)
    assert found_side is not None
    side = int(found_side[1])
    image = Image.new("L", ((side + 8) * 8, (side + 8) * 8), 255)
    draw = ImageDraw.Draw(image)
    for column, row, length in _DARK.findall(page):
        x, y = (int(column) + 4) * 8, (int(row) + 4) * 8
        draw.rectangle((x, y, x + 8 * int(length) - 1, y + 7), fill=0)
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


@pytest.mark.policy("P31", "P34")
@pytest.mark.parametrize("language", OFFERED)
def test_from_the_home_page_to_who_has_scanned(phone: PhoneBrowser, language: str) -> None:
    """PIN, certificate, scene with what is seen and what not, code, and the look in words."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    assert 'href="/m/show"' in phone.get("/m/").text
    inspect(phone.get("/m/show"))
    unlock(phone)
    for path in ("/m/show", f"/m/show/{certificate(phone)}", "/m/uses"):
        inspect(phone.get(path))
    code = shown(phone)
    assert code.status_code == 200
    inspect(code)
    assert "no-store" in code.headers["Cache-Control"]
    address = scanned(code.text)
    assert address.startswith(f"{phone.settings.public_origin}/s/")
    where = re.search(r'data-code="([0-9a-z]+)"', code.text)
    assert where is not None
    seen = f"/m/show/codes/{where[1]}"
    assert code.headers["Refresh"] == f"60; url={seen}"
    inspect(phone.get(seen))
    scan(phone.database, address)
    inspect(phone.get(seen))
    inspect(phone.get("/m/uses"))
    if language == "en":
        assert "Somebody has looked" in phone.get(seen).text
        assert "Somebody without a name" in phone.get("/m/uses").text
        scan(phone.database, address)
        assert "scanned twice" in phone.get(seen).text


def test_the_page_asks_often_and_is_answered_shortly(phone: PhoneBrowser) -> None:
    """304 while nothing has happened; another version as soon as somebody has looked."""
    unlock(phone)
    code = shown(phone)
    where = re.search(r'data-code="([0-9a-z]+)" data-version="([^"]+)"', code.text)
    assert where is not None
    asked = {"If-None-Match": f'"{where[2]}"'}
    state = f"/m/show/codes/{where[1]}/state"
    assert phone.get(state, headers=asked).status_code == 304
    scan(phone.database, scanned(code.text))
    answer = phone.get(state, headers=asked)
    assert (answer.status_code, answer.text) == (200, "used:1")


def test_nothing_is_shown_without_the_pin(phone: PhoneBrowser) -> None:
    """Not set, wrong, or typed too long ago: the PIN is asked for and no code is made."""
    where = f"/m/show/{certificate(phone)}"
    assert phone.get(where).headers["Location"] == "/m/show"
    weak = phone.post("/m/show/new-pin", "/m/show", pin="123456", again="123456")
    differs = phone.post("/m/show/new-pin", "/m/show", pin=PIN, again="602947")
    assert (weak.status_code, differs.status_code) == (422, 422)
    unlock(phone)
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert phone.get(where).headers["Location"] == "/m/show"
        page = phone.post("/m/show/pin", "/m/show", pin="602947")
        assert page.status_code == 422
        assert "亮证密码不对" in page.text
        assert phone.post(where, "/m/show", scene="transport").headers["Location"] == "/m/show"
        phone.post("/m/show/pin", "/m/show", pin=PIN)
        assert phone.get(where).status_code == 200
    with phone.database.reading() as session:
        assert session.scalars(select(ShowCode)).all() == []


def test_opening_a_page_makes_no_code(phone: PhoneBrowser) -> None:
    """Only a touch does: pages that are fetched ahead show nothing."""
    unlock(phone)
    for path in ("/m/show", f"/m/show/{certificate(phone)}"):
        assert phone.get(path).status_code == 200
    assert phone.client.post(f"/m/show/{certificate(phone)}").status_code == 400
    with phone.database.reading() as session:
        assert session.scalars(select(ShowCode)).all() == []


def test_what_is_anothers_is_not_there(phone: PhoneBrowser) -> None:
    """Made-up ids and ids of others are answered alike."""
    unlock(phone)
    for path in ("/m/show/x", f"/m/show/{'0' * 26}", f"/m/show/codes/{'0' * 26}"):
        assert phone.get(path).status_code == 404, path


def test_every_outcome_has_words() -> None:
    """Each reason why a look showed nothing can be read in the log."""
    text = (Path(mobile_api.__file__).parent / "locales/zh/show.ftl").read_text("utf-8")
    known = {one.id.name for one in FluentParser().parse(text).body if isinstance(one, Message)}
    kept = set(ShowReason) - {ShowReason.UNREADABLE, ShowReason.NOT_OURS}
    assert {f"m-log-{reason}".replace("_", "-") for reason in kept} <= known
