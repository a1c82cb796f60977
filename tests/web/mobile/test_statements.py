"""One statement of a certificate for one verifier: by API, by page, and read by a program."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.credentials import keys, presenting
from kiosk_server.credentials.presenting import read_presentation
from kiosk_server.credentials.sd_jwt import Disclosed, DisclosureReason, DisclosureRefused
from kiosk_server.residents.models import PhoneAccount
from mobile_api.web.looks import OFFERED
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, PhoneBrowser, Program
from tests.support.showing import PIN
from tests.support.wallets import MOTHER, FilledPlatform, licence, opened

SHOP, NONCE = "https://shop.example", "nonce-of-the-shop"
CARD = {
    "number": MOTHER,
    "holder_name": "阿依古丽·测试",
    "born_on": "1950-03-07",
    "address": "阿图什市测试街道",
}


def hold_card(phone: Program | PhoneBrowser) -> str:
    """Let the phone's person hold an identity card and a licence; return the card's id."""
    with phone.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one() or ""
    platform = FilledPlatform()
    platform.hold("id_card", licence(content=CARD))
    platform.hold("driving_licence", licence())
    opened(phone.database, platform, person(resident), types=["id_card", "driving_licence"])
    with phone.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        of_card = select(Certificate.id).where(Certificate.type_id == "id_card")
        return session.scalars(of_card).one()


@pytest.fixture
def phone(app: Flask) -> Program:
    """A program of somebody who has proven her name and chosen a PIN."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    assert program.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    return program


def state(phone: Program, card: str, **changes: Any) -> Any:
    """State that she is over 60."""
    body = {"statements": ["over_60"], "audience": SHOP, "nonce": NONCE} | changes
    return phone.call("POST", f"/certificates/{card}/presentations", json=body)


def read(phone: Program, text: str, audience: str = SHOP, nonce: str = NONCE) -> Disclosed:
    """What the shop reads."""
    origin = phone.settings.public_origin
    with phone.database.reading() as session:
        return read_presentation(session, text, origin=origin, audience=audience, nonce=nonce)


@pytest.mark.policy("P34")
def test_the_shop_learns_one_word(phone: Program) -> None:
    """Over 60: neither name nor number nor day nor address stands in what it is given."""
    card = hold_card(phone)
    offered = phone.call("GET", f"/certificates/{card}/statements").get_json()["statements"]
    assert offered == {"over_18": True, "over_60": True, "resident_here": True}
    made = state(phone, card)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert told["statements"] == {"over_60": True}
    assert read(phone, told["presentation"]).claims == {"over_60": True}
    for audience, nonce, reason in (
        ("https://other.example", NONCE, DisclosureReason.WRONG_AUDIENCE),
        (SHOP, "another-nonce", DisclosureReason.ALREADY_USED),
    ):
        with pytest.raises(DisclosureRefused) as refused:
            read(phone, told["presentation"], audience, nonce)
        assert refused.value.reason is reason
    with phone.database.reading() as session:
        noted = select(AuditEntry.facts).where(
            AuditEntry.event == "credential.statements_presented"
        )
        assert session.scalars(noted).one() == {"statements": "over_60"}


@pytest.mark.policy("P34", "P39")
def test_two_presentations_have_nothing_in_common(phone: Program) -> None:
    """Verifiers that compare what they got find no key, digest or salt twice."""
    card = hold_card(phone)
    one, other = (read(phone, state(phone, card).get_json()["presentation"]) for _ in range(2))
    assert one.holder_jwk != other.holder_jwk


def test_what_is_not_borne_out_is_refused(phone: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown words, another's certificate, a licence without a day of birth, too many."""
    card = hold_card(phone)
    with phone.database.reading() as session:
        of_licence = select(Certificate.id).where(Certificate.type_id == "driving_licence")
        licence_id = session.scalars(of_licence).one()
    for certificate, words in ((card, ["rich"]), (licence_id, ["over_60"])):
        refused = state(phone, certificate, statements=words)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "statement_not_borne_out")
    assert state(phone, "0" * 26).status_code == 404
    monkeypatch.setattr(presenting, "MADE_PER_HOUR", 0)
    assert state(phone, card).get_json()["code"] == "too_many_presentations"


@pytest.mark.parametrize("language", OFFERED)
def test_the_page_says_what_is_told_and_to_whom(app: Flask, language: str) -> None:
    """Values in words before, the QR and the text after; a fault is said on the page."""
    phone = PhoneBrowser(app)
    phone.sign_in()
    named = {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    phone.post("/m/me/prove/name", "/m/me/prove", **named)
    where = f"/m/show/{hold_card(phone)}/statement"
    assert phone.get(where).headers["Location"] == "/m/show"
    phone.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    page = phone.get(f"{where}?audience={SHOP}&nonce={NONCE}")
    inspect(page)
    assert f'value="{SHOP}"' in page.text
    asked = {"statements": "over_60", "audience": SHOP, "nonce": NONCE}
    for wrong in ({"pin": "602947"}, {"pin": PIN, "nonce": "x"}):
        answer = phone.post(where, where, **{**asked, **wrong})
        assert answer.status_code == 422
        inspect(answer)
    made = phone.post(where, where, pin=PIN, **asked)
    assert made.status_code == 200, made.text
    inspect(made)
    assert re.search(r"readonly>[\w.~-]{600,}</textarea>", made.text)
    assert "阿依古丽" not in made.text
