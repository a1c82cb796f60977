"""One's own phones at a terminal with the identity card: stopped, bound, and nobody else's."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.residents.models import BindingCode
from kiosk_server.visits import own_phones
from kiosk_server.visits.models import Visit
from tests.support.kiosk_person import AYGUL, MEMET, READY, Person, ready_terminal
from tests.support.phone import Program
from tests.support.terminal_client import database_of

ROW = "/kiosk/notice?errand=own_phones"
OWN = "/kiosk/phones"
SLIP = "/kiosk/phones/code/slip"
_CODE = re.compile(r'code-figure num" data-private>(\d{4}) (\d{4})<')


def at_own_phones(person: Person, card: dict[str, str] = AYGUL) -> Person:
    """Choose the row, agree, place *card*."""
    person.open("/kiosk/services")
    while ROW not in person.answer.text:
        person.open(re.findall(r'href="(/kiosk/services\?[^"]+)"', person.answer.text)[0])
    person.open(ROW).touch("/kiosk/notice")
    assert person.path == "/kiosk/card"
    return person.place_card(card)


def code_on(person: Person) -> str:
    """Let the terminal make a code, and read it off the screen."""
    person.touch("/kiosk/phones/code")
    found = _CODE.search(person.answer.text)
    assert found, person.path
    return "".join(found.groups())


def bound(person: Person, number: str, code: str) -> Program:
    """A phone that was signed in by *number* and typed *code*."""
    phone = Program(person.terminal.app, number).sign_in()
    answer = phone.call("POST", "/me/binding-codes", json={"code": code})
    assert answer.status_code == 200, answer.text
    return phone


def audited(person: Person, event: str) -> list[AuditEntry]:
    """What the audit says of *event*."""
    with database_of(person.terminal.app).reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.event == event)))


@pytest.mark.policy("P44")
def test_a_lost_phone_is_stopped_and_a_new_one_bound(person_on_both: Person) -> None:
    """With the card alone: the lost phone is out at once, the new one in at the surest level."""
    person = person_on_both
    at_own_phones(person.start())
    assert person.path == OWN
    lost = bound(person, "13800000001", code_on(person))
    assert lost.call("GET", "/me").status_code == 200
    person.open(OWN)
    assert "1 部" in person.answer.text
    person.open("/kiosk/phones/stop").touch("/kiosk/phones/stop")
    assert "已经停用 1 部手机" in person.answer.text
    assert lost.call("GET", "/me").status_code == 401
    new = bound(person, "13800000002", code_on(person))
    assert new.call("GET", "/me").get_json()["level"] == "card"
    [stopped] = audited(person, "account.phones_stopped")
    assert stopped.terminal_id == person.terminal.id
    assert len(audited(person, "account.binding_code_made")) == 2


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(person: Person, language: str) -> None:
    """From the row to the code, each page passes the inspection in the language of the visit."""
    at_own_phones(person.start(language))
    bound(person, "13800000001", code_on(person))
    person.open("/kiosk/phones/code").open(OWN).open("/kiosk/phones/stop")
    person.touch("/kiosk/phones/stop")
    assert person.path == OWN


@pytest.mark.policy("P44")
def test_a_card_that_was_read_for_a_service_opens_no_account(person: Person) -> None:
    """Whoever finds a visit left open is asked for the card again, and for the same person's."""
    person.start().agree("SAMPLE-RS-01").place_card(AYGUL)
    person.open(ROW).touch("/kiosk/notice")
    for page in (OWN, "/kiosk/phones/stop", "/kiosk/phones/code"):
        assert person.open(page).path == "/kiosk/card", page
    refused = person.read_card(MEMET)
    assert refused.get_json()["code"] == "not_this_card"
    assert person.open("/kiosk/card").place_card(AYGUL).path == OWN


def test_no_page_opens_without_the_errand(person: Person) -> None:
    """Before agreeing the pages lead to the services, and after another service was chosen too."""
    person.start()
    assert person.open(OWN).path == "/kiosk/services"
    at_own_phones(person)
    person.agree("SAMPLE-RS-01")
    assert not person.open(OWN).path.startswith(OWN)
    assert not person.open("/kiosk/phones/code").path.startswith(OWN)


@pytest.mark.policy("P52")
def test_nothing_of_it_stays_when_the_visit_ends(person: Person) -> None:
    """The code is on no page and in no row after the end, and in no address before it."""
    at_own_phones(person.start())
    code = code_on(person)
    assert code not in person.path
    person.touch("/kiosk/end")
    person.start()
    assert person.open("/kiosk/phones/code").path == "/kiosk/services"
    with database_of(person.terminal.app).reading() as session:
        assert all(row.draft_sealed is None for row in session.query(Visit) if row.ended_at)
        assert all(code not in row.code_index for row in session.query(BindingCode))
    assert all(code not in json.dumps(row.facts) for row in audited_all(person))


def audited_all(person: Person) -> list[AuditEntry]:
    """Every entry of the audit."""
    with database_of(person.terminal.app).reading() as session:
        return list(session.scalars(select(AuditEntry)))


def test_the_code_is_printed_once_where_a_slip_comes_out(person: Person) -> None:
    """One slip a code: digits, address behind `#`, until when; nobody's name."""
    at_own_phones(person.start())
    code = code_on(person)
    person.touch(SLIP)
    assert "凭条正在打印" in person.answer.text
    [want] = person.wants()
    slip = person.document(want["job"]).decode()
    assert code in slip
    assert f"/m/me/prove#{code}" in slip
    assert "阿依古丽" not in slip
    assert SLIP not in person.answer.text
    code_on(person.open(OWN))
    assert SLIP in person.answer.text


def test_a_code_lapses_and_is_drawn_a_few_times_only(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lapsed code is shown no more; one too many in a visit is refused in words."""
    monkeypatch.setattr(own_phones, "MOST_CODES_A_VISIT", 2)
    at_own_phones(person.start())
    for _ in range(2):
        code_on(person.open(OWN))
    person.open(OWN).touch("/kiosk/phones/code")
    assert not _CODE.search(person.answer.text)
    later = clock.now() + timedelta(minutes=6)
    person.open("/kiosk/phones/code")
    with database_of(person.terminal.app).unit_of_work() as session:
        visit = session.query(Visit).one()
        visit.last_seen_at = later
    monkeypatch.setattr(clock, "now", lambda: later)
    assert person.open("/kiosk/phones/code").path == OWN


def test_without_a_reader_the_row_says_so(person: Person) -> None:
    """Nobody agrees to a reading that cannot be: the row is closed and its address leads back."""
    away = {**READY[0], "condition": "absent", "troubles": ["offline"]}
    ready_terminal(person.terminal, [away, *READY[1:]])
    person.start()
    assert person.open(ROW).path == "/kiosk/services"
    assert ROW not in person.answer.text
