"""A phone of somebody with a licence in her wallet, in a browser, proven as far as a test wants."""

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from kiosk_server.residents.assurance import Level
from kiosk_server.residents.models import AccountPhone, PhoneAccount
from mobile_api.certificate_partners import EXTENSION
from tests.support.phone import AYGUL, NUMBER, PhoneBrowser
from tests.support.showing import PIN
from tests.support.wallets import FilledPlatform, QuickPress, licence


def owner(app: Flask, *, number: str = NUMBER, level: Level = Level.NAMED) -> PhoneBrowser:
    """Sign in, prove by name, fill the wallet; raise the phone to *level* as a window would."""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    known = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(known, platform=platform, press=QuickPress())
    browser = PhoneBrowser(app, number=number)
    browser.sign_in()
    told = {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    assert browser.get("/m/wallet").status_code == 200
    with browser.database.unit_of_work() as session:
        for phone in session.scalars(select(AccountPhone)):
            phone.level = level.value
    return browser


def choose_pin(browser: PhoneBrowser) -> None:
    """Choose the PIN of this phone; for five minutes it is not asked for."""
    assert browser.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN).status_code == 303


def resident_of(browser: PhoneBrowser) -> str:
    """The id of the one resident who has a phone here."""
    with browser.database.reading() as session:
        found = session.scalars(select(PhoneAccount.resident_id)).one()
    assert found is not None
    return found
