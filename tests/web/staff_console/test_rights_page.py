"""A clerk enters and ends a right to another's wallet: from a record, audited, few in a day."""

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.certificates.models import HoldingRight
from kiosk_server.staff_console import rights
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.wallets import CHILD, COMPANY, MOTHER

HERE = "/staff/rights"
GUARDIAN = {
    "kind": "guardian",
    "actor_number": MOTHER,
    "actor_name": "测试·阿依古丽",
    "holder_number": CHILD,
    "holder_name": "测试·小古丽",
    "basis": "household_register",
    "reference": "TEST-0001",
    "years": "3",
}
AGENT = GUARDIAN | {
    "kind": "agent",
    "holder_number": COMPANY,
    "holder_name": "测试有限公司",
    "basis": "power_of_attorney",
}


@pytest.fixture
def clerk(app: Flask) -> StaffBrowser:
    """Somebody at a window."""
    seed(app)
    return StaffBrowser(app).sign_in("chuangkou")


def held(app: Flask) -> list[HoldingRight]:
    """Every right that was ever entered."""
    with database_of(app).reading() as session:
        return list(session.scalars(select(HoldingRight).order_by(HoldingRight.id)))


@pytest.mark.parametrize("given", [GUARDIAN, AGENT], ids=["guardian", "agent"])
def test_a_right_is_entered_and_ended(
    app: Flask, clerk: StaffBrowser, given: dict[str, str]
) -> None:
    """From the record to the audit; whoever holds it is found by his number and loses it there."""
    entered = clerk.post(HERE, HERE, **given)
    assert entered.status_code == 200, entered.text
    assert faults_of(entered.text, entered.headers["Content-Security-Policy"], help_phone="") == []
    assert "已登记" in entered.text
    assert CHILD not in entered.text
    [right] = held(app)
    assert b"TEST-0001" not in (right.basis_sealed or b"")
    found = clerk.post(f"{HERE}/find", HERE, actor_number=MOTHER)
    assert f"{HERE}/{right.id}/end" in found.text
    assert clerk.post(f"{HERE}/{right.id}/end", HERE, why="whim").status_code == 422
    ended = clerk.post(f"{HERE}/{right.id}/end", HERE, why="record_ended")
    assert ended.status_code == 303
    assert clerk.post(f"{HERE}/{right.id}/end", HERE, why="asked").status_code == 404
    [right] = held(app)
    assert right.revoked_at is not None
    with database_of(app).reading() as session:
        told = {row.event: row.facts for row in session.scalars(select(AuditEntry))}
    assert told["certificate.right_given"]["basis"] == given["basis"]
    assert told["certificate.right_revoked"] == {"why": "record_ended"}


def test_what_proves_nothing_is_refused_at_its_field(app: Flask, clerk: StaffBrowser) -> None:
    """Wrong record, wrong digits, oneself, a second time: each is said, and nothing is entered."""
    for change in (
        {"basis": "business_licence"},
        {"actor_number": MOTHER[:-1] + "9"},
        {"holder_number": MOTHER, "holder_name": GUARDIAN["actor_name"]},
        {"years": "99"},
        {"kind": "friend"},
        {"kind": "agent", "basis": "power_of_attorney", "holder_number": "123"},
    ):
        refused = clerk.post(HERE, HERE, **(GUARDIAN | change))
        assert refused.status_code in (409, 422), change
        policy = refused.headers["Content-Security-Policy"]
        assert faults_of(refused.text, policy, help_phone="") == [], change
    assert held(app) == []
    clerk.post(HERE, HERE, **GUARDIAN)
    assert clerk.post(HERE, HERE, **GUARDIAN).status_code == 409
    assert len(held(app)) == 1


def test_few_in_a_day_and_only_at_a_window(
    app: Flask, clerk: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads the rights of a town; a technician has no such page and no line in his menu."""
    monkeypatch.setattr(rights, "PER_DAY", 1)
    assert clerk.post(f"{HERE}/find", HERE, actor_number=MOTHER).status_code == 200
    assert clerk.post(f"{HERE}/find", HERE, actor_number=MOTHER).status_code == 429
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(HERE).status_code == 403
    assert HERE not in technician.get("/staff/").text
