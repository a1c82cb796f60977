"""Two people, two workers, at the same moment, on PostgreSQL: one order, one booking, one end."""

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import Actor
from kiosk_server.bills import settling
from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import Bill
from kiosk_server.bills.ports import Booked, Reversed
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.payments.models import PaymentOrder, PaymentRefund
from tests.support.at_once import at_once
from tests.support.billing import ACCOUNT, Billing
from tests.support.wallets import resident

ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])
PEOPLE = ("110101199003070011", "110101199003070038")


@pytest.mark.policy("P43")
@ON_POSTGRESQL
def test_the_same_bill_by_two_people_at_once_is_one_order(database: Database) -> None:
    """The later one is told that somebody is paying it."""
    bills = Billing(database)
    bills.owes(1250, 3000)
    found = bills.found()
    with database.unit_of_work() as session:
        first, second = (resident(session, number, "测试·甲") for number in PEOPLE)

    def order(payer: str, turned: bool) -> str:
        try:
            return bills.order(found[::-1] if turned else found, payer_id=payer).id
        except Conflict as refused:
            return refused.code

    told = at_once(lambda: order(first, False), lambda: order(second, True))
    with database.reading() as session:
        (made,) = session.scalars(select(PaymentOrder.id)).all()
    assert sorted(told) == sorted([made, "bill_in_order"])


@ON_POSTGRESQL
def test_the_same_bill_by_nobody_at_two_terminals_is_one_order(database: Database) -> None:
    """Who pays without saying who he is gets the order that stands, at any terminal."""
    bills = Billing(database)
    bills.owes(1250)
    found = bills.found()
    told = at_once(lambda: bills.order(found).id, lambda: bills.order(found).id)
    assert len(set(told)) == 1


@ON_POSTGRESQL
def test_an_account_that_two_ask_about_at_once_is_kept_once(database: Database) -> None:
    """Both see the same bill."""
    bills = Billing(database)
    bills.owes(1250)
    told = at_once(lambda: bills.found()[0].id, lambda: bills.found()[0].id)
    assert len(set(told)) == 1
    with database.reading() as session:
        assert len(session.scalars(select(Bill)).all()) == 1


@ON_POSTGRESQL
def test_two_workers_book_one_payment_once(database: Database) -> None:
    """Both ask under the same number."""
    bills = Billing(database)
    (payment,) = bills.paid(1250)
    at_once(
        lambda: bills.bill_exchange.book(payment),
        lambda: bills.bill_exchange.book(payment),
    )
    assert bills.state(payment) is BillState.SETTLED
    assert list(bills.biller.standing) == [payment]
    assert ACCOUNT in bills.biller.owed


@ON_POSTGRESQL
def test_money_goes_back_once_whoever_says_it_first(database: Database) -> None:
    """A person and the biller end the same payment in the same moment: one refund."""
    bills = Billing(database)
    bills.biller.lose = ["write_off down"]
    (payment,) = bills.paid(1250)
    bills.work()
    clerk = Actor("staff", "clerk-of-test")

    def person() -> None:
        try:
            with database.unit_of_work() as session:
                settling.find_out(session, payment, booked=False, by=clerk)
        except Conflict:
            return

    def biller() -> None:
        with database.unit_of_work() as session:
            settling.believe(session, payment, Reversed())

    at_once(person, biller)
    assert bills.state(payment) is BillState.REVERSED
    with database.unit_of_work() as session:
        settling.believe(session, payment, Booked("late"))
    with database.reading() as session:
        assert len(session.scalars(select(PaymentRefund)).all()) == 1
