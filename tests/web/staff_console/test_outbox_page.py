"""What goes out of the house: seen by lane, sent again, settled, and by whom."""

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core.errors import Unavailable
from kiosk_server.outbox.dispatcher import Dispatcher, OutcomeUnknown
from kiosk_server.outbox.lanes import DEPARTMENTS, MESSAGES
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.services import emit
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/outbox"


def lose(_: None, letter: Letter) -> None:
    """Send, and lose the answer."""
    raise OutcomeUnknown("message_answer_lost")


def be_away(_: None, letter: Letter) -> None:
    """Give no answer at all."""
    raise Unavailable("departments_silent")


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """Somebody who keeps the machines alive."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def lost(app: Flask) -> str:
    """A short message whose answer was lost; a report waits for a department that is away."""
    database = database_of(app)
    with database.unit_of_work() as session:
        letter = emit(session, "letter", {"code": "c-1"}, lane=MESSAGES)
        emit(session, "report", {"use": "u-1"}, lane=DEPARTMENTS)
    hands = Dispatcher(database, {"letter": lose, "report": be_away}, None)
    assert hands.work(go_on=lambda: True)
    return letter


def state(app: Flask, letter: str) -> str:
    with database_of(app).reading() as session:
        return session.get_one(OutboxMessage, letter).state


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_waits_and_what_wants_a_person(
    app: Flask, technician: StaffBrowser, lost: str, language: str
) -> None:
    """Each lane with what waits in it; what nobody knows first, with its three ways on."""
    technician.post("/staff/language", HERE, language=language, next=HERE)
    page = technician.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    names = {"zh": ("短信", "部门共享服务"), "en": ("Short messages", "sharing service")}
    assert all(name in page.text for name in names[language])
    assert page.text.count(f"{HERE}/{lost}/") == 2
    assert "c-1" in page.text
    assert "message_answer_lost" in page.text


@pytest.mark.parametrize(
    ("deed", "fields", "after", "event"),
    [
        ("again", {}, "ready", "outbox.retried"),
        ("settle", {"found": "done"}, "done", "outbox.settled"),
        ("settle", {"found": "dropped"}, "dropped", "outbox.settled"),
    ],
)
def test_each_way_on_is_gone_once_and_says_by_whom(
    app: Flask,
    technician: StaffBrowser,
    lost: str,
    deed: str,
    fields: dict[str, str],
    after: str,
    event: str,
) -> None:
    """The second touch finds it settled; the page tells who did what."""
    assert technician.post(f"{HERE}/{lost}/{deed}", HERE, **fields).status_code == 303
    assert state(app, lost) == after
    assert technician.post(f"{HERE}/{lost}/{deed}", HERE, **fields).status_code == 409
    with database_of(app).reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == event)).one()
    assert entry.actor_kind == "staff"
    assert "测试" in technician.get(HERE).text.split("outbox-past")[1]


def test_what_is_found_out_is_one_of_two(technician: StaffBrowser, lost: str) -> None:
    """Anything else is refused with a sentence."""
    assert technician.post(f"{HERE}/{lost}/settle", HERE, found="perhaps").status_code == 422


@pytest.mark.parametrize(("login", "sees"), [("guanli", 200), ("chuangkou", 403)])
def test_who_may_not_act_has_no_buttons(app: Flask, lost: str, login: str, sees: int) -> None:
    """An administrator sees and does not act; a clerk does not see."""
    seed(app)
    browser = StaffBrowser(app).sign_in(login)
    page = browser.get(HERE)
    assert page.status_code == sees
    assert f"{HERE}/{lost}/" not in page.text
    assert browser.post(f"{HERE}/{lost}/again", "/staff/menu").status_code == 403
    assert state(app, lost) == "unknown"
