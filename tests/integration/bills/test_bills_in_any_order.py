"""Whatever is lost, late or given up: the biller has the money, or the payer, and never both."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kiosk_server.audit.services import Actor
from kiosk_server.bills import settling
from kiosk_server.bills.life import MONEY_BACK, OPEN, BillState
from kiosk_server.bills.ports import BookingAnswer, NotKnown, ReversalAnswer
from kiosk_server.bills.rules import GIVE_UP_AFTER
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.payments.life import RefundState
from tests.support.billing import Billing
from tests.support.paying import NOON, WECHAT

WHICH = st.integers(0, 2)
CLERK = Actor("staff", "clerk-of-test")
LOST = st.sampled_from(
    ("write_off", "write_off down", "write_off late", "ask", "reverse", "reverse down")
)
MOODS = ("sits", "refuses", "keeps")
FENS = st.lists(st.integers(1, 9_999), min_size=1, max_size=2)


class AnyOrder(RuleBasedStateMachine):
    """One biller, a few bills, and every misfortune; all examples share one book."""

    bills: Billing
    now: datetime = NOON
    accounts: int = 1_010_100_000

    def __init__(self) -> None:
        super().__init__()
        self.payments: list[str] = []
        self.on_their_way: list[tuple[str, BookingAnswer | NotKnown | ReversalAnswer]] = []
        self.bills.biller.lose.clear()
        for mood in MOODS:
            setattr(self.bills.biller, mood, False)

    @initialize(fens=FENS, word=LOST, mood=st.sampled_from((None, None, *MOODS)))
    def begins(self, fens: list[int], word: str, mood: str | None) -> None:
        """An order is paid on a day on which something goes wrong."""
        self.orders(fens, pays=True)
        self.bills.biller.lose.append(word)
        if mood is not None:
            setattr(self.bills.biller, mood, True)

    @rule(fens=FENS, pays=st.booleans())
    def orders(self, fens: list[int], pays: bool) -> None:
        """Somebody puts bills into an order, and perhaps pays it."""
        AnyOrder.accounts += 1
        account = str(AnyOrder.accounts)
        with clock.frozen(AnyOrder.now):
            self.bills.owes(*fens, account=account)
            order = self.bills.order(self.bills.found(account)).id
            if pays:
                self.bills.pay(order)
            self.payments += [payment.id for payment in self.bills.payments(order)]

    @rule(which=WHICH, fen=st.none() | st.integers(1, 9_999))
    def its_payer_walks_away(self, which: int, fen: int | None) -> None:
        """He lets an order go; or the biller corrects what is owed, whoever has paid by then."""
        for payment in self._payment(which):
            if fen is None:
                with clock.frozen(AnyOrder.now), suppress(Conflict):
                    self.bills.till.close(self.bills.payment(payment).order_id)
            else:
                rows = self.bills.biller.owed[str(AnyOrder.accounts)]
                rows.update(dict.fromkeys(rows, fen))

    @rule()
    def works(self) -> None:
        """The worker carries out what waits."""
        with clock.frozen(AnyOrder.now):
            self.bills.work()

    @rule(word=LOST)
    def loses(self, word: str) -> None:
        """An answer will be lost, or a question late."""
        self.bills.biller.lose.append(word)

    @rule(mood=st.sampled_from(MOODS), on=st.booleans())
    def turns(self, mood: str, on: bool) -> None:
        """The biller behaves in another way from now on."""
        setattr(self.bills.biller, mood, on)

    @rule()
    def moves(self) -> None:
        """What was on its way to the biller arrives, and what he sat upon is booked."""
        self.bills.biller.arrive()
        self.bills.biller.do_now()

    @rule()
    def answers_slowly(self) -> None:
        """The biller answers, and the answer is on its way for a while."""
        for payment in self.payments:
            row = self.bills.payment(payment)
            if row.asked_at is not None and row.state in OPEN:
                reversing = row.state == BillState.REVERSING
                biller = self.bills.biller
                ask = biller.reverse if reversing else biller.ask_write_off
                self.on_their_way.append((payment, ask(payment)))

    @rule()
    def an_answer_comes(self) -> None:
        """It says what was true then."""
        with clock.frozen(AnyOrder.now), self.bills.database.unit_of_work() as session:
            for payment, answer in self.on_their_way:
                settling.believe(session, payment, answer)
            self.on_their_way.clear()

    @rule()
    def a_person_asks(self) -> None:
        """Somebody calls the biller and writes down what is true at that moment."""
        for payment in self.payments:
            booked = self.bills.biller.has_booked(payment)
            with (
                clock.frozen(AnyOrder.now),
                suppress(Conflict),
                self.bills.database.unit_of_work() as session,
            ):
                settling.find_out(session, payment, booked=booked, by=CLERK)

    @rule(after=st.sampled_from((timedelta(minutes=3), timedelta(minutes=40), GIVE_UP_AFTER)))
    def time_goes_by(self, after: timedelta) -> None:
        """The clock's chores run."""
        AnyOrder.now += after
        with clock.frozen(AnyOrder.now):
            self.bills.tick()

    @invariant()
    def nothing_goes_back_that_the_biller_may_still_book(self) -> None:
        """Only a person's word gives money back before the biller's own."""
        for payment in self.payments:
            row = self.bills.payment(payment)
            if row.state in MONEY_BACK and row.settled_by is None:
                assert not self.bills.biller.has_booked(payment)

    def teardown(self) -> None:
        """All lines work again and time goes by: every payment ends, and the books agree."""
        self.bills.biller.lose.clear()
        self.an_answer_comes()
        for _ in range(4):
            self.moves()
            AnyOrder.now += GIVE_UP_AFTER / 2
            with clock.frozen(AnyOrder.now):
                self.bills.tick()
                self.bills.work()
        for payment in self.payments:
            self._has_ended(payment)
        for order in {self.bills.payment(payment).order_id for payment in self.payments}:
            self._is_even(order)

    def _has_ended(self, payment: str) -> None:
        row = self.bills.payment(payment)
        booked = self.bills.biller.has_booked(payment)
        assert row.state not in OPEN | {BillState.ORDERED}
        if row.state == BillState.SETTLED:
            assert booked
        elif row.disputed_at is None:
            assert not booked
        else:
            # He kept what a person had given back: it stands on the list of who talks to him.
            assert row.settled_by == CLERK.id

    def _is_even(self, order_id: str) -> None:
        order = self.bills.till.order(order_id)
        rows = self.bills.payments(order_id)
        back = sum(row.amount_fen for row in rows if row.state in MONEY_BACK)
        released = all(row.state == BillState.RELEASED for row in rows)
        assert order.returned_fen == back
        assert (order.paid_at is None) is released
        assert all(made.state == RefundState.DONE for made in self.bills.till.refunds(order_id))

    def _payment(self, which: int) -> list[str]:
        return self.payments[-1 - which :][:1] if which < len(self.payments) else []


@pytest.mark.policy("P43")
def test_every_bill_ends_settled_or_with_its_money_back(database: Database) -> None:
    """Over random orders of paid, confirmed, lost, refused, given up, reversed: never both."""
    AnyOrder.bills, AnyOrder.now = Billing(database), NOON
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=8,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    till = AnyOrder.bills.till
    assert till.balance() == till.held_by_channels() == till.kept_fen()
    assert till.channels[WECHAT].paid
