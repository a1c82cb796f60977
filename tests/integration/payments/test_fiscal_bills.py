"""Fiscal bills follow money, through the treasury's own contract, whatever is lost on the way."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError, WrongState
from kiosk_server.fiscal.asking import ask_treasury
from kiosk_server.fiscal.models import FiscalBill
from kiosk_server.fiscal.ports import FiscalBills
from kiosk_server.fiscal.queries import fiscal_bills_of
from kiosk_server.fiscal.services import ask_again, follow
from kiosk_server.gateways.fiscal_http import TreasuryOverHttp
from kiosk_server.gateways.fiscal_simulated import SimulatedTreasury
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.payments.refunds import refund
from kiosk_server.payments.rules import Origin, RefundReason
from kiosk_server.payments.services import open_order
from kiosk_server.payments.settling import lock_order
from tests.support import fiscal_server
from tests.support.fiscal_server import CODE, FiscalServer
from tests.support.paying import FEE, FEES_FEN, NOON, WECHAT, Till

_SERVER: list[FiscalServer] = []


@pytest.fixture(scope="module", autouse=True)
def running() -> Iterator[None]:
    """One treasury for all of these tests."""
    with fiscal_server.serving() as server:
        _SERVER.append(server)
        yield
    _SERVER.clear()


class Office:
    """A till whose orders are for cases, and the treasury beside it."""

    def __init__(self, database: Database, server: FiscalServer) -> None:
        self.till = Till(database)
        self.database = database
        self.server = server
        self.treasury: FiscalBills = TreasuryOverHttp(server.terms)

    def paid(self, subject: str = "case") -> str:
        """A fee of twenty-five yuan that was paid."""
        with self.database.unit_of_work() as session:
            order = open_order(
                session,
                subject=Subject(subject, f"{subject}-of-this-test"),
                items=[FEE],
                payer_id=None,
                channel=Origin.PHONE,
                by=SYSTEM,
            )
        attempt = self.till.begin(order.id)
        self.till.work()
        self.till.channels[WECHAT].pay(attempt.id)
        self.till.hear(WECHAT, self.till.channels[WECHAT].notice(attempt.id))
        return order.id

    def give_back(self, order_id: str, amount_fen: int) -> None:
        """Money goes back, and the channel has done it."""
        with self.database.unit_of_work() as session:
            refund(
                session,
                lock_order(session, order_id),
                reason=RefundReason.NOT_DONE,
                by=SYSTEM,
                amount_fen=amount_fen,
            )
        self.till.work()

    def follow(self, order_id: str) -> None:
        """The worker hears of the money."""
        with self.database.unit_of_work() as session:
            follow(session, order_id)

    def work(self, order_id: str) -> list[str]:
        """The worker asks for each bill once; return what it fell over."""
        fell = []
        for bill in self.bills(order_id):
            try:
                ask_treasury(self.database, self.treasury, bill.id)
            except KioskError as fault:
                fell.append(fault.code)
        return fell

    def bills(self, order_id: str) -> list[FiscalBill]:
        """The bills of an order."""
        with self.database.reading() as session:
            return fiscal_bills_of(session, order_id)

    def seen(self, order_id: str) -> list[tuple[str, str, int]]:
        """Kind, state and sum of each bill."""
        return [(row.kind, row.state, row.amount_fen) for row in self.bills(order_id)]


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    """It is noon, and the treasury is well."""
    server = _SERVER[0]
    for kept in (server.bills, server.taken_back, server.asked, server.told, server.misbehave):
        kept.clear()
    with clock.frozen(NOON):
        yield Office(database, server)


@pytest.mark.policy("P43")
def test_who_paid_a_government_fee_gets_its_bill(office: Office) -> None:
    """Once, with number, check code and address; whoever hears of the payment again makes none."""
    order_id = office.paid()
    for _ in range(2):
        office.follow(order_id)
        assert office.work(order_id) == []
    (bill,) = office.bills(order_id)
    assert (bill.state, bill.amount_fen, bill.code) == ("issued", FEES_FEN, CODE)
    assert (bill.number, bill.check_code) == ("0000000001", "a1b2c3")
    assert bill.address == f"https://bills.example/{bill.id}"
    assert (office.server.asked, bill.simulated) == (["issue"], False)
    (told,) = office.server.told
    assert (told["payer"], told["lines"][0]["basis"]) == ("个人", FEE.basis)
    with office.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
        lanes = session.scalars(
            select(OutboxMessage.lane).where(OutboxMessage.topic == "fiscal.issue_asked")
        ).all()
    assert events.count("fiscal.bill_issued") == 1
    assert lanes == ["fiscal"]


def test_postage_and_household_bills_have_none(office: Office) -> None:
    """Their receipts are the courier's and the biller's."""
    order_id = office.paid("delivery_order")
    office.follow(order_id)
    assert office.bills(order_id) == []


@pytest.mark.parametrize("wrong", ["lost", "500", "forged"])
@pytest.mark.policy("P43")
def test_a_lost_answer_is_asked_after(office: Office, wrong: str) -> None:
    """The bill may be there: it is unknown until the treasury is asked, and stays one bill."""
    order_id = office.paid()
    office.follow(order_id)
    office.server.misbehave.append(wrong)
    assert office.work(order_id) == ["fiscal_answer_lost"]
    assert office.seen(order_id) == [("blue", "unknown", FEES_FEN)]
    assert office.work(order_id) == []
    assert office.seen(order_id) == [("blue", "issued", FEES_FEN)]
    assert (office.server.asked, len(office.server.bills)) == (["issue", "ask"], 1)


def test_what_never_arrived_is_asked_for_again(office: Office) -> None:
    """A worker died before he sent it: the treasury says that there is none."""
    order_id = office.paid()
    office.follow(order_id)
    with office.database.unit_of_work() as session:
        session.get_one(FiscalBill, office.bills(order_id)[0].id).sent_at = NOON
    assert office.work(order_id) == []
    assert office.server.asked == ["ask", "issue"]


@pytest.mark.policy("P43")
def test_money_that_goes_back_turns_its_bill_red(office: Office) -> None:
    """In part and then the rest: a red bill for each refund, together what there was."""
    order_id = office.paid()
    office.follow(order_id)
    office.work(order_id)
    for amount in (1000, FEES_FEN - 1000):
        office.give_back(order_id, amount)
        for _ in range(2):
            office.follow(order_id)
            assert office.work(order_id) == []
    assert office.seen(order_id) == [
        ("blue", "issued", FEES_FEN),
        ("red", "issued", 1000),
        ("red", "issued", FEES_FEN - 1000),
    ]
    assert list(office.server.taken_back.values()) == [FEES_FEN]


@pytest.mark.parametrize("first", ["refund", "bill"])
def test_refund_and_bill_meet_in_any_order(office: Office, first: str) -> None:
    """What went back while the treasury was silent turns red once the bill is there."""
    order_id = office.paid()
    office.follow(order_id)
    office.server.misbehave.append("lost")
    office.work(order_id)
    if first == "bill":
        office.work(order_id)
    office.give_back(order_id, FEES_FEN)
    office.follow(order_id)
    for _ in range(2):
        office.work(order_id)
    assert office.seen(order_id) == [("blue", "issued", FEES_FEN), ("red", "issued", FEES_FEN)]


def test_what_went_back_before_anybody_was_asked_needs_no_bill(office: Office) -> None:
    """Nothing was sent, and nothing has to be taken back."""
    order_id = office.paid()
    office.follow(order_id)
    office.give_back(order_id, FEES_FEN)
    office.follow(order_id)
    assert office.work(order_id) == []
    assert office.seen(order_id) == [("blue", "dropped", FEES_FEN)]
    assert office.server.asked == []


def test_what_the_treasury_refuses_a_person_asks_again(office: Office) -> None:
    """With the treasury's own word for it; an issued bill is not asked for again."""
    order_id = office.paid()
    office.follow(order_id)
    office.server.misbehave.append("refuse")
    assert office.work(order_id) == []
    (bill,) = office.bills(order_id)
    assert (bill.state, bill.refused_for) == ("refused", "unit_not_open")
    with office.database.unit_of_work() as session:
        ask_again(session, bill.id, by=SYSTEM)
    assert office.work(order_id) == []
    assert office.seen(order_id) == [("blue", "issued", FEES_FEN)]
    with office.database.unit_of_work() as session, pytest.raises(WrongState):
        ask_again(session, bill.id, by=SYSTEM)


def test_an_answer_that_makes_no_sense_is_no_bill(office: Office) -> None:
    """Nor is a bill over another sum; an address that is no link is left out, the bill is kept."""
    order_id = office.paid()
    office.follow(order_id)
    office.server.misbehave.append("senseless")
    assert office.work(order_id) == ["fiscal_answer_lost"]
    office.server.misbehave.append("unsafe")
    assert office.work(order_id) == []
    (bill,) = office.bills(order_id)
    assert (bill.state, bill.address) == ("issued", None)


def test_a_simulated_bill_says_what_it_is(office: Office) -> None:
    """In its code and number, which stay the same however often it is asked for."""
    order_id = office.paid()
    office.follow(order_id)
    office.treasury = SimulatedTreasury()
    assert office.work(order_id) == []
    (bill,) = office.bills(order_id)
    assert (bill.simulated, bill.code, bill.address) == (True, "00000000", None)
    assert (bill.number or "").startswith("SIM")


def test_without_a_treasury_a_bill_waits(office: Office) -> None:
    """It was disconnected after the bill was wanted: nothing is lost, nothing goes wrong."""
    order_id = office.paid()
    office.follow(order_id)
    (bill,) = office.bills(order_id)
    with pytest.raises(KioskError, match="fiscal_not_connected"):
        ask_treasury(office.database, None, bill.id)
    assert office.seen(order_id) == [("blue", "asked", FEES_FEN)]


def test_a_treasury_that_cannot_be_reached_may_still_have_issued(office: Office) -> None:
    """Nobody knows whether it heard: it is asked by number before it is asked for a bill."""
    order_id = office.paid()
    office.follow(order_id)
    terms = replace(office.server.terms, address="http://127.0.0.1:9/fiscal/v1")
    office.treasury = TreasuryOverHttp(terms)
    assert office.work(order_id) == ["fiscal_answer_lost"]
    assert office.seen(order_id) == [("blue", "unknown", FEES_FEN)]
