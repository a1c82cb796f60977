"""How a result comes: printed here, collected, sent; paid first; one's cases; money instead."""

import re
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.cases.models import Case
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.heard import enter
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Channel
from kiosk_server.printing.documents.papers import ProofPaper, Rendered
from kiosk_server.printing.models import PrintJob
from kiosk_server.results.models import CaseResult
from kiosk_ui.outside import EXTENSION
from tests.support.delivering import CLERK, WISH
from tests.support.kiosk_paying import pay, till_of
from tests.support.kiosk_person import AYGUL, MEMET, Person
from tests.support.one_code import scanning
from tests.support.paying import Till
from tests.support.terminal_client import database_of

FREE, PRICED = "SAMPLE-ZR-01", "SAMPLE-ZR-02"
RESULTS = "/kiosk/notice?errand=results"


class QuickPress:
    """Sets no paper, and is done at once."""

    def render(self, paper: ProofPaper) -> Rendered:
        """Return a document of one page."""
        pdf = b"%PDF-" + paper.printed_at.isoformat().encode()
        return Rendered(pdf, 1, sha256(pdf).hexdigest())


@pytest.fixture
def till(counter: Flask) -> Till:
    """One channel."""
    return till_of(counter, Channel.WECHAT_PAY)


@pytest.fixture
def at(person: Person, counter: Flask, till: Till) -> Person:
    """A person before a terminal with a scanner, and a press that takes no time."""
    counter.extensions[EXTENSION].__dict__["press"] = QuickPress()
    scanning(person.terminal)
    return person.start()


def decided(at: Person, item: str = PRICED, card: dict[str, str] = AYGUL) -> Person:
    """Go through a service to its decision."""
    at.agree(item).touch("/kiosk/purpose", purpose="loan", promise="yes")
    at.place_card(card).prove_by_face()
    assert at.path == "/kiosk/decision"
    return at


def here(at: Person) -> str:
    """The address of the newest case."""
    return f"/kiosk/results/{case_at(at).id}"


def case_at(at: Person) -> Case:
    """The newest case."""
    with database_of(at.terminal.app).reading() as session:
        return session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


def result_at(at: Person) -> CaseResult:
    """How the newest case's paper comes."""
    with database_of(at.terminal.app).reading() as session:
        return session.get_one(CaseResult, case_at(at).id)


def orders(at: Person) -> list[PaymentOrder]:
    """Every order."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(PaymentOrder).order_by(PaymentOrder.id)))


def sent(at: Person) -> list[DeliveryOrder]:
    """Every delivery."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(DeliveryOrder)))


def pays(at: Person, till: Till) -> Person:
    """Scan and pay what the page shows, and go on."""
    assert at.path == "/kiosk/paying", at.path
    at.touch("/kiosk/paying/code")
    till.work()
    pay(till, orders(at)[-1].id)
    return at.open("/kiosk/paying").touch("/kiosk/paying/on")


def known(at: Person, card: dict[str, str] = AYGUL) -> Person:
    """Come for one's cases, with the card."""
    at.open(RESULTS).touch("/kiosk/notice")
    return at.open("/kiosk/card").place_card(card)


def lives_at(at: Person) -> str:
    """Whoever applied last has an address in the book; its id."""
    with database_of(at.terminal.app).unit_of_work() as session:
        return addresses.keep(session, case_at(at).resident_id, WISH, by=CLERK).id


def jams(at: Person) -> None:
    """The sheet does not come out."""
    job = next(want["job"] for want in at.wants() if want["kind"] == "print_a4")
    assert at.report(job, 1, "not_printed", trouble="jam").status_code == 200


@pytest.mark.policy("P43")
def test_what_is_free_is_printed_by_one_touch(at: Person) -> None:
    """The first button prints; the other ways stand beneath, and cost nothing to look at."""
    decided(at, FREE)
    assert "/ways" in at.answer.text
    at.open(f"{here(at)}/ways")
    assert "不收费" in at.answer.text
    at.open("/kiosk/decision").touch("/kiosk/decision/print")
    assert at.path == "/kiosk/printing"
    assert orders(at) == []


@pytest.mark.policy("P43")
def test_what_costs_is_paid_and_then_printed(at: Person, till: Till) -> None:
    """No print before the money came; fee and basis are told before anything is chosen."""
    decided(at)
    assert "10.00" in at.answer.text
    assert "/kiosk/decision/print" not in at.answer.text
    at.open(f"{here(at)}/ways")
    assert "示例收费，收费依据待核" in at.answer.text
    at.touch(f"{here(at)}/ways", way="here")
    assert at.path == "/kiosk/paying"
    own = at.form("/kiosk/paying/stop")[1]
    assert at.terminal.post(f"{here(at)}/print", form=own).headers["Location"] == "/kiosk/paying"
    pays(at, till).touch(f"{here(at)}/print")
    assert at.path == "/kiosk/printing"
    at.print_whole()
    at.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert at.path == "/kiosk/rating"
    assert [order.state for order in orders(at)] == [OrderState.PAID]


def test_who_does_not_pay_gets_no_paper(at: Person) -> None:
    """He is led back to the ways; a print asked for by hand is refused in words."""
    decided(at).open(f"{here(at)}/ways").touch(f"{here(at)}/ways", way="here")
    at.touch("/kiosk/paying/stop")
    assert at.path == f"{here(at)}/ways"
    own = at.form(f"{here(at)}/ways")[1]
    refused = at.terminal.post(f"{here(at)}/print", form=own)
    assert refused.status_code == 403
    assert "还没有缴费" in refused.text
    assert at.wants() == []


def test_a_way_touched_twice_opens_one_order(at: Person) -> None:
    """The same touch, sent three times, is one choice and one order."""
    decided(at).open(f"{here(at)}/ways")
    address, own = at.form(f"{here(at)}/ways")
    for _ in range(3):
        assert at.terminal.post(address, form={**own, "way": "here"}).status_code == 303
    assert len(orders(at)) == 1


def test_what_is_collected_ends_with_where_and_the_rating(at: Person) -> None:
    """Free, at a window: place and state stand there, and then the rating is kept."""
    decided(at, FREE).open(f"{here(at)}/ways").touch(f"{here(at)}/ways", way="collect")
    assert at.path == here(at)
    assert "在窗口等您取" in at.answer.text
    assert at.open("/kiosk/decision").path == "/kiosk/rating"
    at.touch("/kiosk/rating", level="5", tag="510")
    assert at.path.startswith("/kiosk/ended?why=done")
    assert result_at(at).way == "collect"


@pytest.mark.policy("P42")
def test_it_is_sent_to_ones_own_address(at: Person, till: Till) -> None:
    """Postage stands with each place; paid for, the parcel waits for its courier."""
    decided(at)
    home = lives_at(at)
    at.open(f"{here(at)}/send")
    assert "示例巷 2 号" in at.answer.text
    assert WISH.name not in at.answer.text
    assert WISH.phone not in at.answer.text
    assert "邮费" in at.answer.text
    at.touch(f"{here(at)}/send", to=f"address:{home}")
    pays(at, till)
    assert at.path == here(at)
    assert "正在安排寄出" in at.answer.text
    assert [(row.case_id, row.to_site_id) for row in sent(at)] == [(case_at(at).id, None)]


@pytest.mark.policy("P42")
def test_it_is_sent_to_a_site_that_hands_out(at: Person) -> None:
    """Who has no address and no phone comes to a pick-up point; the address book is a QR code."""
    decided(at, FREE).open(f"{here(at)}/send")
    site = re.findall(r'name="to" value="(site:[^"]+)"', at.answer.text)[0]
    assert "/send/add" in at.answer.text
    at.open(f"{here(at)}/send/add").open(f"{here(at)}/send")
    at.touch(f"{here(at)}/send", to=site)
    assert at.path == here(at)
    assert [f"site:{row.to_site_id}" for row in sent(at)] == [site]


def test_nothing_is_sent_to_anothers_address(at: Person) -> None:
    """An address of somebody else is refused and audited, and nothing is opened."""
    decided(at, FREE, MEMET)
    foreign = lives_at(at)
    at.open("/kiosk/services").touch("/kiosk/end")
    at.start()
    decided(at, FREE).open(f"{here(at)}/send")
    own = at.form(f"{here(at)}/send")[1]
    form = {**own, "to": f"address:{foreign}"}
    assert at.terminal.post(f"{here(at)}/send", form=form).status_code == 404
    assert sent(at) == []
    assert refusals(at) == ["address_not_found"]


def test_anothers_case_is_nobodys_here(at: Person) -> None:
    """Another's case by its id: not found, audited; the list shows one's own alone."""
    decided(at, FREE, MEMET)
    theirs = here(at)
    at.touch("/kiosk/end").start()
    known(at)
    assert at.path == "/kiosk/results"
    assert "还没有办件" in at.answer.text
    for page in ("", "/ways", "/send", "/money", "/code"):
        assert at.terminal.get(theirs + page).status_code == 404
    assert set(refusals(at)) == {"case_not_found"}


def refusals(at: Person) -> list[object]:
    """What was refused, as the audit says it."""
    with database_of(at.terminal.app).reading() as session:
        wanted = select(AuditEntry.facts).where(AuditEntry.event == "result.refused")
        return [facts["reason"] for facts in session.scalars(wanted)]


@pytest.mark.policy("P43")
def test_a_print_that_fails_leaves_code_or_money(at: Person, till: Till) -> None:
    """Paid and jammed: both are offered; the money takes every right to print with it."""
    decided(at).open(f"{here(at)}/ways").touch(f"{here(at)}/ways", way="here")
    pays(at, till).touch(f"{here(at)}/print")
    jams(at)
    at.open("/kiosk/printing")
    assert "/kiosk/printing/code" in at.answer.text
    at.open(f"{here(at)}/money")
    assert "10.00" in at.answer.text
    at.touch(f"{here(at)}/money")
    assert at.path == "/kiosk/printing"
    assert "钱正在原路退回" in at.answer.text
    assert "/kiosk/printing/code" not in at.answer.text
    assert "/kiosk/printing/again" not in at.answer.text
    till.work()
    assert [order.state for order in orders(at)] == [OrderState.REFUNDED]
    assert till.balance() == 0


@pytest.mark.policy("P23")
def test_my_cases_print_what_is_paid(at: Person, till: Till) -> None:
    """Paid and left: another day the card finds the case, and it is printed once."""
    decided(at).open(f"{here(at)}/ways").touch(f"{here(at)}/ways", way="here")
    pays(at, till)
    at.open("/kiosk/paid-case")
    at.touch("/kiosk/end").start()
    known(at)
    assert "可以打印了" in at.answer.text
    at.open(here(at))
    assert "已缴费" in at.answer.text
    at.touch(f"{here(at)}/print")
    assert at.path == "/kiosk/printing"
    at.print_whole()
    at.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert at.path == "/kiosk/results"
    assert "已经打印" in at.answer.text
    with database_of(at.terminal.app).reading() as session:
        assert len(session.scalars(select(PrintJob)).all()) == 1


@pytest.mark.policy("P42")
def test_the_code_of_a_hand_over_comes_on_a_slip(at: Person) -> None:
    """Once a courier has it, a code is made for this visit's eyes, and printed."""
    decided(at, FREE).open(f"{here(at)}/send")
    site = re.findall(r'name="to" value="(site:[^"]+)"', at.answer.text)[0]
    at.touch(f"{here(at)}/send", to=site)
    with database_of(at.terminal.app).unit_of_work() as session:
        row = session.scalars(select(DeliveryOrder)).one()
        enter(session, row, Step.ACCEPT, by=CLERK)
        enter(session, row, Step.PICK_UP, by=CLERK)
    at.touch("/kiosk/end").start()
    known(at).open(here(at)).touch(f"{here(at)}/code")
    digits = re.search(r"code-figure[^>]*>(\d{3}) (\d{3})<", at.answer.text)
    assert digits, at.path
    [want] = at.wants()
    assert "".join(digits.groups()) in at.document(want["job"]).decode()


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(at: Person, till: Till, language: str) -> None:
    """Each page of a result passes the inspection in the visit's language."""
    at.touch("/kiosk/end").start(language)
    decided(at).open(f"{here(at)}/ways").open(f"{here(at)}/send").open(f"{here(at)}/send/add")
    at.open(f"{here(at)}/ways").touch(f"{here(at)}/ways", way="collect")
    pays(at, till)
    assert at.path == here(at)
    at.open(f"{here(at)}/money").touch("/kiosk/end").start(language)
    known(at).open(here(at))
    assert at.path == here(at)
