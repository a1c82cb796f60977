"""Asset book, site card, keepers, moving, retiring and replacing in the console; who may not."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.fleet.models import TerminalDay, UnfinishedDay
from kiosk_server.terminals.models import Terminal
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

PHONE = "13900000001"
BOOK = {
    "edition": "0", "model": "示例立式机", "serial": "SN-1", "device_serials.id_reader": "R-7",
    "line_operator": "telecom", "line_kind": "fibre", "line_number": "KS-1",
    "warranty_until": "2029-06-01", "filing_number": "备2026-12", "installed_on": "2026-06-01",
    "notes": "ups_fitted",
}  # fmt: skip
KEEPER = {"place": "atushi-centre", "name": "测试·古丽", "phone": PHONE, "language": "ug",
          "days1": "1", "opens1": "10:00", "closes1": "14:00", "login": ""}  # fmt: skip


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal of the city's centre that has told how it and its computer are."""
    terminal = SignedTerminal(app)
    terminal.post(f"{API}/heartbeats", json_body=exchange("heartbeats").requests[1].body)
    return terminal


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def events(app: Flask) -> list[str]:
    """What was audited by hand of staff."""
    with database_of(app).reading() as session:
        wanted = select(AuditEntry.event).where(AuditEntry.actor_kind == "staff")
        return list(session.scalars(wanted.order_by(AuditEntry.id)))


@pytest.mark.policy("P53")
def test_the_computer_in_the_cabinet_is_shown(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """What the heartbeat told of disk, memory and time since start; unknown where it did not."""
    page = proper(technician.get(f"/staff/terminals/{terminal.id}"))
    for words in ("812 MB", "2.0 GB", "不知道", "1 天 2 小时 3 分"):
        assert words in page


def test_a_book_is_written_and_its_history_read(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """What the form says stands on the terminal's page; the history says what stood before."""
    path = f"/staff/fleet/{terminal.id}/book"
    assert technician.post(path, path, **BOOK).status_code == 303
    assert (
        technician.post(path, path, **{**BOOK, "edition": "1", "serial": "SN-2"}).status_code == 303
    )
    page = proper(technician.get(f"/staff/terminals/{terminal.id}"))
    for words in ("SN-2", "2029-06-01", "备2026-12", "电信", "宽带", "R-7", "有不间断电源"):
        assert words in page
    book = proper(technician.get(path))
    assert re.search(r"整机序列号: <span class=\"soft\">SN-1</span> → SN-2", book)
    assert "测试·维护" in book
    assert events(app)[-2:] == ["asset.changed"] * 2


def test_a_faulty_book_is_told_at_its_field(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """The form comes back with what was typed and what is wrong; nothing is kept."""
    path = f"/staff/fleet/{terminal.id}/book"
    for change, said in (
        ({"serial": "<script>"}, "只用字母、数字"),
        ({"warranty_until": "2020-01-01"}, "早于安装日期"),
        ({"warranty_until": "31.12.2029"}, "日期不对"),
        ({"filing_number": "x y"}, "备案号不对"),
    ):
        answer = technician.post(path, path, **{**BOOK, **change})
        assert answer.status_code == 422
        assert said in answer.text
        assert "示例立式机" in answer.text
    assert "SN-1" not in technician.get(path).text


def test_who_read_an_older_book_is_told(technician: StaffBrowser, terminal: SignedTerminal) -> None:
    """A form filled in before somebody else wrote does not overwrite it."""
    path = f"/staff/fleet/{terminal.id}/book"
    technician.post(path, path, **BOOK)
    for edition in ("0", "-1", "x", "9" * 30):
        answer = technician.post(path, path, **{**BOOK, "edition": edition, "serial": "SN-9"})
        assert answer.status_code == 409
        assert "别人刚改过" in answer.text


def test_a_site_card_is_written(technician: StaffBrowser, terminal: SignedTerminal) -> None:
    """Key, hours and the way stand on the terminal's page; half a spell of hours is a fault."""
    path = f"/staff/fleet/{terminal.id}/card"
    proper(technician.get(path))
    card = {"edition": "0", "key_with": "security", "days1": "1", "opens1": "10:00",
            "closes1": "14:00", "access": "step_free", "directions": "大厅东侧"}  # fmt: skip
    for change in ({"closes1": ""}, {"closes1": "09:00"}, {"days1": "8"}):
        answer = technician.post(path, path, **{**card, **change})
        assert answer.status_code == 422
        assert "请选好哪几天" in answer.text
    assert "不要写电话" in technician.post(path, path, **{**card, "directions": PHONE}).text
    assert technician.post(path, path, **card).status_code == 303
    page = proper(technician.get(f"/staff/terminals/{terminal.id}"))
    for words in ("保安室", "一 10:00–14:00", "无台阶", "大厅东侧"):
        assert words in page


def test_a_keeper_is_entered_and_taken_off(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """His number is shown masked everywhere; each fault is told at its field."""
    path = "/staff/keepers"
    for change, said in (
        ({"place": "nowhere"}, "请选一个地点"),
        ({"name": "1"}, "请写姓名"),
        ({"phone": "0908-1"}, "请写 11 位手机号"),
        ({"language": "fr"}, "请选一种语言"),
        ({"login": "nobody"}, "没有这个账号"),
    ):
        answer = technician.post(path, path, **{**KEEPER, **change})
        assert answer.status_code == 422
        assert said in answer.text
    assert technician.post(path, path, **KEEPER).status_code == 303
    for page in (path, f"/staff/terminals/{terminal.id}"):
        shown = proper(technician.get(page))
        assert "测试·古丽" in shown
        assert "139****0001" in shown
        assert PHONE not in shown
    found = re.search(r"/staff/keepers/(\w+)/remove", technician.get(path).text)
    assert found is not None
    assert technician.post(found.group(), path).status_code == 303
    assert "测试·古丽" not in technician.get(path).text


@pytest.mark.policy("P54")
def test_a_terminal_is_moved(technician: StaffBrowser, terminal: SignedTerminal) -> None:
    """It stands in the bank from now on, under the body to which the bank belongs."""
    path = f"/staff/fleet/{terminal.id}/move"
    proper(technician.get(path))
    for site in ("atushi-centre/sample-bank", "nowhere", ""):
        assert technician.post(path, path, site=site, place="").status_code == 422
    done = technician.post(path, path, site="xingfulu/sample-bank", place="大厅")
    assert done.status_code == 303
    page = proper(technician.get(f"/staff/terminals/{terminal.id}"))
    assert "幸福路街道便民服务中心 · 示例银行网点 · 大厅" in page
    assert terminal.get(f"{API}/wants").status_code == 200


def test_retiring_asks_twice(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """First what will happen, then the number; the key dies, the archive keeps the record."""
    path = f"/staff/fleet/{terminal.id}/retire"
    first = proper(technician.get(path))
    assert '<form method="post" action="/staff/fleet' not in first
    assert f"{path}/confirm" in first
    proper(technician.get(f"{path}/confirm"))
    wrong = technician.post(f"{path}/confirm", f"{path}/confirm", name="AT-9999")
    assert wrong.status_code == 422
    assert terminal.get(f"{API}/wants").status_code == 200
    assert (
        technician.post(f"{path}/confirm", f"{path}/confirm", name=terminal.id).status_code == 303
    )
    assert terminal.get(f"{API}/wants").status_code == 403
    assert terminal.id in proper(technician.get("/staff/fleet?state=archive"))
    assert terminal.id not in proper(technician.get("/staff/fleet"))
    assert technician.get(path).status_code == 409
    assert {"terminal.revoked", "asset.changed"} <= set(events(app))


def test_a_replacement_gets_a_code_and_both_books_say_so(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """The new number's code is shown once; its page names the machine whose place it took."""
    path = f"/staff/fleet/{terminal.id}/replace/confirm"
    page = proper(technician.post(path, path, name=terminal.id))
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    with database_of(app).reading() as session:
        new = session.scalars(select(Terminal).where(Terminal.replaces == terminal.id)).one()
    assert f'href="/staff/terminals/{terminal.id}"' in proper(
        technician.get(f"/staff/terminals/{new.id}")
    )
    assert new.id in proper(technician.get(f"/staff/fleet/{terminal.id}/book"))
    assert terminal.get(f"{API}/wants").status_code == 403


@pytest.mark.policy("P38", "P39", "P50")
def test_use_is_told_in_counts_that_watch_nobody(
    app: Flask, technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Uptime and use of a terminal and of the area, with a table beneath; one or two are `few`."""
    yesterday = clock.beijing_today() - timedelta(days=1)
    with database_of(app).unit_of_work() as session:
        session.add(
            TerminalDay(
                terminal_id=terminal.id, day=yesterday, site_id="atushi-centre",
                expected_seconds=86_400, whole_seconds=64_800, partly_seconds=10_800,
                stopped_seconds=0, silent_seconds=10_800, locked_seconds=0, finished=8,
                unfinished=2, looked=1, pages=17, slips=9, card_reads=10,
            )
        )  # fmt: skip
        session.add(
            UnfinishedDay(
                terminal_id=terminal.id, day=yesterday, item_code="SAMPLE-RS-01",
                reason="print_jam", site_id="atushi-centre", count=2,
            )
        )  # fmt: skip
    for path in (f"/staff/terminals/{terminal.id}", "/staff/fleet/use",
                 "/staff/fleet/use?site=atushi-centre&days=90"):  # fmt: skip
        page = proper(technician.get(path))
        for words in ("可用 87.5%", "10 次，办成 80.0%", "75.0%", "12.5%", "少于 3", ">17<"):
            assert words in page
        assert "卡纸" not in page.partition("没办成的")[2]
    assert "全程自助" in technician.get("/staff/fleet/use").text


FORMS = ("book", "card", "move", "retire/confirm", "replace/confirm")


@pytest.mark.policy("P53")
def test_another_divisions_technician_changes_nothing(app: Flask, terminal: SignedTerminal) -> None:
    """Of a terminal outside his divisions there is no page and no form; the try is audited."""
    seed(app)
    browser = StaffBrowser(app).sign_in("songtake")
    for form in FORMS:
        path = f"/staff/fleet/{terminal.id}/{form}"
        assert browser.get(path).status_code == 404, form
        sent = browser.post(path, "/staff/fleet", name=terminal.id, site="songtake", **BOOK)
        assert sent.status_code == 404, form
        assert events(app)[-2:] == ["staff.refused"] * 2
    assert terminal.get(f"{API}/wants").status_code == 200


def test_who_may_only_see_changes_nothing(app: Flask, terminal: SignedTerminal) -> None:
    """An administrator reads the book and gets no form; what he sends is refused and audited."""
    seed(app)
    browser = StaffBrowser(app).sign_in("guanli")
    page = proper(browser.get(f"/staff/terminals/{terminal.id}"))
    for form in FORMS:
        path = f"/staff/fleet/{terminal.id}/{form}"
        sent = browser.post(path, "/staff/fleet", name=terminal.id, site="songtake", **BOOK)
        assert sent.status_code == 403, form
        assert events(app)[-1] == "staff.refused"
        assert path not in page or form == "book"
    assert terminal.get(f"{API}/wants").status_code == 200
    assert 'name="serial"' not in proper(browser.get(f"/staff/fleet/{terminal.id}/book"))


def test_an_auditor_sees_no_machines(app: Flask, terminal: SignedTerminal) -> None:
    """Who has no right to terminals gets none of their lists."""
    seed(app)
    browser = StaffBrowser(app).sign_in("shenji")
    for path in ("/staff/keepers", "/staff/fleet/use", "/staff/fleet"):
        assert browser.get(path).status_code == 403


def test_a_township_enters_keepers_of_its_own_places_alone(
    app: Flask, technician: StaffBrowser
) -> None:
    """Neither may it name another site, nor take off a keeper of one."""
    technician.post("/staff/keepers", "/staff/keepers", **KEEPER)
    found = re.search(r"/staff/keepers/(\w+)/remove", technician.get("/staff/keepers").text)
    assert found is not None
    town = StaffBrowser(app).sign_in("songtake")
    assert "测试·古丽" not in proper(town.get("/staff/keepers"))
    assert town.post("/staff/keepers", "/staff/keepers", **KEEPER).status_code == 422
    assert town.post(found.group(), "/staff/keepers").status_code == 404
    assert "测试·古丽" in technician.get("/staff/keepers").text


def test_no_form_works_from_another_sites_page(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """Without the page's token nothing is written, moved or withdrawn."""
    for form in FORMS:
        path = f"/staff/fleet/{terminal.id}/{form}"
        data = {"name": terminal.id, "site": "songtake", **BOOK}
        assert technician.client.post(path, data=data).status_code == 400, form
    assert terminal.get(f"{API}/wants").status_code == 200


def test_every_page_is_proper_in_english(
    technician: StaffBrowser, terminal: SignedTerminal
) -> None:
    """All papers and steps are worded in English too."""
    technician.post("/staff/language", "/staff/", language="en")
    pages = [f"/staff/fleet/{terminal.id}/{each}" for each in (*FORMS, "retire", "replace")]
    for path in (*pages, "/staff/keepers", "/staff/fleet/use", f"/staff/terminals/{terminal.id}"):
        assert '<html lang="en" dir="ltr"' in proper(technician.get(path))
