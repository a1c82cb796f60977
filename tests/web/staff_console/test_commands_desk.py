"""Commanding terminals in the console: asking, agreeing, taking back, reading; and who may not."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.commands.models import Command, CommandOrder
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal

TOWN = "songtake"


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200, answer.text[:300]
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal of the centre."""
    seed(app)
    return SignedTerminal(app)


@pytest.fixture
def first(app: Flask, terminal: SignedTerminal) -> StaffBrowser:
    """The technician who asks."""
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def second(app: Flask, terminal: SignedTerminal) -> StaffBrowser:
    """Another technician of the same city."""
    return StaffBrowser(app).sign_in("zhiban")


def desk(terminal: SignedTerminal) -> str:
    """Where one terminal is commanded."""
    return f"/staff/terminals/{terminal.id}/commands"


def asks(browser: StaffBrowser, terminal: SignedTerminal, kind: str, **more: str) -> str:
    """Ask something of one terminal; return the address of the order."""
    page = desk(terminal)
    assert browser.post(page, page, what="deed", kind=kind, **more).status_code == 303
    found = re.findall(r'href="(/staff/commands/[0-9a-z]{26})"', browser.get(page).text)
    return str(found[0])


def serves(terminal: SignedTerminal, state: str = "done", **more: object) -> str:
    """The terminal fetches what is wanted of it and answers; return the command."""
    wants = terminal.get(f"{API}/wants").get_json()["wants"]
    command = next(str(each["job"]) for each in wants if each["kind"] == "command")
    assert terminal.get(f"{API}/commands/{command}").status_code == 200
    body = {"version": 1, "number": 1, "state": state, "code": None, "facts": {}, **more}
    body["at"] = "2026-11-21T19:03:21.000Z"
    told = terminal.post(f"{API}/commands/{command}/answers", json_body=body)
    assert told.status_code == 200, told.text
    return command


def audited(app: Flask, prefix: str = "command.") -> list[str]:
    """Audit events of commands, oldest first."""
    with database_of(app).reading() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [entry.event for entry in found if entry.event.startswith(prefix)]


@pytest.mark.policy("P53")
def test_one_person_asks_what_is_harmless(first: StaffBrowser, terminal: SignedTerminal) -> None:
    """A self-test goes at once; its answer stands on the terminal's page and on its own."""
    order = asks(first, terminal, "self_test")
    assert "等机器来取" in proper(first.get(order))
    serves(terminal, "failed", code="device_not_ready", facts={"a4_printer": "paper_out"})
    page = proper(first.get(order))
    for words in ("没做成", "有设备没准备好", "A4 打印机", "纸用完了", "测试·维护"):
        assert words in page
    assert "远程自检：没做成" in proper(first.get(f"/staff/terminals/{terminal.id}"))
    assert "没做成" in proper(first.get("/staff/commands"))


@pytest.mark.policy("P53")
def test_two_people_for_a_reboot(
    app: Flask, first: StaffBrowser, second: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Who asked is told to wait and refused if he agrees himself; another one's word sends it."""
    order = asks(first, terminal, "reboot", latest="300")
    mine = proper(first.get(order))
    assert "要另一位有权限的人同意" in mine
    assert f"{order}/approve" not in mine
    sent = first.post(f"{order}/approve", order)
    assert sent.status_code == 403
    assert "不能自己同意" in sent.text
    assert terminal.get(f"{API}/wants").get_json()["wants"] == []
    inbox = proper(second.get("/staff/commands"))
    assert "等第二个人" in inbox
    assert '<span class="badge num">1</span>' in inbox
    assert "最迟 5 分钟内" in proper(second.get(order))
    assert second.post(f"{order}/approve", order).status_code == 303
    assert second.post(f"{order}/approve", order).status_code == 409
    assert "测试·值班" in proper(first.get(order))
    serves(terminal)
    assert audited(app) == [
        "command.asked",
        "command.approval_refused",
        "command.approved",
        "command.delivered",
        "command.ended",
    ]


def test_second_person_declines(
    first: StaffBrowser, second: StaffBrowser, terminal: SignedTerminal
) -> None:
    """A declined order is over, with the name of who declined."""
    order = asks(first, terminal, "fetch_logs")
    assert second.post(f"{order}/decline", order).status_code == 303
    page = proper(second.get(order))
    assert "第二个人不同意" in page
    assert "/approve" not in page


def test_taken_back_while_the_machine_is_away(
    first: StaffBrowser, terminal: SignedTerminal
) -> None:
    """What was not fetched can be taken back, once."""
    order = asks(first, terminal, "self_test")
    assert first.post(f"{order}/cancel", order).status_code == 303
    assert "已收回" in proper(first.get(order))
    assert "/cancel" not in first.get(order).text
    assert terminal.get(f"{API}/wants").get_json()["wants"] == []


@pytest.mark.policy("P53")
def test_message_with_own_words_needs_two(
    app: Flask, first: StaffBrowser, second: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Enumerated words go at once; own words wait for another name; faults are told."""
    page = desk(terminal)
    form = {"what": "message", "text": "paper_coming", "hours": "4"}
    assert first.post(page, page, **form).status_code == 303
    assert first.post(page, page, **form, note_zh="十分钟后来加纸").status_code == 303
    with database_of(app).reading() as session:
        orders = session.scalars(select(CommandOrder).order_by(CommandOrder.id)).all()
        assert [order.needs_two for order in orders] == [False, True]
    for wrong, words in (
        ({"what": "message", "hours": "4"}, "请选择文字"),
        ({**form, "note_zh": "138 9999 0000 来电"}, "不放长号码"),
        ({**form, "note_ug": "قەغەز"}, "请同时填写汉字"),
        ({"what": "deed"}, "请选择做什么"),
    ):
        answer = first.post(page, page, **wrong)
        assert answer.status_code == 422
        assert words in answer.text
    assert "十分钟后来加纸" in proper(second.get("/staff/commands"))


@pytest.mark.policy("P53")
def test_lock_button_tells_the_machine(first: StaffBrowser, terminal: SignedTerminal) -> None:
    """Locking by name holds at once at the server, and is a command that the machine fetches."""
    page = f"/staff/terminals/{terminal.id}"
    first.post(f"{page}/lock", f"{page}/lock", name=terminal.id, reason="maintenance")
    assert "已锁定" in proper(first.get(page))
    serves(terminal)
    assert first.post(f"{page}/unlock", page).status_code == 303
    serves(terminal)
    assert "恢复使用" in proper(first.get("/staff/commands"))


@pytest.mark.policy("P53")
def test_many_terminals_at_once(
    app: Flask, first: StaffBrowser, second: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Sifted, chosen and asked in one order; what stops many machines waits for a second person."""
    other = SignedTerminal(app, site_id=TOWN)
    new = "/staff/commands/new"
    assert other.id in proper(first.get(new))
    assert other.id not in proper(first.get(f"{new}?site=atushi-centre"))
    assert "没有符合的终端" in proper(first.get(f"{new}?state=locked"))
    both = {"terminal": [terminal.id, other.id]}

    def sends(**form: str) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', first.get(new).text)
        assert token
        return first.client.post(new, data={"csrf_token": token[1], **both, **form})

    done = sends(what="deed", kind="self_test")
    assert "等机器来取 2" in proper(first.get(done.headers["Location"]))
    serves(other)
    assert "做好了 1" in proper(first.get(done.headers["Location"]))
    assert sends(what="deed", kind="lock").status_code == 422
    lock = sends(what="deed", kind="lock", reason="tampering").headers["Location"]
    assert terminal.get(f"{API}/wants").get_json()["wants"] != []
    assert "等第二个人 2" in proper(second.get(lock))
    second.post(f"{lock}/approve", lock)
    assert "已锁定" in proper(first.get(f"/staff/terminals/{other.id}"))
    empty = first.post(new, new, what="deed", kind="self_test")
    assert empty.status_code == 422
    assert "请至少选一台终端" in empty.text


@pytest.mark.policy("P53", "P63")
def test_log_is_looked_at_by_name(
    app: Flask, first: StaffBrowser, second: StaffBrowser, terminal: SignedTerminal
) -> None:
    """The masked lines are shown to who may command, and every look is in the audit."""
    order = asks(first, terminal, "fetch_logs")
    second.post(f"{order}/approve", order)
    command = serves(terminal, log='{"event": "line_lost", "level": "warning"}\n{"name": "古丽"}')
    assert "去掉" in proper(second.get(order))
    seen = second.post(f"{order}/logs/{command}", order)
    assert "line_lost" in proper(seen)
    assert "古丽" not in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert audited(app)[-1] == "command.log_seen"
    assert second.post(f"{order}/logs/{'0' * 26}", order).status_code == 404


@pytest.mark.policy("P53")
def test_who_has_no_right_commands_nothing(app: Flask, terminal: SignedTerminal) -> None:
    """Without the right, in another division, without a form's token: refused and audited."""
    first = StaffBrowser(app).sign_in("weihu")
    order = asks(first, terminal, "reboot")
    administrator = StaffBrowser(app).sign_in("guanli")
    page = proper(administrator.get(desk(terminal)))
    assert 'name="kind"' not in page
    form = {"what": "deed", "kind": "self_test"}
    assert administrator.post(desk(terminal), "/staff/", **form).status_code == 403
    assert administrator.post(f"{order}/approve", "/staff/").status_code == 403
    assert administrator.get("/staff/commands/new").status_code == 403
    township = StaffBrowser(app).sign_in("songtake")
    assert township.post(desk(terminal), "/staff/", **form).status_code == 404
    assert township.get(order).status_code == 404
    assert township.post(f"{order}/approve", "/staff/").status_code == 404
    many = township.post("/staff/commands/new", "/staff/", **form, terminal=terminal.id)
    assert many.status_code == 404
    auditor = StaffBrowser(app).sign_in("shenji")
    assert auditor.get("/staff/commands").status_code == 403
    assert first.client.post(desk(terminal), data=form).status_code == 400
    assert audited(app, "staff.refused").count("staff.refused") >= 8
    with database_of(app).reading() as session:
        assert [each.state for each in session.scalars(select(Command))] == ["proposed"]


def test_order_over_two_divisions_is_not_half_decided(app: Flask, terminal: SignedTerminal) -> None:
    """A township's technician sees its part of a city's order and cannot decide the whole."""
    own = SignedTerminal(app, site_id=TOWN)
    city = StaffBrowser(app).sign_in("weihu")
    new = "/staff/commands/new"
    token = re.search(r'name="csrf_token" value="([^"]+)"', city.get(new).text)
    assert token
    form = {"csrf_token": token[1], "what": "deed", "kind": "reboot"}
    sent = city.client.post(new, data={**form, "terminal": [terminal.id, own.id]})
    order = sent.headers["Location"]
    township = StaffBrowser(app).sign_in("songtake")
    assert own.id in proper(township.get("/staff/commands"))
    assert township.post(f"{order}/approve", "/staff/").status_code == 403
    assert f"{order}/approve" not in township.get("/staff/commands").text


def test_unchanged_list_is_not_sent_again(first: StaffBrowser, terminal: SignedTerminal) -> None:
    """Asked again with its ETag the list is 304 until a machine answers."""
    asks(first, terminal, "self_test")
    seen = first.get("/staff/commands")
    tag = {"If-None-Match": seen.headers["ETag"]}
    assert first.client.get("/staff/commands", headers=tag).status_code == 304
    serves(terminal)
    assert first.client.get("/staff/commands", headers=tag).status_code == 200


def test_pages_are_proper_in_english(first: StaffBrowser, terminal: SignedTerminal) -> None:
    """Every page has its words in English too."""
    order = asks(first, terminal, "reboot")
    first.post("/staff/language", "/staff/", language="en")
    for path in ("/staff/commands", "/staff/commands/new", desk(terminal), order):
        assert '<html lang="en" dir="ltr"' in proper(first.get(path))
