"""Supplies in the console: who runs out when, the round, the shelf, and what a keeper put in."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kiosk_server.assets import keepers
from kiosk_server.assets.keepers import Place
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.staff.queries import colleague_called
from kiosk_server.supplies.rules import Supply
from tests.support.ailing import CENTRE
from tests.support.inspect_page import faults_of
from tests.support.paper_town import ONE, PaperTown
from tests.support.staff_browser import StaffBrowser, database_of
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

HERE = "/staff/fleet/supplies"


@pytest.fixture
def paper(app: Flask) -> PaperTown:
    """Two terminals of the centre, one of the township; the first runs out in days."""
    paper = PaperTown(database_of(app), centre=2, town=1)
    paper.town.now = clock.now()
    paper.has_printed(40).has_printed(5, days=8, terminals=["AT-0003"])
    paper.reviews()
    paper.loads(100)
    paper.learns()
    return paper


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200, answer.text
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


@pytest.mark.policy("P53")
def test_who_runs_out_stands_in_the_list(app: Flask, paper: PaperTown) -> None:
    """The soonest first; what has too few days is said and not guessed; sifting sifts."""
    technician = StaffBrowser(app).sign_in("weihu")
    page = proper(technician.get(HERE))
    assert ONE in page
    assert "AT-0003" not in page
    assert "天数不够" in page
    everything = proper(technician.get(f"{HERE}?within=all"))
    assert everything.index(ONE) < everything.index("AT-0003")
    assert "天数不够（8/14）" in everything
    assert ONE not in proper(technician.get(f"{HERE}?supply=toner"))
    assert ONE not in proper(technician.get(f"{HERE}?site=songtake"))
    assert "耗材" in proper(technician.get(f"/staff/terminals/{ONE}"))
    technician.post("/staff/language", HERE, language="en", next=HERE)
    assert "about" in proper(technician.get(HERE))


@pytest.mark.policy("P53")
def test_the_round_is_the_keeper_s_or_the_driver_s(app: Flask, paper: PaperTown) -> None:
    """Places with a keeper are his, others a technician's; what lies there is counted off."""
    technician = StaffBrowser(app).sign_in("weihu")
    page = proper(technician.get(f"{HERE}/round?within=14"))
    assert ONE in page
    assert re.search(r"A4 纸 \d 包", page)
    assert ONE in proper(technician.get(f"{HERE}/round?by=technician&within=14"))
    assert ONE not in proper(technician.get(f"{HERE}/round?by=keeper&within=14"))
    fields = {"place": f"{CENTRE}/", "supply": "a4"}
    sent = technician.post(f"{HERE}/shelf", f"{HERE}/round?within=14", packs="9", **fields)
    assert sent.status_code == 303
    page = proper(technician.get(f"{HERE}/round?within=14"))
    assert "9 份" in page
    assert not re.search(r"A4 纸 \d 包", page)
    wrong = technician.post(f"{HERE}/shelf", f"{HERE}/round?within=14", packs="-3", **fields)
    assert wrong.status_code == 422


def test_who_may_not_count_does_not(app: Flask, paper: PaperTown) -> None:
    """A clerk sees and does not count; a technician of elsewhere sees and counts nothing here."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    round_page = f"{HERE}/round?within=14"
    assert "/shelf" not in proper(clerk.get(round_page))
    fields = {"place": f"{CENTRE}/", "supply": "a4", "packs": "3"}
    assert clerk.post(f"{HERE}/shelf", "/staff/fleet", **fields).status_code == 403
    other = StaffBrowser(app).sign_in("songtake")
    assert ONE not in proper(other.get(f"{HERE}?within=all"))
    assert ONE not in proper(other.get(round_page))
    assert other.post(f"{HERE}/shelf", "/staff/work-orders", **fields).status_code == 422


@pytest.mark.policy("P53")
def test_what_a_machine_says_was_loaded_is_counted_once(app: Flask, paper: PaperTown) -> None:
    """A sheet of the wire, sent twice, loads once."""
    terminal = SignedTerminal(app)
    sample = next(each.body for each in exchange("checks").requests)
    results = [
        {"device": "a4_printer", "test": "paper", "result": "pass", "code": None, "measured": 250.0}
    ]
    body = {**sample, "id": "check-of-paper", "kind": "paper_loaded", "results": results}
    body["at"] = clock.now().isoformat()
    for _ in range(2):
        assert terminal.post(f"{API}/checks", json_body=body).status_code == 200
    row = paper.stock(terminal=terminal.id)
    assert (row.evidence, row.left) == ("counted", 125 + 250)


@pytest.mark.policy("P53")
def test_a_keeper_says_what_he_put_in(app: Flask, paper: PaperTown) -> None:
    """One touch of his phone's page; sent twice it is one load, of another's machine none."""
    with paper.database.unit_of_work() as session:
        member = colleague_called(session, "guanliyuan")
        assert member is not None
        keepers.enter(
            session,
            Place(CENTRE),
            name="测试·管理员",
            phone="13900000009",
            language="zh",
            hours=(),
            staff_id=member.id,
            by=Actor("staff", "01test"),
        )
    browser = StaffBrowser(app).sign_in("guanliyuan")
    form = f"/staff/mine/{ONE}/how/load_a4"
    page = proper(browser.get(form))
    assert page.count('name="amount"') == 3
    found = re.search(r'name="check" value="([^"]+)"', page)
    assert found is not None
    before = paper.stock().left
    for _ in range(2):
        path = f"/staff/mine/{ONE}/loaded/load_a4"
        assert browser.post(path, form, check=found[1], amount="250").status_code == 303
    assert paper.stock().left == before + 250
    odd = browser.post(f"/staff/mine/{ONE}/loaded/load_a4", form, check="x" * 10, amount="7")
    assert odd.status_code == 422
    assert browser.post("/staff/mine/AT-0003/loaded/load_a4", form, amount="250").status_code == 404
    roll = proper(browser.get(f"/staff/mine/{ONE}/how/load_roll"))
    assert "换了新纸卷" in roll
    assert Supply.ROLL.value in paper.supplies()
