"""The fleet and the commands, and who may see and do what."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

CENTRE, TOWN = "atushi-centre", "songtake"


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal of the city's centre that has told how it is."""
    terminal = SignedTerminal(app)
    assert (
        terminal.post(
            f"{API}/heartbeats", json_body=exchange("heartbeats").requests[1].body
        ).status_code
        == 200
    )
    return terminal


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def events(app: Flask) -> list[str]:
    """What was audited of staff and terminals by hand of staff."""
    with database_of(app).reading() as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.actor_kind == "staff").order_by(AuditEntry.id)
        )
        return [entry.event for entry in found]


def test_empty_fleet_says_what_will_be_here(technician: StaffBrowser) -> None:
    """Before the first terminal the page says what it will show."""
    assert "还没有终端" in proper(technician.get("/staff/"))


def test_fleet_says_what_is_wrong(technician: StaffBrowser, terminal: SignedTerminal) -> None:
    """A terminal in trouble is listed with word, reason and devices, worst first."""
    well = SignedTerminal(technician.app)
    well.post(f"{API}/heartbeats", json_body=exchange("heartbeats").requests[0].body)
    page = proper(technician.get("/staff/"))
    assert page.index(terminal.id) < page.index(well.id)
    row = page[page.index('class="row-stop"') : page.index("</tr>", page.index('class="row-stop"'))]
    for words in ("停用", "读卡器：没有应答", "A4 打印机：纸用完了", "秒前"):
        assert words in row


def test_silent_terminal_is_not_called_well(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """After three missed heartbeats the terminal is silent and its devices are not known."""
    terminal.post(f"{API}/heartbeats", json_body=exchange("heartbeats").requests[0].body)
    assert "正常" in proper(technician.get("/staff/"))
    with clock.frozen(clock.now() + timedelta(minutes=14)):
        page = proper(technician.get("/staff/"))
    assert "失联" in page
    assert "14 分钟前" in page
    assert page.count("不明") == 3
    assert "正常" not in page


def test_terminal_page_shows_devices_and_facts(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """One terminal's page says what each device told, the toner's level and what I may do."""
    page = proper(technician.get(f"/staff/terminals/{terminal.id}"))
    for words in ("墨粉 6%", "没打完的任务", "-31.2 s", "锁定，暂停服务", "吊销终端"):
        assert words in page


def test_code_is_made_and_shown_once(app: Flask, technician: StaffBrowser) -> None:
    """The code on the page enrols a machine; the list then shows only until when it is good."""
    answer = technician.post(
        "/staff/terminals/new", "/staff/terminals/new", site=CENTRE, place="一楼24小时自助区"
    )
    page = proper(answer)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found is not None
    assert answer.headers["Cache-Control"] == "no-store"
    listed = proper(technician.get("/staff/"))
    assert found.group() not in listed
    assert "前有效" in listed
    assert events(app)[-1] == "terminal.enrolment_code_made"


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"site": "", "place": ""}, "请选一个服务场所"),
        ({"site": "nowhere", "place": ""}, "请选一个服务场所"),
        ({"site": CENTRE, "place": "远" * 81}, "不要超过 80 个字"),
    ],
)
def test_faulty_enrolment_form_is_told(
    technician: StaffBrowser, form: dict[str, str], fault: str
) -> None:
    """A missing site or an endless place is told at its field."""
    answer = technician.post("/staff/terminals/new", "/staff/terminals/new", **form)
    assert answer.status_code == 422
    assert fault in answer.text


@pytest.mark.policy("P54")
def test_a_terminal_in_a_bank(technician: StaffBrowser) -> None:
    """A bank is offered under the site that it belongs to, and listed with its terminal."""
    page = proper(technician.get("/staff/terminals/new"))
    assert "幸福路街道便民服务中心 · 示例银行网点" in page
    new = "/staff/terminals/new"
    proper(technician.post(new, new, site="xingfulu/sample-bank", place="大厅"))
    listed = proper(technician.get("/staff/"))
    assert "示例银行网点 · 大厅" in listed
    wrong = technician.post(new, new, site="atushi-centre/sample-bank", place="")
    assert wrong.status_code == 422


def test_another_code_for_a_changed_machine(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """A terminal whose disk was changed gets a code under its own number."""
    page = f"/staff/terminals/{terminal.id}"
    made = proper(technician.post(f"{page}/code", page))
    assert f"{terminal.id} 的登记码" in made
    assert "--server http://127.0.0.1:8000" in made
    assert "--again" in made


def test_revoking_asks_by_name(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Only the number typed in full and a reason revoke; the terminal is then out at once."""
    path = f"/staff/terminals/{terminal.id}/revoke"
    proper(technician.get(path))
    assert 'value="retired"' not in technician.get(path).text
    forms: list[dict[str, str]] = [
        {"name": "AT-9999", "reason": "stolen"},
        {"name": terminal.id, "reason": "retired"},
        {"name": terminal.id},
        {},
    ]
    for form in forms:
        assert technician.post(path, path, **form).status_code == 422
    assert terminal.get(f"{API}/wants").status_code == 200
    done = technician.post(path, path, name=terminal.id.lower(), reason="stolen")
    assert done.status_code == 303
    assert terminal.get(f"{API}/wants").status_code == 403
    assert "已吊销" in proper(technician.get("/staff/fleet?state=archive"))
    assert events(app)[-1] == "terminal.revoked"


def test_lock_and_put_back(technician: StaffBrowser, terminal: SignedTerminal) -> None:
    """A locked terminal is told so and can be put back into service."""
    page = f"/staff/terminals/{terminal.id}"
    technician.post(f"{page}/lock", f"{page}/lock", name=terminal.id, reason="maintenance")
    assert "已锁定" in proper(technician.get(page))
    assert technician.post(f"{page}/unlock", page).status_code == 303
    assert "已锁定" not in proper(technician.get(page))


def test_revoked_terminal_offers_no_command(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """After revocation the page has no command, and a sent one is a conflict."""
    page = f"/staff/terminals/{terminal.id}"
    technician.post(f"{page}/revoke", f"{page}/revoke", name=terminal.id, reason="stolen")
    text = proper(technician.get(page))
    # An order to fetch the machine may still be written.
    assert f"{page}/" not in text.replace(f"{page}/work-order", "")
    assert technician.post(f"{page}/unlock", page).status_code == 409


def test_township_sees_its_own(app: Flask, terminal: SignedTerminal) -> None:
    """A right holds within its division: other terminals are not listed and not found."""
    seed(app)
    own = SignedTerminal(app, site_id=TOWN)
    browser = StaffBrowser(app).sign_in("songtake")
    page = proper(browser.get("/staff/"))
    assert own.id in page
    assert terminal.id not in page
    foreign = browser.get(f"/staff/terminals/{terminal.id}")
    unknown = browser.get("/staff/terminals/AT-9999")
    assert foreign.status_code == unknown.status_code == 404
    path = f"/staff/terminals/{terminal.id}/revoke"
    sent = browser.post(path, "/staff/", name=terminal.id, reason="stolen")
    assert sent.status_code == 404
    assert terminal.get(f"{API}/wants").status_code == 200
    assert events(app)[-3:] == ["staff.refused"] * 3


def test_township_enrols_in_its_own(app: Flask) -> None:
    """A site of another division cannot be chosen, nor sent by hand."""
    seed(app)
    browser = StaffBrowser(app).sign_in("songtake")
    page = proper(browser.get("/staff/terminals/new"))
    assert f'value="{TOWN}"' in page
    assert f'value="{CENTRE}"' not in page
    sent = browser.post("/staff/terminals/new", "/staff/terminals/new", site=CENTRE, place="")
    assert sent.status_code == 422


@pytest.mark.parametrize("path", ["/staff/", "/staff/terminals/AT-0001", "/staff/terminals/new"])
def test_auditor_runs_no_machines(app: Flask, terminal: SignedTerminal, path: str) -> None:
    """Who has no right to terminals is told so, and the try is audited."""
    seed(app)
    browser = StaffBrowser(app).sign_in("shenji")
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "权限" in answer.text
    assert "AT-0001" not in answer.text
    assert events(app)[-1] == "staff.refused"


def test_administrator_sees_and_commands_not(app: Flask, terminal: SignedTerminal) -> None:
    """Who may see but not command gets pages without buttons, and a refusal if he sends one."""
    seed(app)
    browser = StaffBrowser(app).sign_in("guanli")
    page = f"/staff/terminals/{terminal.id}"
    assert f"{page}/revoke" not in proper(browser.get(page))
    assert browser.get(f"{page}/revoke").status_code == 403
    assert "/staff/terminals/new" not in proper(browser.get("/staff/"))


@pytest.mark.parametrize("command", ["code", "unlock", "lock", "revoke"])
def test_command_without_token_is_refused(
    technician: StaffBrowser, terminal: SignedTerminal, command: str
) -> None:
    """No command works from another site's page."""
    path = f"/staff/terminals/{terminal.id}/{command}"
    form = {"name": terminal.id, "reason": "stolen"}
    assert technician.client.post(path, data=form).status_code == 400
    assert terminal.get(f"{API}/wants").status_code == 200


def test_pages_of_the_console_are_proper_in_english(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Every page has its words in English too."""
    technician.post("/staff/language", "/staff/", language="en")
    page = f"/staff/terminals/{terminal.id}"
    for path in ("/staff/", page, "/staff/terminals/new", f"{page}/lock", f"{page}/revoke"):
        assert '<html lang="en" dir="ltr"' in proper(technician.get(path))
