"""One's own phone at a terminal (一码办事): both ways, as a rung of the ladder, and the attacks."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.residents.models import AccountPhone
from kiosk_server.visits.models import PhonePass, Visit
from kiosk_server.visits.pass_life import PATH, PassErrand
from kiosk_server.visits.terminal_passes import ask_phone
from tests.support.kiosk_person import AYGUL, Person
from tests.support.ladder import counted, offered
from tests.support.one_code import (
    claimed,
    number_on,
    phone_of,
    scan,
    scanning,
    seen,
    shown_by,
)
from tests.support.phone import MEMET, Program
from tests.support.terminal_client import SignedTerminal, database_of

PAGE = "/kiosk/one-code"
TAKES_PHONE = "SAMPLE-RS-01"


@pytest.fixture
def phone(counter: Flask) -> Program:
    """Aygul's phone."""
    return phone_of(counter)


@pytest.fixture
def before(person: Person) -> Person:
    """A person at the page of the phone, before a terminal with a scanner."""
    scanning(person.terminal)
    return person.start().agree(TAKES_PHONE).open(PAGE)


def token_on(person: Person) -> str:
    """The token in the code of the screen, read where a camera cannot: it is drawn."""
    with database_of(person.terminal.app).unit_of_work() as session:
        wanted = select(Visit).where(
            Visit.terminal_id == person.terminal.id, Visit.ended_at.is_(None)
        )
        return ask_phone(session, session.scalars(wanted).one(), PassErrand.SIGN_IN).token


def events(person: Person) -> list[str]:
    """What the audit holds, by event."""
    with database_of(person.terminal.app).reading() as session:
        return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def assurance(person: Person) -> str:
    """What the terminal's visit is known by."""
    with database_of(person.terminal.app).reading() as session:
        visits = select(Visit).where(Visit.terminal_id == person.terminal.id)
        return session.scalars(visits.order_by(Visit.id.desc())).first().assurance  # type: ignore[union-attr]


@pytest.mark.policy("P44")
def test_the_code_of_the_phone_signs_in_at_the_terminal(before: Person, phone: Program) -> None:
    """Held to the scanner and one touch: the way goes on, and the phone says where and when."""
    shown = shown_by(phone)
    answer = scan(before, shown["address"])
    assert (answer.status_code, answer.get_json()["purpose"]) == (201, "sign_in")
    before.open(PAGE)
    assert "测试·阿依古丽" not in before.answer.text
    told = seen(phone, shown["id"])
    assert told["state"] == "confirmed"
    assert told["terminal"]["id"] == before.terminal.id  # type: ignore[index]
    assert f"手机上的数字是 {told['number']}" in before.answer.text
    before.touch("/kiosk/one-code/finish")
    assert not before.path.startswith("/kiosk/card")
    assert assurance(before) == "phone"
    assert seen(phone, shown["id"])["state"] == "done"
    assert "visit.identity_by_phone" in events(before)


@pytest.mark.policy("P44")
def test_the_code_of_the_terminal_is_confirmed_on_the_phone(before: Person, phone: Program) -> None:
    """Both screens show one number; the phone confirms, and then whoever stands there."""
    claim = claimed(phone, token_on(before))
    assert claim.status_code == 200, claim.text
    told = claim.get_json()
    assert (told["state"], told["errand"]) == ("claimed", "sign_in")
    assert number_on(before.open(PAGE)) == told["number"]
    assert before.terminal.get("/kiosk/one-code/state").get_json() == {"version": "claimed"}
    assert phone.call("POST", f"/terminal-passes/{told['id']}/confirmation").status_code == 200
    before.open(PAGE).touch("/kiosk/one-code/finish")
    assert assurance(before) == "phone"


@pytest.mark.policy("P44", "P39")
def test_nothing_says_afterwards_where_a_phone_was(before: Person, phone: Program) -> None:
    """When the visit ends the pass names no terminal, no place and no visit any more."""
    shown = shown_by(phone)
    scan(before, shown["address"])
    before.open(PAGE).touch("/kiosk/one-code/finish").touch("/kiosk/end")
    assert seen(phone, shown["id"])["terminal"] is None
    with database_of(before.terminal.app).reading() as session:
        for row in session.scalars(select(PhonePass)):
            assert (row.visit_id, row.terminal_id, row.site_id) == (None, None, None)


@pytest.mark.policy("P44")
def test_not_me_ends_the_visit_that_a_code_opened(before: Person, phone: Program) -> None:
    """Whoever photographed the code loses what it opened as soon as its holder says so."""
    shown = shown_by(phone)
    scan(before, shown["address"])
    before.open(PAGE).touch("/kiosk/one-code/finish")
    denied = phone.call("POST", f"/terminal-passes/{shown['id']}/denial")
    assert denied.get_json()["state"] == "denied"
    assert before.terminal.get("/kiosk/one-code/state").get_json()["version"] == "over"
    assert "visit.pass_denied" in events(before)


def test_not_me_at_the_terminal_tells_the_phone(before: Person, phone: Program) -> None:
    """Who stands there and is somebody else says so: nobody is signed in, and it is counted."""
    shown = shown_by(phone)
    scan(before, shown["address"])
    before.open(PAGE).touch("/kiosk/one-code/refuse")
    assert before.path == "/kiosk/another-way"
    assert seen(phone, shown["id"])["state"] == "denied"
    assert assurance(before) == "none"
    assert counted(before.terminal.app)["own_phone", "denied"] == 1


@pytest.mark.policy("P44")
def test_a_code_serves_once_and_at_one_terminal(
    before: Person, phone: Program, counter: Flask
) -> None:
    """Replayed at another terminal, even before the first touch, it is used."""
    shown = shown_by(phone)
    assert scan(before, shown["address"]).status_code == 201
    other = Person(scanning(SignedTerminal(counter)))
    other.start().agree(TAKES_PHONE).open(PAGE)
    refused = scan(other, shown["address"])
    assert refused.get_json()["code"] == "pass_used"
    other.open(f"{PAGE}?scan=pass_used")
    assert "这个码已经用过了" in other.answer.text
    assert "visit.pass_refused" in events(before)


def test_a_phone_is_at_one_terminal(before: Person, phone: Program, counter: Flask) -> None:
    """Signed in at a second terminal, the visit at the first has ended."""
    first, other = before, Person(scanning(SignedTerminal(counter)))
    scan(first, shown_by(phone)["address"])
    first.open(PAGE).touch("/kiosk/one-code/finish")
    other.start().agree(TAKES_PHONE).open(PAGE)
    scan(other, shown_by(phone)["address"])
    other.open(PAGE).touch("/kiosk/one-code/finish")
    assert assurance(other) == "phone"
    assert first.terminal.get("/kiosk/one-code/state").get_json()["version"] == "over"


@pytest.mark.policy("P44")
def test_a_forced_code_opens_nothing(before: Person, phone: Program, counter: Flask) -> None:
    """Fixation: a code sent to a victim is claimed by one phone, and needs a touch at both ends."""
    token = token_on(before)
    thief = phone_of(counter, MEMET, "13800000002")
    told = claimed(phone, token).get_json()
    assert claimed(thief, token).get_json()["code"] == "pass_taken"
    stolen = thief.call("POST", f"/terminal-passes/{told['id']}/confirmation")
    assert (stolen.status_code, stolen.get_json()["code"]) == (404, "pass_not_found")
    # The terminal alone does not go on without the phone's word, and the phone is told where.
    before.open(PAGE)
    address, fields = "/kiosk/one-code/finish", before.form("/kiosk/one-code/refuse")[1]
    assert before.terminal.post(address, form=fields).status_code == 409
    assert told["terminal"]["id"] == before.terminal.id
    assert phone.call("POST", f"/terminal-passes/{told['id']}/denial").status_code == 200
    assert assurance(before) == "none"


def test_a_code_dies_with_its_visit(before: Person, phone: Program) -> None:
    """After the visit its code is nobody's to claim, and a claimed one cannot be confirmed."""
    token = token_on(before)
    told = claimed(phone, token).get_json()
    before.touch("/kiosk/end")
    late = phone.call("POST", f"/terminal-passes/{told['id']}/confirmation")
    assert (late.status_code, late.get_json()["code"]) == (409, "pass_over")
    assert claimed(phone, token).get_json()["code"] == "pass_over"


@pytest.mark.policy("P44")
def test_another_persons_phone_does_not_stand_in(before: Person, counter: Flask) -> None:
    """Once a card was read here only the same person's phone serves."""
    thief = phone_of(counter, MEMET, "13800000002")
    before.agree("SAMPLE-GJJ-01").place_card(AYGUL).open(PAGE)
    assert scan(before, shown_by(thief)["address"]).get_json()["code"] == "pass_not_yours"
    refused = claimed(thief, token_on(before))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "pass_not_yours")


def test_a_lapsed_code_a_foreign_address_and_a_proof_open_nothing(
    before: Person, phone: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too old, of another house, made up, or a terminal's own: each is refused in words."""
    shown, own = shown_by(phone), token_on(before)
    for text, code in (
        (f"https://elsewhere.example{PATH}{shown['token']}", "scan_not_fitting"),
        (shown["address"][:-1] + ("A" if shown["address"][-1] != "A" else "B"), "pass_unknown"),
        (shown["address"].replace(shown["token"], own), "pass_unknown"),
    ):
        assert scan(before.open(PAGE), text).get_json()["code"] == code
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert scan(before.open(PAGE), shown["address"]).get_json()["code"] == "pass_over"


def test_a_phone_that_was_stopped_signs_nobody_in(before: Person, phone: Program) -> None:
    """Lost and stopped after its code was scanned: the last touch opens nothing."""
    scan(before, shown_by(phone)["address"])
    with database_of(before.terminal.app).unit_of_work() as session:
        session.scalars(select(AccountPhone)).one().ended_at = clock.now()
    before.open(PAGE).touch("/kiosk/one-code/finish")
    assert assurance(before) == "none"


def test_without_pin_or_name_no_code_is_made(counter: Flask) -> None:
    """Whoever finds a phone needs its PIN; a number alone is nobody."""
    nameless = Program(counter, "13800000003").sign_in()
    refused = nameless.call("POST", "/terminal-passes", json={})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "level_too_low")
    assert nameless.prove(MEMET).status_code == 200
    refused = nameless.call("POST", "/terminal-passes", json={})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "pin_needed")


@pytest.mark.policy("P16")
def test_the_phone_is_a_rung_of_the_ladder(person: Person) -> None:
    """Offered where the item takes a phone, just after the card; the window is at the end."""
    person.start().agree(TAKES_PHONE).open("/kiosk/another-way")
    ways = offered(person)
    assert ways[:2] == ["/kiosk/card", PAGE]
    assert ways[-1].startswith("/kiosk/window")
    person.agree("SAMPLE-ZR-01").open("/kiosk/another-way")
    assert PAGE not in offered(person)


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(
    person: Person, phone: Program, language: str
) -> None:
    """Code, number and name pass the inspection in the language of the visit."""
    scanning(person.terminal)
    person.start(language).agree(TAKES_PHONE).open(PAGE)
    told = claimed(phone, token_on(person)).get_json()
    person.open(PAGE)
    phone.call("POST", f"/terminal-passes/{told['id']}/confirmation")
    person.open(PAGE).touch("/kiosk/one-code/finish")
    assert assurance(person) == "phone"


def test_no_token_stands_in_an_address_or_in_the_audit(before: Person, phone: Program) -> None:
    """The terminal's pages, its log and the audit hold no token of either end."""
    shown, own = shown_by(phone), token_on(before)
    scan(before.open(PAGE), shown["address"])
    with database_of(before.terminal.app).reading() as session:
        facts = [json.dumps(row.facts) for row in session.scalars(select(AuditEntry))]
        digests = list(session.scalars(select(PhonePass.token_digest)))
    for token in (shown["token"], own):
        assert token not in before.path
        assert token not in before.answer.text
        assert all(token not in told for told in facts)
        assert token not in digests
