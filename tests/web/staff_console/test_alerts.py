"""Alerts in the console: who sees them, who takes them on, and how the list stays fresh."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kiosk_server.core import clock
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.terminals.rules import Condition
from kiosk_server.upkeep.calling import send_call
from tests.support.ailing import TOWN_CODE, Ailing
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of

ONE, OF_TOWN = "AT-0001", "AT-0003"


@pytest.fixture
def town(app: Flask) -> Iterator[Ailing]:
    """Two terminals of the centre and one of the township; the first has no paper."""
    town = Ailing(database_of(app), now=_begin()).open(centre=2, town=1)
    town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
    with clock.frozen(town.now):
        yield town


def _begin() -> datetime:
    return datetime.fromisoformat("2026-11-22T12:00:00+08:00")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def later(town: Ailing, seconds: int) -> None:
    """Let time pass in the town, and send what is to be sent as the simulated channel does."""
    town.wait(seconds)
    with town.at_work():
        for call in town.calls():
            send_call(town.database, SimulatedPhones(town.database), call.id)


@pytest.fixture
def technician(app: Flask, town: Ailing) -> StaffBrowser:
    """The technician of the city, signed in at noon."""
    return StaffBrowser(app).sign_in("weihu")


@pytest.mark.policy("P53")
def test_list_says_what_where_since_when_and_who_was_told(
    town: Ailing, technician: StaffBrowser
) -> None:
    """The alert stands first in the console, with the person called and that it was simulated."""
    town.on_call("weihu")
    later(town, 40)
    with town.at_work():
        page = proper(technician.get("/staff/alerts"))
        for words in (ONE, "A4 打印机：纸用完了", "严重", "已通知测试·维护（模拟短信"):
            assert words in page
        assert "1 条告警" in proper(technician.get("/staff/"))


def test_empty_list_says_so(technician: StaffBrowser) -> None:
    """Before anything lasted, nobody is wanted."""
    for state in ("open", "silenced", "closed"):
        page = proper(technician.get(f"/staff/alerts?state={state}"))
        assert "没有" in page


def test_unchanged_list_is_not_sent_again(town: Ailing, technician: StaffBrowser) -> None:
    """Asked again with its ETag, the list is 304 until something changes; another's is another."""
    later(town, 40)
    with town.at_work():
        first = technician.get("/staff/alerts")
        tag = {"If-None-Match": first.headers["ETag"]}
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert technician.client.get("/staff/alerts", headers=tag).status_code == 304
        technician.post("/staff/language", "/staff/", language="en")
        assert technician.client.get("/staff/alerts", headers=tag).status_code == 200
        technician.post("/staff/language", "/staff/", language="zh")
    town.well(ONE)
    later(town, 40)
    with town.at_work():
        assert technician.client.get("/staff/alerts", headers=tag).status_code == 200


def test_a_silent_site_is_one_row(town: Ailing, technician: StaffBrowser) -> None:
    """Both terminals of the centre are silent: one row that names both."""
    town.silent.update({ONE, "AT-0002"})
    later(town, 150)
    with town.at_work():
        page = proper(technician.get("/staff/alerts?severity=urgent"))
        assert "整个场所 2 台：AT-0001 AT-0002" in page
        assert page.count("没有消息，可能停电或断网") == 1


def test_taking_on_needs_reason_and_length(town: Ailing, technician: StaffBrowser) -> None:
    """With both, calls stop in my name, until undone; without, the form says what is missing."""
    later(town, 40)
    path = f"/staff/alerts/{town.alerts()[0].id}"
    with town.at_work():
        assert "我来负责" in proper(technician.get(path))
        for form in ({"reason": "on_my_way"}, {"hours": "4"}, {"reason": "x", "hours": "9999"}):
            assert technician.post(f"{path}/silence", path, **form).status_code == 422
        done = technician.post(f"{path}/silence", path, reason="on_my_way", hours="4")
        assert done.status_code == 303
        assert "测试·维护负责：我在路上，11-22 16:00 前不再通知" in proper(technician.get(path))
        assert ONE not in proper(technician.get("/staff/alerts"))
        assert ONE in proper(technician.get("/staff/alerts?state=silenced"))
        assert technician.post(f"{path}/wake", path).status_code == 303
        assert technician.post(f"{path}/wake", path).status_code == 409
        assert ONE in proper(technician.get("/staff/alerts"))


def test_what_is_over_can_be_read(town: Ailing, technician: StaffBrowser) -> None:
    """A closed alert is listed as over and offers nothing to do."""
    later(town, 40)
    town.well(ONE)
    later(town, 40)
    path = f"/staff/alerts/{town.alerts()[0].id}"
    with town.at_work():
        assert ONE in proper(technician.get("/staff/alerts?state=closed"))
        page = proper(technician.get(path))
        assert "已结束" in page
        assert "/silence" not in page
        sent = technician.post(f"{path}/silence", "/staff/", reason="known", hours="1")
        assert sent.status_code == 409


def test_terminal_page_tells_what_happened(town: Ailing, technician: StaffBrowser) -> None:
    """States, alerts and calls in one line of time, prints as numbers."""
    town.on_call("weihu")
    later(town, 40)
    town.well(ONE)
    later(town, 40)
    with town.at_work():
        page = proper(technician.get(f"/staff/terminals/{ONE}"))
    for words in ("告警：A4 打印机：纸用完了", "告警结束", "已通知测试·维护", "打好 0 份"):
        assert words in page


def test_township_sees_and_silences_its_own(app: Flask, town: Ailing) -> None:
    """Another division's alert is not listed, not found and not silenced."""
    town.says(OF_TOWN, Condition.NEEDS_ATTENTION, "jam")
    later(town, 40)
    ids = {alert.terminal_id: alert.id for alert in town.alerts()}
    with town.at_work():
        browser = StaffBrowser(app).sign_in("songtake")
        page = proper(browser.get("/staff/alerts"))
        assert OF_TOWN in page
        assert ONE not in page
        assert browser.get(f"/staff/alerts/{ids[ONE]}").status_code == 404
        path = f"/staff/alerts/{ids[ONE]}/silence"
        assert browser.post(path, "/staff/", reason="known", hours="1").status_code == 404
        own = f"/staff/alerts/{ids[OF_TOWN]}"
        assert browser.post(f"{own}/silence", own, reason="known", hours="1").status_code == 303


def test_who_may_only_see_does_not_silence(app: Flask, town: Ailing) -> None:
    """The administrator reads the list; the auditor has no business with machines."""
    later(town, 40)
    path = f"/staff/alerts/{town.alerts()[0].id}"
    with town.at_work():
        browser = StaffBrowser(app).sign_in("guanli")
        assert "/silence" not in proper(browser.get(path))
        sent = browser.post(f"{path}/silence", "/staff/", reason="known", hours="1")
        assert sent.status_code == 403
        auditor = StaffBrowser(app).sign_in("shenji")
        assert auditor.get("/staff/alerts").status_code == 403
        assert auditor.get(path).status_code == 403


@pytest.mark.parametrize("verb", ["silence", "wake"])
def test_no_command_without_token(town: Ailing, technician: StaffBrowser, verb: str) -> None:
    """No alert is silenced from another site's page."""
    later(town, 40)
    path = f"/staff/alerts/{town.alerts()[0].id}/{verb}"
    with town.at_work():
        answer = technician.client.post(path, data={"reason": "known", "hours": "1"})
        assert answer.status_code == 400
    assert town.alerts()[0].silenced_until is None


def test_pages_are_proper_in_english(town: Ailing, technician: StaffBrowser) -> None:
    """Every page has its words in English too."""
    town.on_call("songtake", TOWN_CODE)
    later(town, 40)
    with town.at_work():
        technician.post("/staff/language", "/staff/", language="en")
        path = f"/staff/alerts/{town.alerts()[0].id}"
        for page in ("/staff/alerts", path, f"/staff/terminals/{ONE}"):
            assert '<html lang="en" dir="ltr"' in proper(technician.get(page))
