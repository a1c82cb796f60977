"""Signed in by the region's app and handed over, against an issuer that others wrote."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_server.app import create_app
from kiosk_server.core import clock
from kiosk_server.gateways.region_oidc import OidcRegion
from kiosk_server.gateways.region_tokens import ASK_AGAIN_AFTER
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.ports import Begun, RegionPerson, RegionRefused
from kiosk_server.settings import Settings
from tests.support.phone import PhoneBrowser
from tests.support.region_peer import CLIENT, SECRET, Region, region_peer

BACK = "http://127.0.0.1:8000/m/region/return"
LEVELS = {"L3": Level.CHECKED}
pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    """The issuer, for all tests of this file."""
    with region_peer(BACK) as running:
        yield running


@pytest.fixture
def app(settings: Settings, region: Region) -> Iterator[Flask]:
    """The server, connected to the issuer."""
    app = create_app(
        replace(
            settings,
            region=region.issuer,
            region_client=CLIENT,
            region_secret=SECRET,
            region_levels={"L3": "checked"},
        )
    )
    yield app
    app.extensions["kiosk_database"].dispose()


def adapter(region: Region) -> OidcRegion:
    """Return the adapter alone."""
    return OidcRegion(region.issuer, client=CLIENT, secret=SECRET, levels=LEVELS)


def begun_at(browser: PhoneBrowser, onward: str = "/m/phones") -> str:
    """Begin in *browser*; return the address that it is sent to."""
    answer = browser.post("/m/region", "/m/sign-in", next=onward)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def path_of(address: str) -> str:
    """Return path and query of an address of ours."""
    return address.removeprefix("http://127.0.0.1:8000")


@pytest.mark.policy("P48")
@pytest.mark.real_clock
def test_who_comes_from_the_region_is_signed_in_by_name(app: Flask, region: Region) -> None:
    """There and back: the page that was asked for opens, and the person is known without a form."""
    browser = PhoneBrowser(app)
    address = begun_at(browser)
    assert "code_challenge_method=S256" in address
    returned = browser.get(path_of(region.sign_in(address, "aygul", BACK)))
    assert (returned.status_code, returned.headers["Location"]) == (303, "/m/phones")
    me = browser.get("/m/me").text
    assert "测***·阿依古丽" in me
    assert "138****0001" in me


@pytest.mark.policy("P48")
@pytest.mark.real_clock
def test_who_the_region_does_not_name_is_signed_in_without_a_name(
    app: Flask, region: Region
) -> None:
    """A person without real name there must prove himself here as anybody."""
    browser = PhoneBrowser(app)
    browser.get(path_of(region.sign_in(begun_at(browser), "nobody", BACK)))
    home = browser.get("/m/")
    assert home.status_code == 200
    assert 'href="/m/me/prove"' in home.text


@pytest.mark.real_clock
def test_a_return_serves_once_and_in_its_own_browser(app: Flask, region: Region) -> None:
    """A link to somebody else's sign-in signs nobody in, and cannot be used again."""
    browser, victim = PhoneBrowser(app), PhoneBrowser(app)
    address = path_of(region.sign_in(begun_at(browser), "aygul", BACK))
    begun_at(victim)
    for stranger in (victim, PhoneBrowser(app)):
        assert stranger.get(address).status_code == 403
        assert stranger.get("/m/me").status_code == 303
    assert browser.get(address).status_code == 303
    again = browser.get(address)
    assert again.status_code == 403
    assert "m_session" not in again.headers.get("Set-Cookie", "")


def test_what_the_region_refuses_signs_nobody_in(client: FlaskClient) -> None:
    """A person who says no there comes back to the door with a sentence."""
    answer = client.get("/m/region/return?error=access_denied&state=x")
    assert answer.status_code == 403
    assert "新服办" in client.get("/m/region/return?error=x&lang=zh").text


def test_the_sign_in_page_lets_its_form_lead_to_the_region_alone(
    app: Flask, region: Region
) -> None:
    """The policy of that page names the issuer, and no other page does."""
    client = app.test_client()
    assert f"form-action 'self' {region.issuer};" in _policy(client, "/m/sign-in")
    assert "form-action 'self';" in _policy(client, "/m/offline")


@pytest.mark.real_clock
def test_code_nonce_and_verifier_belong_together(region: Region) -> None:
    """A code with another's verifier, with another nonce, or a second time proves nobody."""
    ours = adapter(region)

    def code(nonce: str = "n" * 22, verifier: str = "v" * 64) -> str:
        begun = ours.begin(state="s", nonce=nonce, verifier=verifier, back=BACK)
        assert isinstance(begun, Begun)
        returned = region.sign_in(begun.address, "aygul", BACK)
        return returned.split("code=")[1].split("&")[0]

    def finish(got: str, nonce: str = "n" * 22, verifier: str = "v" * 64) -> object:
        return ours.finish(code=got, nonce=nonce, verifier=verifier, back=BACK)

    refused = RegionRefused("region_refused")
    assert finish(code(), verifier="w" * 64) == refused
    assert finish(code(), nonce="m" * 22) == refused
    good = code()
    person = finish(good)
    assert isinstance(person, RegionPerson)
    assert (person.subject, person.level) == ("aygul", Level.CHECKED)
    assert finish(good) == refused


@pytest.mark.real_clock
def test_a_key_that_the_region_rotates_is_fetched() -> None:
    """A sign-in after the issuer has changed its key holds; RS256 holds as ES256 does."""
    with region_peer(BACK, algorithm="RS256") as turning:
        ours = adapter(turning)
        for moment in (clock.now(), clock.now() + 2 * ASK_AGAIN_AFTER):
            with clock.frozen(moment):
                begun = ours.begin(state="s", nonce="n" * 22, verifier="v" * 64, back=BACK)
                assert isinstance(begun, Begun)
                code = turning.sign_in(begun.address, "aygul", BACK).split("code=")[1]
                person = ours.finish(
                    code=code.split("&")[0], nonce="n" * 22, verifier="v" * 64, back=BACK
                )
            assert isinstance(person, RegionPerson)
            turning.rotate()


def test_a_region_that_is_away_is_said_and_left_alone() -> None:
    """Nothing answers: the number remains as a way, and after five failures nothing is asked."""
    away = OidcRegion("http://127.0.0.1:9", client=CLIENT, secret=SECRET, levels=LEVELS)
    for _ in range(6):
        begun = away.begin(state="s", nonce="n", verifier="v" * 64, back=BACK)
        assert begun == RegionRefused("region_silent")


def _policy(client: FlaskClient, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]
