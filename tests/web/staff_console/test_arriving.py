"""Arriving with a phone: from the address that a camera opens to the order that says so."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.assets.arrival_codes import STEP_SECONDS, code_at
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal

NOON = datetime.fromisoformat("2026-11-22T12:00:20+08:00")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """The server's time stands still, so that a code lasts as long as the test."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def terminal(app: Flask, technician: StaffBrowser) -> SignedTerminal:
    """A terminal of the city's centre."""
    return SignedTerminal(app)


def sign(terminal: SignedTerminal, *, ago: timedelta = timedelta()) -> str:
    """The path of the address on the terminal's screen, made of what it was given."""
    given = terminal.get(f"{API}/screen-key").get_json()
    assert urlsplit(given["arrive_at"]).path == f"/staff/arrive/{terminal.id}"
    minute = int((NOON - ago).timestamp()) // STEP_SECONDS
    code = code_at(base64.b64decode(given["key"]), minute)
    return f"/staff/arrive/{terminal.id}?code={code}"


def taken_order(terminal: SignedTerminal, browser: StaffBrowser) -> str:
    """Open an order at the terminal and take it; return its path."""
    form = f"/staff/terminals/{terminal.id}/work-order"
    sent = browser.post(form, form, device="terminal", trouble="fault", severity="serious")
    path: str = sent.headers["Location"]
    assert browser.post(f"{path}/assign", path).status_code == 303
    return path


def code_of(path: str) -> str:
    """The code in an address."""
    return parse_qs(urlsplit(path).query)["code"][0]


@pytest.mark.policy("P53")
def test_from_the_screen_to_the_order(terminal: SignedTerminal, technician: StaffBrowser) -> None:
    """Opening the address changes nothing; a touch says that he is there, as scanned."""
    order = taken_order(terminal, technician)
    page = sign(terminal)
    shown = technician.get(page)
    assert shown.status_code == 200
    assert faults_of(shown.text, shown.headers["Content-Security-Policy"], help_phone="") == []
    assert "我到了" in shown.text
    assert "已派单" in technician.get(order).text
    sent = technician.post(f"/staff/arrive/{terminal.id}", page, code=code_of(page))
    assert (sent.status_code, sent.headers["Location"]) == (303, order)
    after = technician.get(order).text
    assert "已到场" in after
    assert "扫了终端的码" in after
    assert "您已经到场的工单" in technician.get(page).text


@pytest.mark.policy("P53")
def test_an_old_photograph_is_refused_and_audited(
    app: Flask, terminal: SignedTerminal, technician: StaffBrowser
) -> None:
    """The page says to scan again and offers no button; sent all the same, the try is written."""
    order = taken_order(terminal, technician)
    old = sign(terminal, ago=timedelta(minutes=7))
    page = technician.get(old).text
    assert "已经过期" in page
    assert "我到了" not in page
    sent = technician.post(f"/staff/arrive/{terminal.id}", order, code=code_of(old))
    assert sent.status_code == 403
    assert "请再扫一次屏幕上的码" in sent.text
    assert "已派单" in technician.get(order).text
    with database_of(app).reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == "work_order.arrival_refused")
        entry = session.scalars(wanted).one()
    assert (entry.subject_id, entry.facts) == (terminal.id, {"code": "arrival_code_old"})


def test_who_must_sign_in_first_comes_back_to_it(app: Flask, terminal: SignedTerminal) -> None:
    """The address, code and all, waits behind the sign-in."""
    page = sign(terminal)
    answer = app.test_client().get(page)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [page]


def test_who_does_not_work_at_machines_cannot_arrive(app: Flask, terminal: SignedTerminal) -> None:
    """A clerk is refused, and a technician of elsewhere learns of no terminal."""
    page = sign(terminal)
    assert StaffBrowser(app).sign_in("chuangkou").get(page).status_code == 403
    other = StaffBrowser(app).sign_in("songtake")
    assert other.get(page).status_code == 404
    answer = other.post(f"/staff/arrive/{terminal.id}", "/staff/work-orders", code=code_of(page))
    assert answer.status_code == 404


def test_a_heartbeat_names_the_key_s_edition(app: Flask, terminal: SignedTerminal) -> None:
    """The edition is that of the key which the terminal holds, and each terminal has its own."""
    other = SignedTerminal(app)
    editions = {}
    for each in (terminal, other):
        body = {"version": 1, "software": "0.1.0", "devices": [], "spool": {"open": 0}}
        told = each.post(f"{API}/heartbeats", json_body={**body, "clock_offset_seconds": 0.0})
        held = each.get(f"{API}/screen-key").get_json()
        editions[each.id] = told.get_json()["screen_key"]
        assert editions[each.id] == held["edition"]
    assert len(set(editions.values())) == 2
