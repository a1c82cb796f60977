"""Whatever gets lost, comes twice, late or in another order: the money is right in the end."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.payments import refunds
from kiosk_server.payments.life import LIVE, OrderState, RefundState
from kiosk_server.payments.rules import RefundReason
from kiosk_server.payments.settling import lock_order
from tests.support.paying import ALIPAY, FEES_FEN, NOON, WECHAT, Till

WHICH = st.integers(0, 2)
AT = st.sampled_from((WECHAT, ALIPAY))
VERBS = ("create", "query", "close", "refund", "query_refund")
LOST = st.sampled_from([word for verb in VERBS for word in (verb, f"{verb} down")])
ENDS = {OrderState.PAID, OrderState.CLOSED, OrderState.REFUNDED, OrderState.PARTLY_REFUNDED}


class AnyOrder(RuleBasedStateMachine):
    """Two channels, a few orders, and every misfortune; all examples share one book."""

    till: Till
    now: datetime = NOON

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []

    @rule()
    def opens(self) -> None:
        """Somebody owes something."""
        with clock.frozen(AnyOrder.now):
            self.orders.append(self.till.open().id)

    @rule(which=WHICH, channel=AT)
    def begins(self, which: int, channel: object) -> None:
        """He chooses a way to pay, perhaps another one than before."""
        at = ALIPAY if channel is ALIPAY else WECHAT
        if order := self._order(which):
            with clock.frozen(AnyOrder.now), suppress(Conflict):
                self.till.begin(order, at)

    @rule()
    def works(self) -> None:
        """The worker carries out what waits."""
        with clock.frozen(AnyOrder.now):
            self.till.work()

    @rule(which=WHICH, told=st.integers(0, 2))
    def pays(self, which: int, told: int) -> None:
        """Somebody pays by every code that he can still use; each notice comes *told* times."""
        if order := self._order(which):
            with clock.frozen(AnyOrder.now):
                for attempt in self.till.attempts(order):
                    for channel in self.till.channels.values():
                        if channel.pay(attempt.id) is not None:
                            for _ in range(told):
                                self.till.hear(channel.channel, channel.notice(attempt.id))

    @rule(channel=AT, which=st.integers(0, 5))
    def tells_again(self, channel: object, which: int) -> None:
        """A channel tells of an old payment once more, or of a refund."""
        fake = self.till.channels[ALIPAY if channel is ALIPAY else WECHAT]
        if fake.paid:
            number = sorted(fake.paid)[-1 - which % len(fake.paid)]
            with clock.frozen(AnyOrder.now):
                self.till.hear(fake.channel, fake.notice(number))

    @rule(channel=AT, words=st.lists(LOST, min_size=1, max_size=3))
    def loses(self, channel: object, words: list[str]) -> None:
        """Answers are lost, or never come."""
        self.till.channels[ALIPAY if channel is ALIPAY else WECHAT].lose += words

    @rule(which=WHICH)
    def closes(self, which: int) -> None:
        """Somebody lets an order go."""
        if order := self._order(which):
            with clock.frozen(AnyOrder.now), suppress(Conflict):
                self.till.close(order)

    @rule(which=WHICH, amount=st.sampled_from((None, 1, FEES_FEN - 1)))
    def gives_back(self, which: int, amount: int | None) -> None:
        """Money is asked back, in part or all that is left."""
        if order := self._order(which):
            with (
                clock.frozen(AnyOrder.now),
                suppress(Conflict),
                self.till.database.unit_of_work() as session,
            ):
                refunds.refund(
                    session,
                    lock_order(session, order),
                    reason=RefundReason.OWN_WISH,
                    by=SYSTEM,
                    amount_fen=amount,
                )

    @rule(minutes=st.sampled_from((1, 16, 40)))
    def time_goes_by(self, minutes: int) -> None:
        """The clock's chores run."""
        AnyOrder.now += timedelta(minutes=minutes)
        with clock.frozen(AnyOrder.now):
            self.till.tick()

    @invariant()
    def an_order_is_paid_by_one_payment(self) -> None:
        """One attempt counts, and never more went back than came."""
        for order in self.orders:
            attempts = self.till.attempts(order)
            assert sum(attempt.counted for attempt in attempts) <= 1
            assert all(0 <= each.refund_fen <= each.paid_fen for each in attempts)

    def teardown(self) -> None:
        """All lines work again and time goes by: every order ends, and the books agree."""
        for channel in self.till.channels.values():
            channel.lose.clear()
        for _ in range(6):
            AnyOrder.now += timedelta(minutes=40)
            with clock.frozen(AnyOrder.now):
                self.till.tick()
                self.till.work()
        for order in self.orders:
            assert self.till.order(order).state in ENDS
            assert not any(attempt.state in LIVE for attempt in self.till.attempts(order))
            assert all(made.state == RefundState.DONE for made in self.till.refunds(order))
        assert self.till.balance() == self.till.held_by_channels() == self.till.kept_fen()

    def _order(self, which: int) -> str | None:
        return self.orders[-1 - which] if which < len(self.orders) else None


@pytest.mark.policy("P43")
def test_every_order_ends_paid_once_closed_or_refunded(database: Database) -> None:
    """Random schedules of payments, repetitions, losses and refunds leave the books even."""
    AnyOrder.till, AnyOrder.now = Till(database), NOON
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
