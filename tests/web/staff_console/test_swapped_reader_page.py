"""The page on which two people accept another reader, and who may not."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import kiosk_server.web
from kiosk_server.audit.models import AuditEntry
from kiosk_server.terminals.reader_life import ReaderState
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, account, database_of, seed
from tests.support.terminal_client import API, SignedTerminal

LOCALES = Path(kiosk_server.web.__file__).parent / "locales"
SAM, OTHER = "05.03-20180101-0000123456-0987654321", "05.03-20210601-0000654321-0123456789"


def tells(terminal: SignedTerminal, sam_id: str) -> None:
    """The terminal says which reader it reads with."""
    device = {
        "kind": "id_reader", "condition": "ready", "troubles": [], "details": {"sam_id": sam_id}
    }  # fmt: skip
    answer = terminal.post(f"{API}/states", json_body={"version": 1, "devices": [device]})
    assert answer.status_code == 200


@pytest.fixture
def swapped(app: Flask) -> SignedTerminal:
    """A terminal of the township whose reader was swapped."""
    seed(app)
    terminal = SignedTerminal(app, site_id="songtake")
    tells(terminal, SAM)
    tells(terminal, OTHER)
    return terminal


def page_of(person: StaffBrowser, terminal: SignedTerminal) -> str:
    """The terminal's page, in which nothing is wrong."""
    answer = person.get(f"/staff/terminals/{terminal.id}")
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def does(
    person: StaffBrowser, terminal: SignedTerminal, verb: str, sam_id: str = OTHER
) -> TestResponse:
    """Press a button of the panel."""
    page = f"/staff/terminals/{terminal.id}"
    return person.post(f"{page}/reader/{verb}", page, sam_id=sam_id)


def audited(app: Flask, event: str) -> list[AuditEntry]:
    """Audit entries of one event."""
    with database_of(app).reading() as session:
        return list(session.query(AuditEntry).filter_by(event=event).order_by(AuditEntry.id))


def verbs_on(page: str) -> list[str]:
    """The buttons of the panel, in order."""
    return re.findall(r"/reader/(\w+)\"", page)


def test_no_panel_while_the_accepted_reader_is_there(app: Flask) -> None:
    """A terminal with its own reader asks nothing of anybody."""
    seed(app)
    terminal = SignedTerminal(app)
    tells(terminal, SAM)
    assert verbs_on(page_of(StaffBrowser(app).sign_in("weihu"), terminal)) == []


def test_two_technicians_accept_a_reader(app: Flask, swapped: SignedTerminal) -> None:
    """One proposes, sees that another must confirm, and the other does; the panel is gone."""
    first, second = StaffBrowser(app).sign_in("weihu"), StaffBrowser(app).sign_in("songtake")
    page = page_of(first, swapped)
    assert verbs_on(page) == ["propose", "refuse"]
    assert "换了读卡器，要两个人确认" in page
    assert {SAM, OTHER} <= set(re.findall(r"05\.03-[\d-]+", page))
    assert does(first, swapped, "propose").status_code == 303
    page = page_of(first, swapped)
    assert verbs_on(page) == ["refuse"]
    assert "请另一位有权限的同事来确认" in page
    page = page_of(second, swapped)
    assert verbs_on(page) == ["confirm", "refuse"]
    assert account("weihu").name in page
    assert does(second, swapped, "confirm").status_code == 303
    assert verbs_on(page_of(second, swapped)) == []
    accepted = audited(app, "terminal.reader_accepted")[-1]
    assert accepted.actor_id != accepted.facts["proposed_by"]


def test_the_same_person_twice_is_refused(app: Flask, swapped: SignedTerminal) -> None:
    """Without the button it is refused all the same, in words."""
    technician = StaffBrowser(app).sign_in("weihu")
    does(technician, swapped, "propose")
    answer = does(technician, swapped, "confirm")
    assert answer.status_code == 403
    assert "提出的人不能自己确认" in answer.text


def test_a_page_that_is_out_of_date_decides_nothing(app: Flask, swapped: SignedTerminal) -> None:
    """A confirmation of a reader that is no longer there admits nobody."""
    first, second = StaffBrowser(app).sign_in("weihu"), StaffBrowser(app).sign_in("songtake")
    does(first, swapped, "propose")
    tells(swapped, "05.03-20220101-0000999999-0000000001")
    answer = does(second, swapped, "confirm")
    assert answer.status_code == 409
    assert "读卡器又换了" in answer.text


def test_without_the_right_nothing_is_offered_or_done(app: Flask, swapped: SignedTerminal) -> None:
    """Who may only look sees the panel without buttons; trying is refused and audited."""
    looker = StaffBrowser(app).sign_in("guanli")
    page = page_of(looker, swapped)
    assert "还没有人确认" in page
    assert verbs_on(page) == []
    assert does(looker, swapped, "propose").status_code == 403
    assert audited(app, "staff.refused")[-1].facts["right"] == "readers.accept"


def test_a_technician_of_another_place_sees_no_such_terminal(app: Flask) -> None:
    """The right ends with one's division."""
    seed(app)
    elsewhere = SignedTerminal(app)
    tells(elsewhere, SAM)
    tells(elsewhere, OTHER)
    township = StaffBrowser(app).sign_in("songtake")
    answer = township.post(
        f"/staff/terminals/{elsewhere.id}/reader/propose", "/staff/", sam_id=OTHER
    )
    assert answer.status_code == 404


def test_both_languages(app: Flask, swapped: SignedTerminal) -> None:
    """The panel speaks English to who chose it."""
    technician = StaffBrowser(app).sign_in("weihu")
    technician.post("/staff/language", f"/staff/terminals/{swapped.id}", language="en")
    page = page_of(technician, swapped)
    assert "another card reader that nobody has accepted" in page


def test_the_panel_has_the_same_words_in_both_languages() -> None:
    """Every state and verb that the panel can show is worded, in Chinese and in English."""
    kept = [
        (LOCALES / language / "readers.ftl").read_text(encoding="utf-8")
        for language in ("zh", "en")
    ]
    worded = [
        {line.partition(" = ")[0] for line in text.splitlines() if " = " in line} for text in kept
    ]
    assert worded[0] == worded[1]
    shown = (*(set(ReaderState) - {ReaderState.ACCEPTED}), "propose", "confirm", "refuse")
    assert {f"staff-reader-{each}" for each in shown} <= worded[0]
