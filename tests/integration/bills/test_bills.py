"""Bills are asked, paid once, booked by their biller, or their money comes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bills import settling
from kiosk_server.bills.keeping import forget_bills
from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import Bill
from kiosk_server.bills.queries import (
    bills_named,
    bills_of_order,
    bills_of_payer,
    wanting_a_person,
)
from kiosk_server.bills.rules import (
    GIVE_UP_AFTER,
    WRONG_ACCOUNTS,
    AccountUnknown,
    BillerAsleep,
    BillerSilent,
    NothingOwed,
)
from kiosk_server.bills.services import freshen
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import (
    Conflict,
    Invalid,
    NotFound,
    TooMany,
    Unavailable,
    WrongState,
)
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.payments.life import OrderState
from tests.support.biller_fake import HOLDER
from tests.support.billing import ACCOUNT, NEIGHBOUR, SOCIAL, TERMINAL, WATER, Billing
from tests.support.paying import NOON
from tests.support.wallets import resident

CLERK = Actor("staff", "clerk-of-test")


@pytest.fixture
def bills(database: Database) -> Iterator[Billing]:
    """The room at noon."""
    with clock.frozen(NOON):
        yield Billing(database)


def later(bills: Billing, after: timedelta) -> None:
    """Let the clock's chores run after a while, and what they ask for."""
    with clock.frozen(NOON + after):
        bills.tick()
        bills.tick()


@pytest.mark.policy("P43")
def test_a_bill_is_paid_when_its_biller_has_booked_it(bills: Billing) -> None:
    """Money alone settles nothing; the biller's own number is what is kept of it."""
    payments = bills.paid(1250, 3000)
    assert {bills.state(one) for one in payments} == {BillState.BOOKING}
    bills.work()
    assert {bills.state(one) for one in payments} == {BillState.SETTLED}
    assert all(bills.biller.has_booked(one) for one in payments)
    assert bills.payment(payments[0]).reference == f"F-{payments[0]}"
    assert bills.returned_fen(payments[0]) == 0


def test_what_is_owed_is_shown_as_the_biller_masks_it(bills: Billing) -> None:
    """A bill says whose account, which month, how much; nothing of it stands in clear."""
    bills.owes(1250)
    (bill,) = bills.found()
    assert (bill.account, bill.holder, bill.amount_fen) == (ACCOUNT, HOLDER, 1250)
    assert bill.payable
    with bills.database.reading() as session:
        row = session.scalars(select(Bill)).one()
        kept = (row.account_sealed, row.holder_sealed, row.number_sealed)
        assert not any(word.encode() in cell for cell in kept for word in (ACCOUNT, HOLDER))


def test_asked_twice_a_bill_is_one_row(bills: Billing) -> None:
    """Whoever asks again sees the same bill, with what the biller says now."""
    bills.owes(1250)
    (first,) = bills.found()
    number = next(iter(bills.biller.owed[ACCOUNT]))
    bills.biller.owed[ACCOUNT][number] = 1300
    (again,) = bills.found()
    assert (again.id, again.amount_fen) == (first.id, 1300)


def test_each_answer_of_a_biller_is_told_as_it_is(bills: Billing) -> None:
    """Nothing owed, no such account, asleep until, no answer: four different things."""
    bills.owes()
    assert bills.ask() == NothingOwed()
    assert bills.ask(NEIGHBOUR) == AccountUnknown()
    bills.biller.lose = ["query"]
    assert bills.ask() == BillerSilent()
    bills.biller.asleep_until = NOON
    assert bills.ask() == BillerAsleep(NOON)


def test_an_account_is_checked_before_anybody_is_asked(bills: Billing) -> None:
    """A slip of the keyboard costs the biller no question; spaces cost the resident nothing."""
    with pytest.raises(Invalid, match="account_invalid"):
        bills.ask("12")
    with pytest.raises(NotFound, match="biller_not_found"):
        bills.ask(biller="nobody")
    assert bills.biller.questions == 0
    bills.owes(1250)
    assert bills.found(f" {ACCOUNT[:4]} {ACCOUNT[4:]} ")


@pytest.mark.policy("P37")
def test_guessing_accounts_is_limited_and_audited(bills: Billing) -> None:
    """After ten wrong numbers a terminal is told to wait, whoever stands before it."""
    bills.owes(1250)
    for number in range(WRONG_ACCOUNTS):
        assert bills.ask(f"10100088{number:02}") == AccountUnknown()
    with pytest.raises(TooMany, match="too_many_bill_accounts"):
        bills.ask()
    assert bills.audited(AuditEvent.BILL_REFUSED.value) == 1
    assert bills.ask(by=Actor("account", "another")) != AccountUnknown()


def test_the_same_bills_of_the_same_payer_are_one_order(bills: Billing) -> None:
    """Who presses twice, or comes back to it, gets the order that stands."""
    bills.owes(1250, 3000)
    found = bills.found()
    order = bills.order(found)
    assert bills.order(found).id == order.id
    assert order.amount_fen == 4250
    assert bills.order(found, request_key="k" * 64).id == order.id


@pytest.mark.policy("P43")
def test_a_bill_stands_in_one_order_at_a_time(bills: Billing) -> None:
    """Somebody else, or other bills with it, wait until that order is paid or closed."""
    bills.owes(1250, 3000)
    found = bills.found()
    order = bills.order(found[:1])
    with pytest.raises(Conflict, match="bill_in_order"):
        bills.order(found)
    with bills.database.unit_of_work() as session:
        somebody = resident(session, "110101199003070011", "测试·甲")
    with pytest.raises(Conflict, match="bill_in_order"):
        bills.order(found[:1], payer_id=somebody)
    bills.till.close(order.id)
    assert bills.order(found).id != order.id
    bills.follow()
    assert bills.found()[0].standing is BillState.ORDERED


def test_a_bill_that_is_paid_cannot_be_paid_again(bills: Billing) -> None:
    """While the biller is slow to strike it out, it is neither shown nor taken."""
    bills.owes(1250)
    found = bills.found()
    order = bills.order(found)
    bills.pay(order.id)
    with pytest.raises(Conflict, match="bill_paid"):
        bills.order(found)
    bills.work()
    with pytest.raises(Conflict, match="bill_paid"):
        bills.order(found)
    assert bills.ask() == NothingOwed()


def test_bills_that_do_not_go_together_are_refused(bills: Billing) -> None:
    """One order is one biller's and one account's; a family's insurance is the exception."""
    bills.owes(1250)
    bills.owes(900, account=NEIGHBOUR)
    mixed = bills.found() + bills.found(NEIGHBOUR)
    with pytest.raises(Invalid, match="bills_invalid"):
        bills.order(mixed)
    bills.owes(400, account="SB70109901")
    bills.owes(400, account="SB70109902")
    family = bills.found("SB70109901", biller=SOCIAL) + bills.found("SB70109902", biller=SOCIAL)
    assert bills.order(family).amount_fen == 800
    with pytest.raises(Invalid, match="bills_invalid"):
        bills.order(family[:1] + mixed[:1])
    with pytest.raises(Invalid, match="bills_invalid"):
        bills.order(())


def test_anothers_bill_by_its_id_is_not_there(bills: Billing) -> None:
    """Whoever names a bill has to know its account."""
    bills.owes(1250)
    bills.owes(900, account=NEIGHBOUR)
    (mine,), (theirs,) = bills.found(), bills.found(NEIGHBOUR)
    with bills.database.reading() as session:
        assert bills_named(session, WATER, [ACCOUNT], [mine.id])
        for wrong in ([theirs.id], [mine.id, theirs.id], ["0" * 26], []):
            with pytest.raises(NotFound, match="bill_not_found"):
                bills_named(session, WATER, [ACCOUNT], wrong)


@pytest.mark.policy("P43")
def test_a_bill_that_changed_between_asking_and_paying_is_asked_again(bills: Billing) -> None:
    """What was said long ago is not paid; a new amount is shown before it is taken."""
    bills.owes(1250)
    found = bills.found()
    bills.biller.owed[ACCOUNT] = dict.fromkeys(bills.biller.owed[ACCOUNT], 1400)
    gateways = bills.bill_exchange.gateways
    ids = [bill.id for bill in found]
    with clock.frozen(NOON + timedelta(minutes=11)):
        with pytest.raises(Conflict, match="bill_stale"):
            bills.order(found)
        with pytest.raises(Conflict, match="bill_changed"):
            freshen(bills.database, gateways, ids, by=TERMINAL)
        freshen(bills.database, gateways, ids, by=TERMINAL)
        assert bills.order(found).amount_fen == 1400


def test_freshening_needs_the_biller(bills: Billing) -> None:
    """A silent biller lets nobody pay what may not be owed any more."""
    bills.owes(1250)
    ids = [bill.id for bill in bills.found()]
    bills.biller.lose = ["query"]
    with clock.frozen(NOON + timedelta(minutes=11)):
        with pytest.raises(Unavailable, match="biller_silent"):
            freshen(bills.database, bills.bill_exchange.gateways, ids, by=TERMINAL)
        bills.owes()
        with pytest.raises(Conflict, match="bill_changed"):
            freshen(bills.database, bills.bill_exchange.gateways, ids, by=TERMINAL)


@pytest.mark.policy("P43")
def test_a_bill_that_changed_after_paying_is_not_booked_and_its_money_comes_back(
    bills: Billing,
) -> None:
    """The biller refuses an amount that he does not owe to anybody; the payer is told."""
    with bills.database.unit_of_work() as session:
        payer = resident(session, "110101199003070011", "测试·甲")
    (payment,) = bills.paid(1250, payer_id=payer)
    bills.biller.owed[ACCOUNT] = dict.fromkeys(bills.biller.owed[ACCOUNT], 1400)
    bills.work()
    bills.work()
    assert bills.state(payment) is BillState.REFUSED
    assert bills.returned_fen(payment) == 1250
    with bills.database.reading() as session:
        told = session.scalars(select(ResidentNotice.topic)).all()
        assert "bill_not_booked" in told
        assert [bill.state for bill in bills_of_payer(session, payer)] == [BillState.REFUSED]


def test_of_several_bills_only_what_is_not_booked_comes_back(bills: Billing) -> None:
    """One bill is refused, the others stay paid."""
    first, second = bills.paid(1250, 3000)
    number = list(bills.biller.owed[ACCOUNT])[1]
    del bills.biller.owed[ACCOUNT][number]
    bills.work()
    bills.work()
    assert (bills.state(first), bills.state(second)) == (BillState.SETTLED, BillState.REFUSED)
    assert bills.returned_fen(first) == 3000
    order = bills.till.order(bills.payment(first).order_id)
    assert order.state == OrderState.PARTLY_REFUNDED


@pytest.mark.policy("P43")
def test_a_biller_who_does_not_confirm_is_reversed_and_the_money_comes_back(bills: Billing) -> None:
    """He sits on it until he is given up; nothing goes back before he has undone it."""
    bills.biller.sits = True
    (payment,) = bills.paid(1250)
    bills.work()
    later(bills, GIVE_UP_AFTER - timedelta(minutes=1))
    assert bills.state(payment) is BillState.BOOKING
    bills.biller.lose = ["reverse down", "reverse"]
    later(bills, GIVE_UP_AFTER)
    assert bills.state(payment) is BillState.REVERSING
    assert bills.returned_fen(payment) == 0
    later(bills, GIVE_UP_AFTER + timedelta(hours=1))
    assert bills.state(payment) is BillState.REVERSED
    assert bills.returned_fen(payment) == 1250
    assert not bills.biller.has_booked(payment)


@pytest.mark.policy("P43")
def test_an_answer_that_was_lost_is_asked_for_and_found_booked(bills: Billing) -> None:
    """It is unknown until then, never refunded, and booked once."""
    bills.biller.lose = ["write_off", "ask"]
    (payment,) = bills.paid(1250)
    bills.work()
    assert bills.state(payment) is BillState.UNKNOWN
    with bills.database.reading() as session:
        assert [one.id for one in wanting_a_person(session)] == [payment]
    bills.work()
    assert bills.state(payment) is BillState.UNKNOWN
    bills.work()
    assert bills.state(payment) is BillState.SETTLED
    assert bills.returned_fen(payment) == 0


def test_what_never_arrived_is_sent_again_under_its_number(bills: Billing) -> None:
    """A worker who died before he asked, or a line that was dead, loses nothing."""
    bills.biller.lose = ["write_off down"]
    (payment,) = bills.paid(1250)
    bills.work()
    assert bills.biller.standing == {}
    bills.work()
    assert bills.state(payment) is BillState.SETTLED


def test_a_confirmation_after_the_reversal_was_asked_settles_nothing(bills: Billing) -> None:
    """A late "booked" may be true no longer: the answer to the reversal decides."""
    bills.biller.lose = ["write_off"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    late = bills.biller.ask_write_off(payment)
    with bills.database.unit_of_work() as session:
        settling.believe(session, payment, late)
    assert bills.state(payment) is BillState.REVERSING
    bills.work()
    assert bills.state(payment) is BillState.REVERSED
    with bills.database.unit_of_work() as session:
        settling.believe(session, payment, late)
    bills.work()
    assert bills.state(payment) is BillState.REVERSED
    assert bills.returned_fen(payment) == 1250


def test_a_biller_who_keeps_what_he_booked_has_settled_it(bills: Billing) -> None:
    """A reversal that he will not do leaves the bill paid, and the money with him."""
    bills.biller.keeps = True
    bills.biller.lose = ["write_off"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    bills.work()
    assert bills.state(payment) is BillState.SETTLED
    assert bills.returned_fen(payment) == 0


def test_one_who_was_never_asked_is_given_up_without_asking(bills: Billing) -> None:
    """A partner who was away all the time cannot have booked: the money does not wait for him."""
    (payment,) = bills.paid(1250)
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    assert bills.state(payment) is BillState.REVERSED
    bills.work()
    bills.work()
    assert bills.biller.standing == {}
    assert bills.returned_fen(payment) == 1250


def test_a_booking_that_arrives_after_its_reversal_is_dead(bills: Billing) -> None:
    """What was on the way when it was given up books nothing any more."""
    bills.biller.lose = ["write_off late"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    bills.work()
    bills.biller.arrive()
    assert bills.state(payment) is BillState.REVERSED
    assert not bills.biller.has_booked(payment)


@pytest.mark.parametrize("booked", [True, False])
def test_a_person_finds_out_what_became_of_it(bills: Billing, booked: bool) -> None:
    """He says booked, with the biller's number, or not booked; once, and written down with him."""
    bills.biller.lose = ["write_off", "ask"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.find_out(session, payment, booked=booked, by=CLERK, reference="TEL-7")
    assert bills.state(payment) is (BillState.SETTLED if booked else BillState.REVERSED)
    assert bills.payment(payment).settled_by == CLERK.id
    bills.work()
    assert bills.biller.has_booked(payment) is booked
    assert bills.returned_fen(payment) == (0 if booked else 1250)
    assert bills.audited(AuditEvent.BILL_FOUND_OUT.value) == 1
    with bills.database.unit_of_work() as session, pytest.raises(WrongState):
        settling.find_out(session, payment, booked=not booked, by=CLERK)


def test_a_reversal_under_way_undoes_what_a_person_found_booked(bills: Billing) -> None:
    """The biller's own final word stands above a telephone call: the money goes back."""
    bills.biller.lose = ["write_off", "reverse"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    answer = bills.biller.reverse(payment)
    with bills.database.unit_of_work() as session:
        settling.find_out(session, payment, booked=True, by=CLERK)
        settling.believe(session, payment, bills.biller.reverse(payment))
        settling.believe(session, payment, answer)
    bills.work()
    assert bills.state(payment) is BillState.REVERSED
    assert bills.returned_fen(payment) == 1250


def test_what_a_biller_keeps_after_a_person_gave_it_back_is_disputed(bills: Billing) -> None:
    """Both sides have paid: it stands on the list until somebody has put it right."""
    bills.biller.keeps = True
    bills.biller.lose = ["write_off"]
    (payment,) = bills.paid(1250)
    bills.work()
    with bills.database.unit_of_work() as session:
        settling.find_out(session, payment, booked=False, by=CLERK)
    bills.work()
    assert bills.payment(payment).disputed_at is not None
    with bills.database.reading() as session:
        assert [one.id for one in wanting_a_person(session)] == [payment]
    with bills.database.unit_of_work() as session:
        settling.end_dispute(session, payment, by=CLERK)
    with bills.database.reading() as session:
        assert wanting_a_person(session) == []
    with bills.database.unit_of_work() as session, pytest.raises(WrongState):
        settling.end_dispute(session, payment, by=CLERK)


def test_what_no_payment_waits_for_is_forgotten(bills: Billing) -> None:
    """Bills that were asked and not paid go after a day; what was paid stays with its order."""
    (payment,) = bills.paid(1250)
    bills.owes(900, account=NEIGHBOUR)
    order = bills.order(bills.found(NEIGHBOUR))
    bills.till.close(order.id)
    bills.work()
    with clock.frozen(NOON + timedelta(days=2)), bills.database.unit_of_work() as session:
        assert forget_bills(session) == 1
    with bills.database.reading() as session:
        assert bills_of_order(session, order.id) == []
        assert bills_of_order(session, bills.payment(payment).order_id)[0].account == ACCOUNT


def test_a_payment_that_is_not_there_is_not_settled(bills: Billing) -> None:
    """An id of ours that nobody has."""
    with (
        bills.database.unit_of_work() as session,
        pytest.raises(NotFound, match="bill_payment_not_found"),
    ):
        settling.find_out(session, "0" * 26, booked=True, by=SYSTEM)
