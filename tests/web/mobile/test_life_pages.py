"""Services of everyday life and the guides on the phone: open, searched, each with who answers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_server.core.database import Database
from mobile_api.web.looks import OFFERED
from tests.support.counter import Counter
from tests.support.inspect_page import inspect
from tests.support.phone import PhoneBrowser

LEGAL_AID, POST = "SAMPLE-G-29", "SAMPLE-G-30"
AID = f"/m/guides/{LEGAL_AID}"


@pytest.fixture
def town(app: Flask) -> Database:
    """The sample sites and catalogue."""
    database: Database = app.extensions["kiosk_database"]
    Counter(database, app.extensions["kiosk_settings"]).open()
    return database


@pytest.mark.policy("P47")
@pytest.mark.usefixtures("town")
def test_they_stand_on_the_first_page(app: Flask) -> None:
    """One touch from the first page; bills, post, notary and legal aid in one list."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    assert 'href="/m/life"' in browser.get("/m/").text
    shown = browser.get("/m/life").text
    for address in ("/m/bills", AID, f"/m/guides/{POST}", "/m/guides/SAMPLE-G-25"):
        assert f'href="{address}"' in shown


@pytest.mark.policy("P47")
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("language", OFFERED)
def test_each_page_is_in_order(client: FlaskClient, language: str) -> None:
    """Open to whoever has not signed in; in every language and the largest print."""
    client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in ("/m/life", "/m/guides", "/m/guides?q=x", AID, "/m/guides/SAMPLE-RS-01"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        inspect(answer)


@pytest.mark.policy("P47")
@pytest.mark.usefixtures("town")
def test_a_guide_leads_on(client: FlaskClient) -> None:
    """The number is called, the window booked, the official page opened, the law named."""
    shown = client.get(AID).text
    for wanted in (
        'href="tel:12348"',
        'href="/m/book/place?services=legal-aid"',
        'href="https://www.12348.gov.cn"',
        "《中华人民共和国法律援助法》",
        "不收费",
    ):
        assert wanted in shown
    assert 'href="/m/bills"' in client.get("/m/guides/SAMPLE-G-23").text
    assert "/m/book/place" not in client.get(f"/m/guides/{POST}").text


@pytest.mark.policy("P47", "P57")
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("asked", ["律师", "ئادۋوكات", "12348"])
def test_it_is_found_by_search(client: FlaskClient, asked: str) -> None:
    """By what people call it, in Chinese and Uyghur; what was typed stands in the field again."""
    shown = client.get("/m/guides", query_string={"q": asked}).text
    assert f'href="{AID}"' in shown
    assert f'value="{asked}"' in shown
    assert f'href="/m/guides/{POST}"' not in shown


@pytest.mark.usefixtures("town")
def test_what_is_typed_is_shown_and_not_run(client: FlaskClient) -> None:
    """Markup in the field is text; nothing found says what else can be done."""
    shown = client.get("/m/guides", query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in shown
    assert "没有找到" in shown
    assert client.get("/m/guides/NO-SUCH").status_code == 404
