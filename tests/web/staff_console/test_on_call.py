"""The on-call lists in the console."""

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.upkeep.models import OnCallDuty
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

CITY, TOWN = "653001", "653001101"
PAGE = "/staff/on-call"


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


def page_of(browser: StaffBrowser) -> str:
    """The page of the lists, in which nothing is wrong."""
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def duties(app: Flask) -> list[OnCallDuty]:
    """Every duty there is."""
    with database_of(app).reading() as session:
        return list(session.scalars(select(OnCallDuty)))


@pytest.mark.policy("P53")
def test_put_on_and_taken_off(app: Flask, technician: StaffBrowser) -> None:
    """Somebody stands on the list with his number masked, until he is taken off; both audited."""
    assert "不会通知任何人" in page_of(technician)
    form = {"division": TOWN, "login": "songtake", "phone": "139 0000 0002", "rank": "1"}
    assert technician.post(PAGE, PAGE, **form).status_code == 303
    page = page_of(technician)
    assert "139****0002" in page
    assert "13900000002" not in page
    assert technician.post(PAGE, PAGE, **form).status_code == 409
    [duty] = duties(app)
    assert technician.post(f"{PAGE}/{duty.id}/remove", PAGE).status_code == 303
    assert duties(app) == []
    with database_of(app).reading() as session:
        wanted = select(AuditEntry.event).where(AuditEntry.event.like("upkeep.on_call%"))
        assert list(session.scalars(wanted.order_by(AuditEntry.id))) == [
            "upkeep.on_call_entered",
            "upkeep.on_call_removed",
        ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"division": ""}, "请选一个片区"),
        ({"division": "110000"}, "请选一个片区"),
        ({"login": "nobody"}, "没有这个账号"),
        ({"phone": "12345"}, "请填 11 位手机号"),
        ({"rank": "many"}, "请填 1 到 99"),
    ],
)
def test_faulty_form_is_told(
    app: Flask, technician: StaffBrowser, wrong: dict[str, str], told: str
) -> None:
    """What is wrong is said at its field, and nobody is put on the list."""
    form = {"division": CITY, "login": "weihu", "phone": "13900000001", "rank": "1"}
    answer = technician.post(PAGE, PAGE, **{**form, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert duties(app) == []


def test_a_township_keeps_its_own_list(app: Flask, technician: StaffBrowser) -> None:
    """Its technician neither sees the city's list nor changes it."""
    form = {"division": CITY, "login": "weihu", "phone": "13900000001", "rank": "1"}
    technician.post(PAGE, PAGE, **form)
    township = StaffBrowser(app).sign_in("songtake")
    assert "139****0001" not in page_of(township)
    assert township.post(PAGE, PAGE, **form).status_code == 422
    [duty] = duties(app)
    assert township.post(f"{PAGE}/{duty.id}/remove", PAGE).status_code == 404
    assert len(duties(app)) == 1


def test_who_keeps_no_list_sees_none(app: Flask, technician: StaffBrowser) -> None:
    """The auditor is refused, and no list changes from another site's page."""
    auditor = StaffBrowser(app).sign_in("shenji")
    assert auditor.get(PAGE).status_code == 403
    form = {"division": CITY, "login": "weihu", "phone": "13900000001", "rank": "1"}
    assert technician.client.post(PAGE, data=form).status_code == 400
    assert duties(app) == []


def test_page_is_proper_in_english(technician: StaffBrowser) -> None:
    """The page has its words in English too."""
    technician.post("/staff/language", "/staff/", language="en")
    assert '<html lang="en" dir="ltr"' in page_of(technician)
