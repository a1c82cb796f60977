"""Who cannot show a card is shown another way, every time, and is counted without being noted."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.clock import BEIJING
from kiosk_server.settings import Settings
from kiosk_server.visits.models import FailedStep, Visit
from kiosk_server.web.metrics import DatabaseFigures
from tests.support.kiosk_person import AYGUL, EXPIRED, MEMET, Person
from tests.support.ladder import card_fails, counted, let_worker_work, offered
from tests.support.staff_browser import seed as seed_staff
from tests.support.terminal_client import database_of

INSURANCE, FUND = "SAMPLE-RS-01", "SAMPLE-GJJ-01"
A_WORKDAY = datetime(2026, 11, 20, 11, 0, tzinfo=BEIJING)
NUMBER, WINDOW, STAFF = "/kiosk/number", "/kiosk/window?why=window_human", "/kiosk/helper?again=yes"


@pytest.fixture
def at_work(counter: Flask) -> Iterator[Flask]:
    """A Friday before noon in Beijing, with staff who have accounts."""
    seed_staff(counter)
    with clock.frozen(A_WORKDAY):
        yield counter


def agreed(person: Person, item: str = INSURANCE) -> Person:
    """A person who stands before the card page."""
    return person.start().agree(item)


def test_the_card_may_be_tried_three_times(at_work: Flask, person: Person) -> None:
    """Twice the card is offered again first; the third failure leads to phone and number."""
    agreed(person)
    for _ in range(2):
        card_fails(person, "card_unreadable")
        assert "身份证没有读出来" in person.page.h1[0]
        assert offered(person)[0] == "/kiosk/card"
    card_fails(person, "card_unreadable")
    assert offered(person)[:2] == ["/kiosk/one-code", NUMBER]
    assert "/kiosk/card" not in offered(person)
    assert "已经试了 3 次" in person.answer.text
    assert counted(at_work) == {("card", "card_unreadable"): 3}


def test_every_failure_of_the_reader_leaves_a_way_on(at_work: Flask, person: Person) -> None:
    """Whatever the reader says, as often as it says it, a window and a person stay open."""
    agreed(person, FUND)
    for code in ("card_moved", "reader_absent", "timeout", "line_dead", "reader_fault"):
        card_fails(person, code)
        assert offered(person)[-1] == WINDOW
        assert STAFF in offered(person)
    assert NUMBER not in offered(person)


def test_a_reason_of_nobodys_is_not_counted(at_work: Flask, person: Person) -> None:
    """A page can add to the counts of the host's own failures and to nothing else."""
    agreed(person)
    card_fails(person, "<b>")
    card_fails(person, "card_expired")
    assert counted(at_work) == {}


def test_what_the_server_refuses_is_counted_once(at_work: Flask, person: Person) -> None:
    """An expired card is counted as it is refused, and not again as the page tells of it."""
    agreed(person)
    person.read_card(EXPIRED)
    person.touch("/kiosk/card/failed", code="card_expired")
    assert "身份证过期了" in person.page.h1[0]
    assert "/kiosk/card" not in offered(person)
    assert counted(at_work) == {("card", "card_expired"): 1}


def test_a_number_and_a_code_stand_in_for_the_card(
    at_work: Flask, person: Person, settings: Settings
) -> None:
    """Who was seen with a card once is known by number and phone, where the item takes it."""
    agreed(person).place_card(AYGUL)
    person.touch("/kiosk/end")
    agreed(person)
    person.open(NUMBER).touch(NUMBER, number="65300119900307002")
    assert "还差 1 位" in person.answer.text
    person.touch(NUMBER, number="653001199003070021")
    assert "号码不对" in person.answer.text
    person.touch(NUMBER, number=AYGUL["number"])
    assert person.path == "/kiosk/number/code"
    assert AYGUL["number"] not in person.answer.text
    let_worker_work(at_work, settings)
    code = simulated(person)
    person.touch("/kiosk/number/code", code=code)
    assert person.path == "/kiosk/deciding"
    person.touch("/kiosk/deciding")
    assert person.path == "/kiosk/decision"
    assert "*" in person.answer.text


def test_a_number_tells_nothing_of_its_owner(
    at_work: Flask, person: Person, settings: Settings
) -> None:
    """A number that is known and one that is not get the same page, and no phone is shown."""
    agreed(person).place_card(AYGUL)
    pages = []
    for number in (AYGUL["number"], MEMET["number"]):
        person.touch("/kiosk/end")
        agreed(person).open(NUMBER).touch(NUMBER, number=number)
        assert "199****0022" not in person.answer.text
        pages.append((person.page.h1, person.page.links, person.page.actions))
    assert pages[0] == pages[1]
    let_worker_work(at_work, settings)
    assert "模拟短信，不是真的" not in person.open("/kiosk/number/code").answer.text


def test_an_item_that_takes_no_phone_refuses_a_number(at_work: Flask, person: Person) -> None:
    """Typing the address by hand does not widen what an item takes."""
    assert agreed(person, FUND).open(NUMBER).path == "/kiosk/another-way"
    assert "这件事不能用这个办法" in person.answer.text
    _, fields = person.form("/kiosk/end")
    form = {**fields, "number": AYGUL["number"]}
    assert person.terminal.post(NUMBER, form=form).status_code == 403


def test_at_night_a_window_is_named(counter: Flask, person: Person) -> None:
    """Staff who went home are not offered; the window with its hours is."""
    seed_staff(counter)
    with clock.frozen(datetime(2026, 11, 20, 23, 0, tzinfo=BEIJING)):
        agreed(person, FUND)
        card_fails(person, "card_expired")
        person.open("/kiosk/another-way")
        assert "工作人员下班了" in person.answer.text
        assert offered(person)[-1] == WINDOW
        assert "北京时间" in person.open(WINDOW).answer.text


def simulated(person: Person) -> str:
    """The code of the simulated message on the page."""
    text = person.open("/kiosk/number/code").answer.text
    return text.partition("模拟短信，不是真的：")[2][:6]


def test_a_slip_names_the_window(at_work: Flask, person: Person) -> None:
    """The last rung can be taken along: place, hours, what to bring, and nothing of the person."""
    agreed(person, FUND).open(WINDOW).touch("/kiosk/window/slip")
    assert "凭条出来了" in person.answer.text
    [want] = [want for want in person.wants() if want["kind"] == "print_slip"]
    slip = person.document(want["job"]).decode()
    assert "阿图什市政务服务中心" in slip
    assert "临时身份证" in slip
    assert "姓名" not in slip
    assert not any(action == ("post", "/kiosk/window/slip") for action in person.page.actions)


@pytest.mark.policy("P39")
def test_a_count_names_nobody(at_work: Flask, person: Person) -> None:
    """Terminal, day, step, reason and a number: no visit, person or hour; the visit's own end."""
    agreed(person)
    card_fails(person, "timeout")
    person.touch("/kiosk/end")
    assert set(FailedStep.__table__.columns.keys()) == {
        "terminal_id",
        "day",
        "step",
        "reason",
        "count",
    }
    with database_of(at_work).reading() as session:
        assert session.scalars(select(Visit.draft_sealed)).all() == [None]


def test_figures_tell_of_failed_steps(at_work: Flask, person: Person) -> None:
    """Whoever watches the server sees today's failures by terminal, step and reason."""
    agreed(person)
    card_fails(person, "reader_fault")
    found = {
        (sample.labels["step"], sample.labels["reason"]): sample.value
        for metric in DatabaseFigures(database_of(at_work)).collect()
        if metric.name == "kiosk_identity_steps_failed_today"
        for sample in metric.samples
    }
    assert found == {("card", "reader_fault"): 1}
