"""What cannot be finished here now is said first, and never offered and then refused."""

from collections.abc import Mapping
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.clock import BEIJING
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import lock
from kiosk_server.visits.models import CardReadRequest
from tests.support.inspect_page import inspect
from tests.support.kiosk_person import AYGUL, READY, Person, ready_terminal
from tests.support.ladder import offered
from tests.support.staff_browser import seed as seed_staff
from tests.support.terminal_client import TECHNICIAN, SignedTerminal, database_of

INSURANCE = "SAMPLE-RS-01"
HANDLED = (INSURANCE, "SAMPLE-ZR-01", "SAMPLE-GJJ-01")
READER, PRINTER, SLIPS = READY


def broken(device: Mapping[str, object], condition: str, *troubles: str) -> dict[str, object]:
    """The device in trouble."""
    return {**device, "condition": condition, "troubles": list(troubles)}


@pytest.mark.policy("P50")
@pytest.mark.parametrize(
    ("devices", "words"),
    [
        ([READER, broken(PRINTER, "needs_attention", "paper_out"), SLIPS], "打印机没纸了"),
        ([READER, broken(PRINTER, "needs_attention", "toner_empty"), SLIPS], "打印机没墨了"),
        ([READER, broken(PRINTER, "fault", "jam"), SLIPS], "打印机卡纸了"),
        ([READER, broken(PRINTER, "absent"), SLIPS], "打印机没有应答"),
    ],
)
def test_the_reason_and_the_next_place_are_said(
    person: Person, devices: list[object], words: str
) -> None:
    """A closed service cannot be pressed; it says why, and where else."""
    ready_terminal(person.terminal, devices)
    person.start()
    assert words in person.answer.text
    assert "可以去：阿图什市政务服务中心" in person.answer.text
    assert f"/kiosk/guides/{INSURANCE}" not in person.page.links


def test_a_low_printer_still_prints(person: Person) -> None:
    """What runs low is not closed."""
    low = broken(PRINTER, "low", "toner_low", "paper_low")
    ready_terminal(person.terminal, [READER, low, SLIPS])
    assert f"/kiosk/guides/{INSURANCE}" in person.start().page.links


def test_paper_that_ran_out_meanwhile_is_said_before_the_card(person: Person) -> None:
    """Consent to what can no longer be finished leads to the guide, which says why."""
    person.start().open(f"/kiosk/notice?item={INSURANCE}")
    out = broken(PRINTER, "needs_attention", "paper_out")
    ready_terminal(person.terminal, [READER, out, SLIPS])
    person.touch("/kiosk/notice")
    assert person.path == f"/kiosk/guides/{INSURANCE}"
    assert "打印机没纸了" in person.answer.text
    assert f"/kiosk/notice?item={INSURANCE}" not in person.page.links


def test_a_reprint_is_not_begun_without_paper(person: Person) -> None:
    """The print code is not asked for where it could not be used."""
    out = broken(PRINTER, "needs_attention", "paper_out")
    ready_terminal(person.terminal, [READER, out, SLIPS])
    person.start().open("/kiosk/reprint")
    assert 'name="code"' not in person.answer.text


def test_a_guide_without_a_machine_names_its_window(person: Person) -> None:
    """What no terminal handles says where a person does, with hours in Beijing time."""
    person.start().open("/kiosk/guides")
    guides = {link for link in person.page.links if link.startswith("/kiosk/guides/")}
    person.open(min(guides - {f"/kiosk/guides/{code}" for code in HANDLED}))
    assert "阿图什市政务服务中心" in person.answer.text
    assert "北京时间" in person.answer.text
    assert not any(link.startswith("/kiosk/notice") for link in person.page.links)


def test_without_reader_and_printer_the_waiting_screen_says_so(person: Person) -> None:
    """Nothing to handle here: the waiting screen names whom to call instead of languages."""
    ready_terminal(person.terminal, [broken(READER, "absent"), broken(PRINTER, "absent"), SLIPS])
    person.open("/kiosk/")
    assert "现在办不了" in person.page.h1[0]
    assert "/kiosk/start" not in person.answer.text


def test_a_locked_terminal_starts_nothing(counter: Flask, person: Person) -> None:
    """A terminal out of service says so, and a start leads back to it."""
    person.open("/kiosk/")
    address, fields = person.form("/kiosk/start")
    with database_of(counter).unit_of_work() as session:
        lock(session, person.terminal.id, by=TECHNICIAN, reason=WithdrawalReason.MAINTENANCE)
    answer = person.terminal.post(address, form={**fields, "language": "zh"})
    assert answer.headers["Location"] == "/kiosk/"
    assert "现在办不了" in person.open("/kiosk/").page.h1[0]


def test_every_guide_and_its_elements_can_be_read(person: Person) -> None:
    """All published items are browsable, page by page, to their last element."""
    person.start("ug").open("/kiosk/guides")
    guides: set[str] = set()
    for page in range(1, 20):
        person.open(f"/kiosk/guides?page={page}")
        guides |= {link for link in person.page.links if link.startswith("/kiosk/guides/")}
    assert len(guides) >= 25
    for guide in sorted(guides)[:3]:
        person.open(guide).open(f"{guide}/elements")
    elements = person.terminal.get(f"/kiosk/guides/{INSURANCE}/elements?page=2")
    inspect(elements)


def test_the_nearest_terminals_that_print_are_named(counter: Flask, person: Person) -> None:
    """Trouble names another machine that can print now."""
    ready_terminal(SignedTerminal(counter, site_id="xingfulu"))
    person.start().agree(INSURANCE).place_card(AYGUL).prove_by_face()
    person.touch("/kiosk/decision/print")
    job = next(want["job"] for want in person.wants())
    person.report(job, 1, "printing", trouble="paper_out")
    assert "幸福路街道便民服务中心" in person.open("/kiosk/printing").answer.text


READER_AWAY = [broken(READER, "fault"), PRINTER, SLIPS]
FUND = "SAMPLE-GJJ-01"
BEFORE_NOON = datetime(2026, 11, 20, 11, 0, tzinfo=BEIJING)
AT_NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=BEIJING)


@pytest.mark.policy("P50")
def test_a_service_goes_without_its_reader(counter: Flask, person: Person) -> None:
    """With the reader down what can be done otherwise stays open, says how, and asks no card."""
    seed_staff(counter)
    with clock.frozen(BEFORE_NOON):
        ready_terminal(person.terminal, READER_AWAY)
        person.start()
        assert "读卡器没有应答" in person.answer.text
        assert "今天不用卡：用手机，或人工" in person.answer.text
        assert "今天不用卡：请工作人员核对" in person.answer.text
        person.open(f"/kiosk/guides/{INSURANCE}")
        assert "今天不用卡：用手机，或人工" in person.answer.text
        person.open(f"/kiosk/notice?item={INSURANCE}")
        assert "谁用您的身份信息" in person.page.h1[0]
        person.touch("/kiosk/notice")
    assert person.path == "/kiosk/another-way"
    ways = ["/kiosk/one-code", "/kiosk/number", "/kiosk/helper?again=yes"]
    assert offered(person)[:3] == ways
    with database_of(counter).reading() as session:
        assert session.scalars(select(CardReadRequest)).all() == []


@pytest.mark.policy("P50")
def test_what_has_no_other_way_is_closed_with_a_place(counter: Flask, person: Person) -> None:
    """At night nobody stands in for a card: one service goes by phone, the other says where."""
    seed_staff(counter)
    with clock.frozen(AT_NIGHT):
        ready_terminal(person.terminal, READER_AWAY)
        person.start()
        assert "今天不用卡：用手机办" in person.answer.text
        assert f"/kiosk/guides/{INSURANCE}" in person.page.links
        assert f"/kiosk/guides/{FUND}" not in person.page.links
        # What is open stands first, so what is closed stands on the page after it.
        person.open("/kiosk/services?page=2")
        assert "现在办不了：读卡器没有应答" in person.answer.text
        assert "可以去：阿图什市政务服务中心" in person.answer.text
        assert f"/kiosk/guides/{FUND}" not in person.page.links
        person.open(f"/kiosk/notice?item={FUND}")
        assert person.path == f"/kiosk/guides/{FUND}"


def test_no_other_way_prints_without_a_printer(counter: Flask, person: Person) -> None:
    """A card can be stood in for, a printer cannot: with both away nothing is offered."""
    seed_staff(counter)
    with clock.frozen(BEFORE_NOON):
        ready_terminal(person.terminal)
        person.start()
        jam = broken(PRINTER, "fault", "jam")
        ready_terminal(person.terminal, [broken(READER, "fault"), jam, SLIPS])
        person.open("/kiosk/services")
    assert not any(f"/kiosk/guides/{code}" in person.page.links for code in HANDLED)
    assert "今天不用卡" not in person.answer.text


def test_where_one_chooses_it_is_said_that_no_card_is_needed(
    counter: Flask, person: Person
) -> None:
    """With a reader that works, row and guide say that whoever left the card at home may begin."""
    seed_staff(counter)
    with clock.frozen(BEFORE_NOON):
        ready_terminal(person.terminal)
        assert "没带身份证也能办" in person.start().answer.text
        assert "没带身份证也能办" in person.open(f"/kiosk/guides/{FUND}").answer.text
    with clock.frozen(AT_NIGHT):
        ready_terminal(person.terminal)
        assert "没带身份证也能办" not in person.open(f"/kiosk/guides/{FUND}").answer.text


def test_a_reprint_goes_without_its_reader(counter: Flask, person: Person) -> None:
    """Staff stand in for the card of a reprint; where they went home the code is not asked for."""
    seed_staff(counter)
    with clock.frozen(BEFORE_NOON):
        ready_terminal(person.terminal, READER_AWAY)
        person.start().open("/kiosk/reprint")
        assert 'name="code"' in person.answer.text
        assert "接下来请工作人员核对" in person.answer.text
    with clock.frozen(AT_NIGHT):
        ready_terminal(person.terminal, READER_AWAY)
        assert 'name="code"' not in person.open("/kiosk/reprint").answer.text
