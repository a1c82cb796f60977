"""The code for a machine's screen in the console, and the checks that machines tell of."""

import base64
import hashlib
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.assets.screen_codes import ScreenRole, code_for, window_of
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal of the city's centre."""
    return SignedTerminal(app)


def _key(terminal: SignedTerminal) -> bytes:
    answer = terminal.get(f"{API}/screen-key").get_json()
    assert answer["key_id"] == terminal.key_id
    return base64.b64decode(answer["key"])


@pytest.mark.policy("P63")
def test_the_console_shows_the_code_that_the_machine_expects(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Shown after a press of the button, with its end; the look is audited without the code."""
    path = f"/staff/terminals/{terminal.id}"
    page = technician.post(f"{path}/screen-code", path)
    assert page.status_code == 200
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    shown = re.search(r'code-large num">(\d{4}) (\d{4})<', page.text)
    assert shown is not None
    code = shown[1] + shown[2]
    now = window_of(clock.now())
    key = _key(terminal)
    expected = {code_for(key, ScreenRole.TECHNICIAN, window) for window in (now - 1, now)}
    assert code in expected
    with database_of(app).reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == "terminal.screen_code_shown")
        entry = session.scalars(wanted).one()
    assert (entry.actor_kind, entry.subject_id) == ("staff", terminal.id)
    assert entry.facts == {"role": "technician"}


def test_who_may_not_ask_sees_no_code(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """A clerk is not offered the button, and is refused without it; a GET shows nothing."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    path = f"/staff/terminals/{terminal.id}"
    assert "screen-code" not in clerk.get(path).text
    assert clerk.post(f"{path}/screen-code", "/staff/fleet").status_code == 403
    assert technician.get(f"{path}/screen-code").status_code == 405


def test_checks_at_the_machine_stand_on_its_page(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Each kind of check, sent twice, stands there once, with what was found wanting."""
    at = clock.now() - timedelta(hours=1)
    for _ in range(2):
        for sample in exchange("checks").requests:
            body = {**sample.body, "at": at.isoformat()}
            answer = terminal.post(f"{API}/checks", json_body=body)
            assert (answer.status_code, answer.get_json()) == (200, {"check": body["id"]})
    page = technician.get(f"/staff/terminals/{terminal.id}").text
    panel = page[page.index('id="at-screen"') :]
    panel = panel[: panel.index("</section>")]
    assert panel.count("<li") == len(exchange("checks").requests)
    for words in ("设备自检", "测试凭条", "每日检查", "可疑加装物", "验收", "开机就绪报告"):
        assert words in panel


def test_a_report_is_kept_once_and_handed_out_as_it_came(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """The sampled paper follows its check and is linked there; a second one changes nothing."""
    told = next(each.body for each in exchange("checks").requests if "readiness" in str(each.body))
    check = {**told, "at": (clock.now() - timedelta(hours=1)).isoformat()}
    sampled = exchange("check_papers")
    sent = sampled.requests[0].body
    early = terminal.post(sampled.path, json_body=sent)
    assert (early.status_code, early.get_json()["code"]) == (404, "check_not_found")
    assert terminal.post(f"{API}/checks", json_body=check).status_code == 200
    assert terminal.post(sampled.path, json_body=sent).get_json() == {"check": check["id"]}
    other = b"%PDF-1.7 another"
    again = {**sent, "document": base64.b64encode(other).decode()}
    again["digest"] = hashlib.sha256(other).hexdigest()
    assert terminal.post(sampled.path, json_body=again).status_code == 200
    path = f"/staff/terminals/{terminal.id}/checks/{check['id']}/paper"
    assert f'href="{path}"' in technician.get(f"/staff/terminals/{terminal.id}").text
    answer = technician.get(path)
    assert answer.data == base64.b64decode(sent["document"])
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_what_is_no_paper_of_this_terminal_is_refused(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Another terminal's check, a wrong digest, and what is no PDF leave nothing behind."""
    check = exchange("checks").requests[0].body
    terminal.post(f"{API}/checks", json_body=check)
    path = f"{API}/checks/{check['id']}/paper"
    sent = exchange("check_papers").requests[0].body
    text = base64.b64encode(b"<html>").decode()
    page = {**sent, "document": text, "digest": hashlib.sha256(b"<html>").hexdigest()}
    refusals = [
        (SignedTerminal(app).post(path, json_body=sent), 404, "check_not_found"),
        (terminal.post(path, json_body={**sent, "digest": "0" * 64}), 422, "digest_wrong"),
        (terminal.post(path, json_body=page), 422, "paper_invalid"),
    ]
    for answer, status, code in refusals:
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    missing = technician.get(f"/staff/terminals/{terminal.id}/checks/{check['id']}/paper")
    assert missing.status_code == 404


def test_a_check_under_another_terminal_s_id_is_refused(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """The first one stands; the other terminal is told that the id is taken."""
    body = exchange("checks").requests[0].body
    assert terminal.post(f"{API}/checks", json_body=body).status_code == 200
    answer = SignedTerminal(app).post(f"{API}/checks", json_body=body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "check_id_taken")


def test_keys_are_handed_to_their_own_terminal_alone(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Two terminals have two keys; nobody without a signature has any."""
    assert _key(terminal) != _key(SignedTerminal(app))
    assert terminal.client.get(f"{API}/screen-key").status_code == 401
