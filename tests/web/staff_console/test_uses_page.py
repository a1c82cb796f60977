"""Staff look into one log of uses: with a reason, told to the holder, few in a day."""

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.residents import accounts
from kiosk_server.residents.models import AccountNotice
from kiosk_server.showing import staff_looks
from tests.support.certificates import issued
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.wallets import mother

HERE = "/staff/uses"
WHY = "持证人电话投诉（测试）"


@pytest.fixture
def number(app: Flask) -> str:
    """The number of a proof whose holder has an account."""
    seed(app)
    database = database_of(app)
    her = mother(database)
    with database.unit_of_work() as session:
        certificate = issued(session, resident_id=her.id)
        accounts.open_by_number(session, "13800000001").resident_id = her.id
        assert certificate.number is not None
        return certificate.number


@pytest.mark.policy("P39")
def test_a_look_is_for_one_certificate_with_a_reason_and_is_told(app: Flask, number: str) -> None:
    """The number leads to the log; reason and words stand in it, and the holder has a message."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    seen = clerk.post(HERE, HERE, certificate=number, reason="complaint", words=WHY)
    assert seen.status_code == 200
    assert faults_of(seen.text, seen.headers["Content-Security-Policy"], help_phone="") == []
    assert "已通知持证人" in seen.text
    again = clerk.post(HERE, HERE, certificate=number, reason="complaint", words=WHY)
    assert "工作人员查看记录" in again.text
    with database_of(app).reading() as session:
        assert {row.outcome for row in session.scalars(select(UsageRecord))} == {"complaint"}
        assert {row.kind for row in session.scalars(select(AccountNotice))} == {"uses_seen"}
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("showing.uses_seen") == 2


def test_without_number_reason_or_words_nothing_is_looked_at(app: Flask, number: str) -> None:
    """Each is asked for at its field; an unknown number tells no more than that."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    empty = clerk.post(HERE, HERE, certificate="", reason="curiosity", words=" ")
    assert empty.status_code == 422
    assert faults_of(empty.text, empty.headers["Content-Security-Policy"], help_phone="") == []
    unknown = clerk.post(HERE, HERE, certificate="no-such", reason="complaint", words=WHY)
    assert unknown.status_code == 404
    assert "没有这个编号的证照" in unknown.text
    with database_of(app).reading() as session:
        assert session.scalars(select(UsageRecord)).all() == []
        assert number in session.scalars(select(Certificate.number)).all()


@pytest.mark.policy("P39")
def test_few_in_a_day_and_only_for_who_answers_people(
    app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the day's few it is refused; a technician has no such page and no line in his menu."""
    monkeypatch.setattr(staff_looks, "PER_DAY", 1)
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert clerk.post(HERE, HERE, certificate=number, reason="misuse", words=WHY).status_code == 200
    assert clerk.post(HERE, HERE, certificate=number, reason="misuse", words=WHY).status_code == 429
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(HERE).status_code == 403
    assert HERE not in technician.get("/staff/").text
