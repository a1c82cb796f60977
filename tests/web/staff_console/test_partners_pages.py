"""Organisations that verify in the console: decided, given things, and stopped."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.partners import organisations, people, programs, sign_in
from kiosk_server.partners.models import PartnerMember, PartnerOrganisation
from kiosk_server.partners.people import Choice
from kiosk_server.showing.scenes import scenes
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.verifying import PASSWORD, Hotel, application

HERE = "/staff/partners"


@pytest.fixture
def admin(app: Flask) -> StaffBrowser:
    """An administrator, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("guanli")


@pytest.fixture
def applied(app: Flask, admin: StaffBrowser) -> str:
    """The page of an organisation that has applied."""
    with database_of(app).unit_of_work() as session:
        organisations.apply(session, application(), scenes())
        session.flush()
        return f"{HERE}/{session.scalars(select(PartnerOrganisation.id)).one()}"


@pytest.fixture
def approved(app: Flask, admin: StaffBrowser) -> str:
    """The page of an approved hotel."""
    return f"{HERE}/{Hotel(database_of(app)).id}"


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def send(admin: StaffBrowser, page: str, path: str = "", **fields: object) -> TestResponse:
    """Send a form of *page*."""
    return admin.post(f"{page}{path}", page, **fields)  # type: ignore[arg-type]


def events(app: Flask) -> list[str]:
    with database_of(app).reading() as session:
        return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def token_in(page: str) -> str:
    """The token of the link that a page shows."""
    found = re.search(r"/scan/join/([\w-]+)<", page)
    assert found is not None
    return found.group(1)


@pytest.mark.policy("P31")
def test_an_administrator_grants_scenes_with_the_approval(
    app: Flask, admin: StaffBrowser, applied: str
) -> None:
    """From the list to the approval; nothing is granted without a scene; the look is audited."""
    listed = proper(admin.get(HERE))
    assert "测试宾馆" in listed
    assert "测试·阿里木" not in listed, "the list names nobody"
    assert "测试·阿里木" in proper(admin.get(applied))
    assert "personal_data.seen" in events(app)
    none = send(admin, applied, "/scenes", approve="1")
    assert none.status_code == 422
    assert "field-error" in none.text
    assert send(admin, applied, "/scenes", approve="1", scene=["lodging"]).status_code == 303
    assert "已批准" in proper(admin.get(applied))
    assert "partner.moved" in events(app)


def test_a_suspension_says_why_and_an_end_is_one(admin: StaffBrowser, approved: str) -> None:
    """Without a reason nothing is done; the reason stands on the page."""
    assert send(admin, approved, "/suspend", reason=" ").status_code == 422
    assert send(admin, approved, "/suspend", reason="收到投诉").status_code == 303
    assert "收到投诉" in proper(admin.get(approved))
    assert send(admin, approved, "/resume").status_code == 303
    assert send(admin, approved, "/close").status_code == 303
    assert send(admin, approved, "/resume").status_code == 409


def test_a_link_is_shown_once_and_works_once(
    app: Flask, admin: StaffBrowser, approved: str
) -> None:
    """The link of a new person opens the door; the page about him never shows it again."""
    wrong = send(admin, approved, "/people", login="A B", name="")
    assert wrong.status_code == 422
    assert wrong.text.count('class="field-error"') == 2
    made = send(admin, approved, "/people", login="aygul", name="测试·古丽")
    token = token_in(proper(made))
    page = proper(admin.get(approved))
    assert token not in page
    assert "测试·古丽" in page
    joined = people.join(database_of(app), token, Choice("前台平板", PASSWORD))
    assert "前台平板" in proper(admin.get(approved))
    device = send(admin, approved, f"/devices/{joined.device_id}/revoke")
    assert device.status_code == 303
    typed = sign_in.Typed("aygul", PASSWORD)
    refused = sign_in.check_password(database_of(app), typed, joined.device_secret)
    assert refused == sign_in.SignInRefused("device_unbound")
    again = send(admin, approved, f"/people/{joined.member_id}/link")
    assert token_in(proper(again)) != token
    assert send(admin, approved, f"/people/{joined.member_id}/revoke").status_code == 303
    with database_of(app).reading() as session:
        assert session.scalars(select(PartnerMember)).one().revoked_at is not None
    assert token_in(proper(send(admin, approved, "/devices")))


def test_a_secret_is_shown_once_and_changed(app: Flask, admin: StaffBrowser, approved: str) -> None:
    """A credential's secret stands on one page alone; a new one replaces it; quotas can change."""
    fields = {"name": "前台系统", "scene": ["lodging"], "per_minute": "5", "per_day": "50"}
    wrong = send(admin, approved, "/credentials", **{**fields, "per_minute": "no", "scene": []})
    assert wrong.text.count('class="field-error"') == 2
    made = proper(send(admin, approved, "/credentials", **fields))
    client, secret = re.findall(r'given-secret num">([\w-]+)<', made)
    assert secret not in proper(admin.get(approved))
    one = f"/credentials/{client}"
    quota = send(admin, approved, f"{one}/quota", per_minute="7", per_day="0")
    assert quota.status_code == 422
    assert send(admin, approved, f"{one}/quota", per_minute="7", per_day="70").status_code == 303
    assert "每分钟 7，每天 70" in proper(admin.get(approved)).replace("\u2068", "").replace(
        "\u2069", ""
    )
    fresh = re.findall(
        r'given-secret num">([\w-]+)<', proper(send(admin, approved, f"{one}/rotate"))
    )
    with database_of(app).unit_of_work() as session:
        assert programs.take_token(session, client, secret) is None
        assert programs.take_token(session, client, fresh[1]) is not None
    assert send(admin, approved, f"{one}/revoke").status_code == 303
    assert send(admin, approved, f"{one}/rotate").status_code == 409


def test_signs_are_made_and_taken_back(app: Flask, admin: StaffBrowser, approved: str) -> None:
    """A sign of a scene that was not granted is refused; one that is taken back says so."""
    wish = {"place": "前台", "purpose": "入住登记", "scene": "inspection"}
    assert send(admin, approved, "/signs", **wish).status_code == 422
    assert send(admin, approved, "/signs", **{**wish, "scene": "lodging"}).status_code == 303
    found = re.search(r"/signs/(\w+)/revoke", proper(admin.get(approved)))
    assert found is not None
    assert send(admin, approved, f"/signs/{found.group(1)}/revoke").status_code == 303
    assert "/revoke" not in proper(admin.get(approved))


def test_only_who_keeps_partners_sees_them(app: Flask, admin: StaffBrowser, approved: str) -> None:
    """A clerk has no menu entry, no list, no page and no deed, and each try is audited."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert HERE not in clerk.get("/staff/").text
    for path in (HERE, approved):
        assert clerk.get(path).status_code == 403
    for path in ("/suspend", "/people", "/devices", "/credentials", "/signs", "/scenes"):
        assert clerk.post(f"{approved}{path}", "/staff/").status_code == 403
    assert events(app).count("staff.refused") == 8
