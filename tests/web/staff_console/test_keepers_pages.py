"""The keeper's pages: his own terminals, what to do, how, the daily check; and nothing else."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.assets.models import TerminalCheck
from kiosk_server.assets.seed import SAMPLE_BANK, demo_keeper
from kiosk_server.audit.models import AuditEntry
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

MINE = "/staff/mine"
GOOD = dict.fromkeys(
    ("screen", "reader", "strange_parts", "a4_paper", "slip_paper", "power", "way"), "good"
)


@pytest.fixture
def own(app: Flask) -> SignedTerminal:
    """A terminal of the keeper's bank, out of paper."""
    terminal = SignedTerminal(app, site_id="xingfulu", host_place_id="sample-bank")
    terminal.post(f"{API}/heartbeats", json_body=exchange("heartbeats").requests[1].body)
    return terminal


@pytest.fixture
def foreign(app: Flask) -> SignedTerminal:
    """A terminal of the same site, that stands in the site itself."""
    return SignedTerminal(app, site_id="xingfulu")


@pytest.fixture
def keeper(app: Flask) -> StaffBrowser:
    """The keeper of the sample bank, signed in."""
    seed(app)
    with database_of(app).unit_of_work() as session:
        demo_keeper(session, SAMPLE_BANK)
    return StaffBrowser(app).sign_in("guanliyuan")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def in_language(keeper: StaffBrowser, code: str) -> None:
    """Touch the button of a language."""
    assert keeper.post("/staff/language", MINE, language=code, next=MINE).status_code == 303


@pytest.mark.policy("P53")
def test_a_keeper_sees_what_to_do_now(
    keeper: StaffBrowser, own: SignedTerminal, foreign: SignedTerminal
) -> None:
    """His terminals alone, each with its tasks, in the language that he was entered with."""
    assert keeper.get("/staff/").headers["Location"] == MINE
    page = proper(keeper.get(MINE))
    assert '<html lang="ug" dir="rtl"' in page
    assert own.id in page
    assert foreign.id not in page
    in_language(keeper, "zh")
    page = proper(keeper.get(f"{MINE}/{own.id}"))
    for words in ("加 A4 纸", "换凭条纸", "这要维护员来", "今天的检查", "求助电话", "示例银行网点"):
        assert words in page


def test_pictures_show_how(keeper: StaffBrowser, own: SignedTerminal) -> None:
    """Each step is a picture with a sentence, in each of the three languages."""
    for code, sentence in (("zh", "推到底"), ("ug", "ئىتتىرىڭ"), ("en", "Push the tray in")):
        in_language(keeper, code)
        page = proper(keeper.get(f"{MINE}/{own.id}/how/load_a4"))
        assert sentence in page
        assert page.count('class="k-picture"') == 4
    assert keeper.get(f"{MINE}/{own.id}/how/open_safe").status_code == 404


def test_the_daily_check_is_kept_once(
    app: Flask, keeper: StaffBrowser, own: SignedTerminal
) -> None:
    """Every point is answered; sent twice it is kept once; technicians see what is bad."""
    in_language(keeper, "zh")
    path = f"{MINE}/{own.id}/check"
    form = proper(keeper.get(path))
    found = re.search(r'name="check" value="(\w+)"', form)
    assert found is not None
    half = {**GOOD, "check": found[1]}
    del half["way"]
    answer = keeper.post(path, path, **half)
    assert answer.status_code == 422
    assert "请选一个" in answer.text
    assert found[1] in answer.text
    for _ in range(2):
        sent = keeper.post(path, path, **{**GOOD, "power": "bad", "check": found[1]})
        assert sent.headers["Location"] == f"{MINE}/{own.id}?done=1"
    with database_of(app).reading() as session:
        assert session.scalar(select(func.count()).select_from(TerminalCheck)) == 1
    assert "已记下" in proper(keeper.get(f"{MINE}/{own.id}?done=1"))
    assert "今天的检查" not in proper(keeper.get(MINE))
    technician = StaffBrowser(app).sign_in("weihu")
    page = proper(technician.get(f"/staff/terminals/{own.id}"))
    assert re.search(r"每日检查.*电源和网线", page, re.DOTALL)


@pytest.mark.policy("P53")
def test_a_keeper_of_another_terminal_sees_and_does_nothing(
    app: Flask, keeper: StaffBrowser, foreign: SignedTerminal
) -> None:
    """A terminal next door is not found by him, whatever he asks of it; the try is audited."""
    for path in ("", "/how/load_a4", "/check"):
        assert keeper.get(f"{MINE}/{foreign.id}{path}").status_code == 404
        assert keeper.get(f"{MINE}/AT-9999{path}").status_code == 404
    sent = keeper.post(f"{MINE}/{foreign.id}/check", MINE, check="check-0001", **GOOD)
    assert sent.status_code == 404
    with database_of(app).reading() as session:
        assert session.scalar(select(func.count()).select_from(TerminalCheck)) == 0
        refused = session.scalars(
            select(AuditEntry).where(
                AuditEntry.event == "staff.refused", AuditEntry.subject_id == foreign.id
            )
        ).all()
    assert {entry.facts["right"] for entry in refused} == {"terminals.mind"}
    assert len(refused) == 4


def test_a_keeper_has_no_other_page(keeper: StaffBrowser, own: SignedTerminal) -> None:
    """Neither lists nor alerts, books, keepers or commands, not even of his own terminal."""
    for path in (
        "/staff/fleet", "/staff/fleet/use", "/staff/alerts", "/staff/on-call", "/staff/keepers",
        f"/staff/terminals/{own.id}", f"/staff/fleet/{own.id}/book", f"/staff/fleet/{own.id}/move",
        f"/staff/fleet/{own.id}/retire", f"/staff/terminals/{own.id}/lock",
    ):  # fmt: skip
        assert keeper.get(path).status_code in (403, 404), path
    sent = keeper.post(f"/staff/fleet/{own.id}/retire/confirm", MINE, name=own.id)
    assert sent.status_code in (403, 404)
    assert own.get(f"{API}/wants").status_code == 200


@pytest.mark.policy("P54")
def test_a_moved_terminal_changes_its_keeper(
    app: Flask, keeper: StaffBrowser, own: SignedTerminal, foreign: SignedTerminal
) -> None:
    """What is moved into his bank is his from then on, and what leaves it is not."""
    technician = StaffBrowser(app).sign_in("weihu")
    for terminal, to in ((own, "xingfulu"), (foreign, "xingfulu/sample-bank")):
        path = f"/staff/fleet/{terminal.id}/move"
        assert technician.post(path, path, site=to, place="").status_code == 303
    page = proper(keeper.get(MINE))
    assert foreign.id in page
    assert own.id not in page


def test_others_are_no_keepers(app: Flask) -> None:
    """A technician has no keeper's page; Uyghur is offered to keepers alone."""
    seed(app)
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(MINE).status_code == 403
    technician.post("/staff/language", "/staff/fleet", language="ug")
    assert '<html lang="zh-CN"' in technician.get("/staff/fleet").text
