"""The biller that only plays one keeps to the port, and each of its stories ends as it says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.bills.exchange import BillExchange
from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import BillPayment
from kiosk_server.bills.ports import Asleep, Kept, Owed, Reversed, UnknownAccount
from kiosk_server.bills.rules import GIVE_UP_AFTER, NothingOwed
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways.biller_simulated import STORIES, SimulatedBiller, forget_bookings
from tests.support.billing import WATER, Billing
from tests.support.paying import NOON


@pytest.fixture
def bills(database: Database) -> Iterator[Billing]:
    """The room with the simulated biller, at noon."""
    with clock.frozen(NOON):
        made = Billing(database)
        gateways = {"water": SimulatedBiller(database)}
        made.bill_exchange = BillExchange(database, gateways)
        yield made


def ended(bills: Billing, story: str, after: timedelta = timedelta()) -> tuple[BillState, int]:
    """How a bill of a story ends after a while, and what went back."""
    account = f"10100000{story}"
    order = bills.order(bills.found(account))
    bills.pay(order.id)
    bills.work()
    with clock.frozen(NOON + after):
        for _ in range(3):
            bills.tick()
    payment = bills.payments(order.id)[0].id
    return bills.state(payment), bills.returned_fen(payment)


def test_two_months_are_booked_and_then_nothing_is_owed(bills: Billing) -> None:
    """What is paid is struck out."""
    assert ended(bills, "01") == (BillState.SETTLED, 0)
    assert bills.ask("1010000001") == NothingOwed()


def test_what_is_not_booked_comes_back(bills: Billing) -> None:
    """Refused at once."""
    state, returned = ended(bills, "03")
    assert state is BillState.REFUSED
    assert returned > 0


def test_a_lost_answer_is_found_booked(bills: Billing) -> None:
    """Asked again it says so."""
    assert ended(bills, "04", timedelta(minutes=1)) == (BillState.SETTLED, 0)


def test_what_is_never_confirmed_is_given_up(bills: Billing) -> None:
    """After four hours it is undone, and the money comes back."""
    state, returned = ended(bills, "05", GIVE_UP_AFTER)
    assert state is BillState.REVERSED
    assert returned > 0


def test_an_amount_that_changes_is_another_one_in_an_hour(database: Database) -> None:
    """All others stay what they are."""
    biller = SimulatedBiller(database)
    told = {}
    for at in (NOON, NOON + timedelta(hours=1)):
        with clock.frozen(at):
            told[at] = [biller.query(WATER, f"10100000{story}") for story in ("07", "01")]
    changing, steady = zip(*told.values(), strict=True)
    assert changing[0] != changing[1]
    assert steady[0] == steady[1]
    assert isinstance(steady[0], Owed)


@pytest.mark.parametrize(("hour", "days"), [(2, 0), (20, 1)])
def test_it_sleeps_until_the_morning(database: Database, hour: int, days: int) -> None:
    """Seven o'clock in Beijing, today's or tomorrow's."""
    at = clock.to_beijing(NOON).replace(hour=hour)
    with clock.frozen(at):
        told = SimulatedBiller(database).query(WATER, "1010000006")
    assert isinstance(told, Asleep)
    morning: datetime = at.replace(hour=7) + timedelta(days=days)
    assert told.until == morning


def test_accounts_without_a_story_are_unknown(bills: Billing) -> None:
    """Nobody is owed anything by an account that was not made for it."""
    biller = SimulatedBiller(bills.database)
    assert biller.query(WATER, "1010000099") == UnknownAccount()
    assert set(STORIES) == {f"{number:02}" for number in range(1, 8)}


def test_it_keeps_what_it_booked_and_undoes_what_it_never_heard_of(bills: Billing) -> None:
    """Both for good, and forgotten two months later."""
    assert ended(bills, "01") == (BillState.SETTLED, 0)
    biller = SimulatedBiller(bills.database)
    with bills.database.reading() as session:
        payment = session.scalars(select(BillPayment.id)).all()[0]
    assert biller.reverse(payment) == Kept(f"SIM-{payment}")
    for _ in range(2):
        assert biller.reverse("01never-heard-of") == Reversed()
    with (
        clock.frozen(NOON + timedelta(days=61)),
        bills.database.unit_of_work() as session,
    ):
        assert forget_bookings(session) == 3
