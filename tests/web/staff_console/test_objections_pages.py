"""Objections and reports of refusals in the console: found, taken in hand, answered."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.certificates import objections, refusals
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.objection_rules import Scene
from kiosk_server.certificates.objections import Complaint, Evidence
from kiosk_server.certificates.refusals import Incident
from tests.support.certificates import issued
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.wallets import mother

HERE = "/staff/objections"
EVIDENCE = b"\xff\xd8\xff an unreal picture"


@pytest.fixture
def raised(app: Flask) -> str:
    """An objection and a report that wait."""
    seed(app)
    database = database_of(app)
    her = mother(database)
    with database.unit_of_work() as session:
        certificate = issued(session, resident_id=her.id)
        by = Actor("resident", her.id)
        wrong = Complaint("content", "累计月数不对。", (Evidence(EVIDENCE, "image/jpeg"),))
        objection = objections.raise_objection(session, her.id, certificate.id, wrong, by=by)
        incident = Incident("id_card", Scene.LODGING, "测试宾馆", "不收。")
        refusals.report(session, her.id, incident, by=by)
    return objection.id


@pytest.fixture
def clerk(app: Flask, raised: str) -> StaffBrowser:
    """A clerk, signed in."""
    return StaffBrowser(app).sign_in("chuangkou")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def events(app: Flask) -> list[str]:
    with database_of(app).reading() as session:
        return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


@pytest.mark.policy("P32", "P63")
def test_a_clerk_answers_with_the_corrected_version(
    app: Flask, clerk: StaffBrowser, raised: str
) -> None:
    """From the list to the answer; every look is in the audit, the list shows nobody's words."""
    listed = proper(clerk.get(HERE))
    assert "个人参保证明" in listed
    assert "累计月数不对" not in listed
    page = proper(clerk.get(f"{HERE}/{raised}"))
    assert "累计月数不对" in page
    assert "personal_data.seen" in events(app)
    assert clerk.post(f"{HERE}/{raised}/acknowledge", f"{HERE}/{raised}").status_code == 303
    assert "测试·窗口" in proper(clerk.get(f"{HERE}/{raised}"))
    fields = {"label": ["险种", "累计月数"], "value": ["城镇职工基本养老保险", ""]}
    action = f"{HERE}/{raised}/correct"
    empty = clerk.post(action, f"{HERE}/{raised}", **fields, answer="已更正。")  # type: ignore[arg-type]
    assert empty.status_code == 422
    assert "每一项都要填写" in empty.text
    fields["value"][1] = "178"
    done = clerk.post(action, f"{HERE}/{raised}", **fields, answer="已更正。")  # type: ignore[arg-type]
    assert done.status_code == 303
    assert "已更正" in proper(clerk.get(f"{HERE}/{raised}"))
    with database_of(app).reading() as session:
        states = list(session.scalars(select(Certificate.state).order_by(Certificate.version)))
    assert states == ["superseded", "valid"]


def test_a_refusal_needs_reason_and_words(clerk: StaffBrowser, raised: str) -> None:
    """Both are asked for; the answer stands on the page."""
    page, action = f"{HERE}/{raised}", f"{HERE}/{raised}/refuse"
    clerk.post(f"{HERE}/{raised}/acknowledge", page)
    assert clerk.post(action, page, answer="一致。").status_code == 422
    assert clerk.post(action, page, reason="record_is_right", answer=" ").status_code == 422
    told = {"reason": "record_is_right", "answer": "与登记一致。"}
    assert clerk.post(action, page, **told).status_code == 303
    assert "与登记一致。" in proper(clerk.get(page))


def test_evidence_is_handed_out_and_audited(app: Flask, clerk: StaffBrowser, raised: str) -> None:
    """The file comes as a download, never as a page; another's id is not found."""
    page = clerk.get(f"{HERE}/{raised}").text
    path = page.split(f'href="{HERE}/{raised}/evidence/')[1].split('"')[0]
    file = clerk.get(f"{HERE}/{raised}/evidence/{path}")
    assert file.data == EVIDENCE
    assert file.headers["Content-Disposition"] == "attachment"
    assert clerk.get(f"{HERE}/{raised}/evidence/another").status_code == 404
    assert events(app).count("personal_data.seen") == 2


@pytest.mark.policy("P14")
def test_a_report_of_a_refusal_is_answered(clerk: StaffBrowser) -> None:
    """The list leads to it; answered it waits no more."""
    listed = proper(clerk.get(HERE))
    path = "/staff/refusals/" + listed.split('href="/staff/refusals/')[1].split('"')[0]
    assert "测试宾馆" in proper(clerk.get(path))
    assert clerk.post(f"{path}/answer", path, answer="").status_code == 422
    assert clerk.post(f"{path}/answer", path, answer="已告知宾馆。").status_code == 303
    assert "已告知宾馆。" in proper(clerk.get(path))
    assert "没有待答复的反映" in proper(clerk.get(HERE))


def test_who_does_not_answer_them_sees_none(app: Flask, raised: str) -> None:
    """A technician has neither list nor page, and no entry in the menu."""
    technician = StaffBrowser(app).sign_in("weihu")
    for path in (HERE, f"{HERE}/{raised}"):
        assert technician.get(path).status_code == 403
    assert HERE not in technician.get("/staff/").text


@pytest.mark.policy("P39")
def test_what_was_asked_about_a_look_is_answered_in_words(app: Flask, clerk: StaffBrowser) -> None:
    """The page leads to the certificate's log and offers no correction."""
    database = database_of(app)
    with database.unit_of_work() as session:
        one = session.scalars(select(Certificate)).one()
        assert one.resident_id is not None
        by = Actor("resident", one.resident_id)
        asked = Complaint("look", "我没去过。")
        objection = objections.raise_objection(session, one.resident_id, one.id, asked, by=by).id
    page = f"{HERE}/{objection}"
    clerk.post(f"{page}/acknowledge", page)
    shown = proper(clerk.get(page))
    assert f"/staff/uses?certificate={one.id}" in shown
    assert f"{page}/correct" not in shown
    assert clerk.post(f"{page}/explain", page, answer=" ").status_code == 422
    assert clerk.post(f"{page}/explain", page, answer="是您递出的纸件。").status_code == 303
    assert "已答复" in proper(clerk.get(page))
