"""
Hundreds or thousands of orders among misfortunes: notices that are lost, doubled, late and out of
order, answers that never come, a worker that dies between the channel's deed and our commit.

The same seed tells the same story. At its end every line works again, time goes by, and the books
are held against what the channels know.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.payments import refunds
from kiosk_server.payments.life import LIVE, RefundState
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.ports import AskedPayment, AskedRefund, CreateAnswer, RefundAnswer
from kiosk_server.payments.queries import open_differences
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.payments.settling import lock_order
from tests.support.pay_channel import FakeChannel
from tests.support.paying import ALIPAY, FEES_FEN, NOON, WECHAT, Till

AT_ONCE = 5
"""How many orders are under way side by side."""
LOST, KILLED = 0.06, 0.08
ENDS = frozenset({"paid", "closed", "refunded", "partly_refunded"})


class Killed(BaseException):
    """The process ends here, as `kill -9` ends it: nothing is caught, nothing more is written."""


@dataclass
class RoughChannel(FakeChannel):
    """A channel whose answers get lost, and before which whoever asks may die, until it is calm."""

    chance: random.Random = field(default_factory=random.Random)
    calm: bool = False

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Take an order; now and then nobody is left to hear of it."""
        answer = super().create(asked)
        self._kill()
        return answer

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back; now and then nobody is left to hear of it."""
        answer = super().refund(asked)
        self._kill()
        return answer

    def _kill(self) -> None:
        if not self.calm and self.chance.random() < KILLED:
            raise Killed

    def _taken(self, word: str) -> bool:
        return not self.calm and self.chance.random() < LOST


@dataclass(frozen=True)
class Verdict:
    """How the story ended. Amounts in fen."""

    states: Counter[str]
    kills: int
    second_payments: int
    balance: int
    held_by_channels: int
    kept: int
    still_live: int
    refunds_open: int
    differences: int

    @property
    def is_right(self) -> bool:
        """Whether every order ended, and all three books say the same, day by day."""
        even = self.balance == self.held_by_channels == self.kept
        done = (self.still_live, self.refunds_open, self.differences) == (0, 0, 0)
        return even and done and set(self.states) <= ENDS


class Story:
    """One telling over one database."""

    def __init__(self, database: Database, seed: int) -> None:
        self.chance = random.Random(seed)
        self.till = Till(
            database,
            {channel: RoughChannel(channel, chance=self.chance) for channel in (WECHAT, ALIPAY)},
        )
        self.now: datetime = NOON
        self.under_way: list[str] = []
        self.post: list[tuple[Channel, str]] = []
        """Notices that are on their way: a channel tells of a number."""
        self.kills = 0

    def tell(self, orders: int) -> Verdict:
        """Let *orders* be opened, and all of it end."""
        deeds: tuple[Callable[[], None], ...] = (
            *(self.pay, self.pay, self.pay, self.deliver, self.deliver, self.work, self.work),
            *(self.begin, self.tick, self.close, self.give_back),
        )
        opened = 0
        while opened < orders:
            if len(self.under_way) < AT_ONCE:
                with clock.frozen(self.now):
                    self.under_way.append(self.till.open().id)
                    self.till.begin(self.under_way[-1])
                opened += 1
            for _ in range(6):
                self.now += timedelta(seconds=self.chance.choice((1, 5, 20)))
                with clock.frozen(self.now), suppress(Conflict):
                    self.chance.choice(deeds)()
            if len(self.under_way) == AT_ONCE:
                self.under_way.pop(self.chance.randrange(AT_ONCE))
        return self.end()

    def begin(self) -> None:
        """Somebody chooses a way to pay, or another one."""
        self.till.begin(self.chance.choice(self.under_way), self.chance.choice((WECHAT, ALIPAY)))

    def pay(self) -> None:
        """Somebody pays by every code that works; notices go off, some twice, some never."""
        for attempt in self.till.attempts(self.chance.choice(self.under_way)):
            channel = self.till.channels[Channel(attempt.channel)]
            if channel.pay(attempt.id) is not None:
                self.post += [(channel.channel, attempt.id)] * self.chance.choice((0, 1, 1, 2, 3))

    def deliver(self) -> None:
        """Some notices arrive, in whatever order."""
        for _ in range(min(len(self.post), 4)):
            channel, number = self.post.pop(self.chance.randrange(len(self.post)))
            self.till.hear(channel, self.till.channels[channel].notice(number))

    def work(self) -> None:
        """The worker carries out what waits, as far as it lives."""
        try:
            self.till.work()
        except Killed:
            self.kills += 1

    def tick(self) -> None:
        """The clock's chores, and what they ask for."""
        try:
            self.till.tick()
        except Killed:
            self.kills += 1

    def close(self) -> None:
        """Somebody lets an order go."""
        self.till.close(self.chance.choice(self.under_way))

    def give_back(self) -> None:
        """Money is asked back, in part or all that is left."""
        amount = self.chance.choice((None, 1, FEES_FEN - 1))
        with self.till.database.unit_of_work() as session:
            order = lock_order(session, self.chance.choice(self.under_way))
            refunds.refund(
                session, order, reason=RefundReason.OWN_WISH, by=SYSTEM, amount_fen=amount
            )

    def end(self) -> Verdict:
        """Every line works again and time goes by; then the books are compared, day by day."""
        for channel in self.till.channels.values():
            assert isinstance(channel, RoughChannel)
            channel.calm = True
        begun = clock.to_beijing(NOON).date()
        for _ in range(6):
            self.now += timedelta(minutes=40)
            with clock.frozen(self.now):
                self.till.tick()
                self.till.work()
        days = (clock.to_beijing(self.now).date() - begun).days + 1
        with clock.frozen(self.now):
            for channel in self.till.channels.values():
                for day in range(days):
                    self.till.exchange.fetch_bill(channel.channel, begun + timedelta(days=day))
        return self._verdict()

    def _verdict(self) -> Verdict:
        with self.till.database.reading() as session:
            count = partial(_count, session)
            states = Counter(session.scalars(select(PaymentOrder.state)))
            return Verdict(
                states=states,
                kills=self.kills,
                second_payments=count(
                    PaymentAttempt.paid_fen > 0, PaymentAttempt.counted.is_(False)
                ),
                balance=self.till.balance(),
                held_by_channels=self.till.held_by_channels(),
                kept=self.till.kept_fen(),
                still_live=count(PaymentAttempt.state.in_(sorted(LIVE))),
                refunds_open=count(PaymentRefund.state != RefundState.DONE.value),
                differences=len(open_differences(session)),
            )


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0
