"""The list of terminals: filters in its address, search, the archive, paging, quiet polling."""

from datetime import timedelta

import pytest
from flask import Flask

from kiosk_server.core import clock
from kiosk_server.terminals.models import Terminal
from kiosk_server.upkeep.evaluator import watch
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

LIST = "/staff/fleet"
WELL, ILL = (sample.body for sample in exchange("heartbeats").requests[:2])


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


@pytest.fixture
def terminals(app: Flask) -> dict[str, str]:
    """One terminal that is well, one that is ill, one in a bank."""
    well, ill = SignedTerminal(app), SignedTerminal(app)
    bank = SignedTerminal(app, site_id="xingfulu", host_place_id="sample-bank")
    for terminal, body in ((well, WELL), (ill, ILL), (bank, WELL)):
        assert terminal.post(f"{API}/heartbeats", json_body=body).status_code == 200
    return {"well": well.id, "ill": ill.id, "bank": bank.id}


def listed(browser: StaffBrowser, terminals: dict[str, str], query: str) -> set[str]:
    """Which of *terminals* the list shows for *query*."""
    answer = browser.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    page = answer.text
    assert faults_of(page, answer.headers["Content-Security-Policy"], help_phone="") == []
    return {name for name, each in terminals.items() if f"/staff/terminals/{each}" in page}


@pytest.mark.policy("P53")
def test_the_list_is_sifted_by_its_address(
    technician: StaffBrowser, terminals: dict[str, str]
) -> None:
    """State, words, area, site, host place, trouble and software each sift; nonsense does not."""
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        watch(database_of(technician.app))
    expected = {
        "": {"well", "ill", "bank"},
        "state=wanting": {"ill"},
        "state=nonsense": {"well", "ill", "bank"},
        "state=archive": set(),
        f"q={terminals['well'].lower()}": {"well"},
        "q=示例银行": {"bank"},
        "q=幸福路": {"bank"},
        "q=%25": set(),
        "division=653001001": {"bank"},
        "site=atushi-centre": {"well", "ill"},
        "host=bank": {"bank"},
        "host=site": {"well", "ill"},
        "trouble=paper_out": {"ill"},
        "software=0.1.0": {"well", "ill", "bank"},
        "software=9": set(),
        "after=99-AT-9999": set(),
        "after=nonsense": {"well", "ill", "bank"},
    }
    assert {query: listed(technician, terminals, query) for query in expected} == expected


def test_chips_count_and_keep_the_other_filters(
    technician: StaffBrowser, terminals: dict[str, str]
) -> None:
    """Each state says how many there are, and its link keeps what was sifted besides."""
    page = technician.get(f"{LIST}?site=atushi-centre").text
    assert '全部 <span class="num">2</span>' in page
    assert 'href="/staff/fleet?state=wanting&amp;site=atushi-centre"' in page


def test_silence_is_found(technician: StaffBrowser, terminals: dict[str, str]) -> None:
    """Who has not spoken for three heartbeats is listed as silent, without any writing."""
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert listed(technician, terminals, "state=offline") == {"well", "ill", "bank"}


def test_pages_go_on(technician: StaffBrowser, app: Flask) -> None:
    """More than a page of terminals is shown page by page, none twice."""
    with database_of(app).unit_of_work() as session:
        for number in range(1, 61):
            session.add(
                Terminal(id=f"AT-{number:04d}", site_id="atushi-centre", state="in_service")
            )
    first = technician.get(LIST).text
    assert "显示 50 台，共 60 台" in first
    start = first.index("/staff/fleet?after=")
    second = technician.get(first[start : first.index('"', start)].replace("&amp;", "&")).text
    assert "显示 10 台，共 60 台" in second
    assert "AT-0050" in first
    assert "AT-0050" not in second
    assert "第一页" in second


def test_polling_is_spared_while_nothing_changes(
    technician: StaffBrowser, terminals: dict[str, str], app: Flask
) -> None:
    """The same list answers 304; a trouble changes it; seconds passing do not."""
    first = technician.get(LIST)
    tag = first.headers["ETag"]
    with clock.frozen(clock.now() + timedelta(seconds=20)):
        again = technician.client.get(LIST, headers={"If-None-Match": tag})
    assert again.status_code == 304
    other = SignedTerminal(app)
    other.post(f"{API}/heartbeats", json_body=ILL)
    changed = technician.client.get(LIST, headers={"If-None-Match": tag})
    assert changed.status_code == 200


@pytest.mark.policy("P54")
def test_the_list_says_whose_and_where(technician: StaffBrowser, terminals: dict[str, str]) -> None:
    """A terminal in a bank is listed under the body it belongs to, and the bank beside it."""
    page = technician.get(f"{LIST}?q={terminals['bank']}").text
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "幸福路街道便民服务中心" in row
    assert "示例银行网点" in row


def test_a_township_finds_its_own_alone(app: Flask, terminals: dict[str, str]) -> None:
    """No filter leads out of the divisions in which one has the right."""
    seed(app)
    browser = StaffBrowser(app).sign_in("songtake")
    for query in ("", "site=atushi-centre", "division=653001", "q=AT-", "state=wanting"):
        assert listed(browser, terminals, query) == set()


def test_english_has_every_word(technician: StaffBrowser, terminals: dict[str, str]) -> None:
    """The list and its filters are worded in English too."""
    technician.post("/staff/language", "/staff/", language="en")
    page = technician.get(f"{LIST}?host=bank&trouble=").text
    assert '<html lang="en" dir="ltr"' in page
    assert "Stands in" in page
