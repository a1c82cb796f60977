"""A member of staff stands in for a card: both ends are needed, and nobody else can be either."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.clock import BEIJING
from kiosk_server.settings import Settings
from kiosk_server.visits.models import HelpRequest, Visit
from tests.support.first_rows import seed
from tests.support.inspect_page import faults_of
from tests.support.kiosk_person import AYGUL, MEMET, Person, ready_terminal
from tests.support.ladder import counted, help_code, offered
from tests.support.staff_browser import StaffBrowser, database_of
from tests.support.staff_browser import seed as seed_staff
from tests.support.terminal_client import SignedTerminal

FUND, INSURANCE = "SAMPLE-GJJ-01", "SAMPLE-RS-01"
A_WORKDAY = datetime(2026, 11, 20, 11, 0, tzinfo=BEIJING)
HELP = "/staff/help"


@pytest.fixture
def person(app: Flask, settings: Settings) -> Iterator[Person]:
    """A person before a terminal of the city's centre, on a workday."""
    seed(database_of(app), settings)
    seed_staff(app)
    with clock.frozen(A_WORKDAY):
        yield Person(ready_terminal(SignedTerminal(app)))


@pytest.fixture
def clerk(app: Flask, person: Person) -> StaffBrowser:
    """A clerk of the city, signed in on his phone."""
    return StaffBrowser(app).sign_in("chuangkou")


def asks(person: Person, item: str = FUND) -> str:
    """The person comes without a card and asks for staff; the number on the screen."""
    person.start().agree(item).open("/kiosk/helper").touch("/kiosk/helper")
    return help_code(person)


def takes(clerk: StaffBrowser, code: str) -> str:
    """The clerk types the number; the address of the request."""
    answer = clerk.post(HELP, HELP, code=code)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def confirms(clerk: StaffBrowser, at: str, card: dict[str, str], **other: str) -> int:
    """The clerk types what the document says; the status of the answer."""
    fields = {"kind": "resident", "name": card["name"], "number": card["number"], "valid": "yes"}
    return clerk.post(f"{at}/confirm", HELP, **{**fields, **other}).status_code


def codes_refused(app: Flask) -> list[object]:
    """Why help was refused, in order."""
    with database_of(app).reading() as session:
        found = select(AuditEntry).where(AuditEntry.event == "visit.help_refused")
        return [row.facts["code"] for row in session.scalars(found.order_by(AuditEntry.id))]


@pytest.mark.policy("P19")
def test_staff_and_person_together_stand_in_for_a_card(
    app: Flask, person: Person, clerk: StaffBrowser
) -> None:
    """Number, document, the person's own word: then the case is decided, and says who helped."""
    at = takes(clerk, asks(person))
    assert "工作人员正在核对" in person.open("/kiosk/helper").answer.text
    page = clerk.get(at)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    assert confirms(clerk, at, AYGUL) == 303
    assert AYGUL["number"] not in clerk.get(at).text
    assert AYGUL["name"] not in clerk.get(at).text
    person.open("/kiosk/helper")
    assert "*" in person.answer.text
    assert AYGUL["name"] not in person.answer.text
    person.touch("/kiosk/helper/agree")
    assert person.path == "/kiosk/deciding"
    assert person.touch("/kiosk/deciding").path == "/kiosk/decision"
    with database_of(app).reading() as session:
        [visit], [asked] = session.scalars(select(Visit)), session.scalars(select(HelpRequest))
        assert visit.assurance == "helped"
        assert asked.staff_id is not None
        events = select(AuditEntry.event).where(AuditEntry.event.startswith("visit.help"))
        assert sorted(session.scalars(events)) == [
            "visit.help_agreed",
            "visit.help_asked",
            "visit.help_confirmed",
            "visit.help_taken",
        ]


def test_staff_stand_in_for_the_second_proof(person: Person, clerk: StaffBrowser) -> None:
    """Where no code and no comparison is to be had, the same help finishes what a card began."""
    person.start().agree(INSURANCE).place_card(MEMET)
    person.open("/kiosk/another-way").open("/kiosk/helper").touch("/kiosk/helper")
    at = takes(clerk, help_code(person))
    assert confirms(clerk, at, AYGUL) == 422
    assert confirms(clerk, at, MEMET) == 303
    person.open("/kiosk/helper").touch("/kiosk/helper/agree")
    assert person.path == "/kiosk/deciding"


def test_a_code_opens_one_request_once(app: Flask, person: Person, clerk: StaffBrowser) -> None:
    """The code of a request that was taken is worth nothing to anybody."""
    code = asks(person)
    takes(clerk, code)
    assert clerk.post(HELP, HELP, code=code).status_code == 422
    assert codes_refused(app) == ["help_code_unknown"]


def test_a_clerk_of_elsewhere_is_refused(app: Flask, person: Person) -> None:
    """A township's clerk cannot confirm at the city's centre, nor look into another's request."""
    code = asks(person)
    elsewhere = StaffBrowser(app).sign_in("songtake")
    assert elsewhere.post(HELP, HELP, code=code).status_code == 422
    at = takes(StaffBrowser(app).sign_in("chuangkou"), code)
    assert elsewhere.get(at).status_code == 404
    assert confirms(elsewhere, at, AYGUL) == 404


def test_who_has_no_right_is_refused(app: Flask, person: Person) -> None:
    """A technician confirms nobody."""
    code = asks(person)
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(HELP).status_code == 403
    assert technician.post(HELP, "/staff/", code=code).status_code == 403


def test_codes_cannot_be_guessed(app: Flask, person: Person, clerk: StaffBrowser) -> None:
    """After ten wrong numbers in an hour not even the right one opens anything."""
    code = asks(person)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(10):
        assert clerk.post(HELP, HELP, code=wrong).status_code == 422
    assert "一小时后" in clerk.post(HELP, HELP, code=code).text
    assert codes_refused(app)[-1] == "too_many_help_codes"


def test_after_the_visit_nothing_can_be_confirmed(
    app: Flask, person: Person, clerk: StaffBrowser
) -> None:
    """A code dies with its visit, before and after it was taken."""
    code = asks(person)
    person.touch("/kiosk/end")
    assert clerk.post(HELP, HELP, code=code).status_code == 422
    at = takes(clerk, asks(person))
    person.touch("/kiosk/end")
    assert confirms(clerk, at, AYGUL) == 422
    assert "群众已经离开" in clerk.get(at).text
    with database_of(app).reading() as session:
        assert {visit.resident_id for visit in session.scalars(select(Visit))} == {None}


def test_time_runs_out(person: Person, clerk: StaffBrowser) -> None:
    """Ten minutes after it was drawn a code opens nothing; the person can ask for another."""
    code = asks(person)
    for minutes in range(1, 11):
        with clock.frozen(A_WORKDAY + timedelta(minutes=minutes)):
            person.open("/kiosk/helper")
    with clock.frozen(A_WORKDAY + timedelta(minutes=10, seconds=5)):
        person.open("/kiosk/helper")
        assert "过期了" in person.answer.text
        assert clerk.post(HELP, HELP, code=code).status_code == 422


def test_the_person_has_the_last_word(app: Flask, person: Person, clerk: StaffBrowser) -> None:
    """Who says that it is somebody else is known by nothing, and is shown another way."""
    at = takes(clerk, asks(person))
    confirms(clerk, at, AYGUL)
    person.open("/kiosk/helper").touch("/kiosk/helper/deny")
    assert "刚才核对的不是您" in person.page.h1[0]
    assert offered(person)
    assert counted(app) == {("staff", "denied"): 1}
    assert person.open("/kiosk/deciding").path == "/kiosk/card"


def test_nobody_came(app: Flask, person: Person) -> None:
    """Waiting has an end: another way is shown and it is counted; the window stays open."""
    asks(person)
    person.touch("/kiosk/helper/leave")
    assert person.path == "/kiosk/another-way"
    assert counted(app) == {("staff", "nobody_came"): 1}
    assert offered(person)[-1].startswith("/kiosk/window")


def test_a_document_is_checked(person: Person, clerk: StaffBrowser) -> None:
    """A number that fails its check digit, a missing name and an unlooked-at person are refused."""
    at = takes(clerk, asks(person))
    assert confirms(clerk, at, AYGUL, number="653001199003070021") == 422
    assert confirms(clerk, at, AYGUL, name=" ") == 422
    assert confirms(clerk, at, AYGUL, valid="") == 422
    answer = clerk.post(f"{at}/decline", at)
    assert answer.status_code == 303
    assert "没有核对成" in person.open("/kiosk/helper").page.h1[0]
    person.open("/kiosk/helper?again=yes").touch("/kiosk/helper")
    assert re.fullmatch(r"\d{6}", help_code(person))
