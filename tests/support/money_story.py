"""
Hundreds or thousands of orders among misfortunes: notices that are lost, doubled, late and out of
order, answers that never come, a worker that dies between the channel's deed and our commit.

The same seed tells the same story. At its end every line works again, time goes by, and the books
are held against what the channels know.
"""

import math
import random
import time
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
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    CloseAnswer,
    CreateAnswer,
    NotKnown,
    RefundAnswer,
)
from kiosk_server.payments.queries import open_differences
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.payments.settling import lock_order
from tests.support.money_shares import Shares, shares_of
from tests.support.pay_channel import FakeChannel
from tests.support.paying import ALIPAY, FEES_FEN, NOON, WECHAT, Till

AT_ONCE = 5
"""How many orders are under way side by side."""
DEEDS = 6
"""How much happens before another order is opened."""
LOST, KILLED = 0.06, 0.08
WRONG, UNSETTLED, LATE = 0.03, 0.2, 0.25
"""How many payments are of another sum; how many orders are forgotten before their time; how often
it is paid by the code of an order that was."""
MOST_GONE = 60
_NEEDED = {
    "paid": 0.5,
    "paid by notice": 0.2,
    "paid by query alone": 0.04,
    "second payments": 0.005,
    "late payments": 0.005,
    "wrong sums": 0.005,
    "refunded whole": 0.01,
    "refunded in part": 0.02,
    "closed unpaid": 0.02,
}
"""Which part of the orders each kind must be at least, or the story has not shown it."""
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

    def close(self, number: str) -> CloseAnswer:
        """Close an order; Alipay closes none that nobody has scanned, and its code goes on."""
        if self.channel is ALIPAY and number not in self.paid:
            return NotKnown()
        return super().close(number)

    def _kill(self) -> None:
        if not self.calm and self.chance.random() < KILLED:
            raise Killed

    def _taken(self, word: str) -> bool:
        return not self.calm and self.chance.random() < LOST


@dataclass(frozen=True)
class Verdict:
    """How the story ended. Amounts in fen."""

    states: Counter[str]
    shares: Shares
    kills: int
    balance: int
    held_by_channels: int
    kept: int
    still_live: int
    refunds_open: int
    differences: int

    @property
    def is_right(self) -> bool:
        """Whether every order ended, all three books say the same, and enough was to be seen."""
        even = self.balance == self.held_by_channels == self.kept
        done = (self.still_live, self.refunds_open, self.differences) == (0, 0, 0)
        return even and done and set(self.states) <= ENDS and not self.missing

    @property
    def missing(self) -> list[str]:
        """What there was too little of to have been shown."""
        return self.shares.missing(_NEEDED)

    def __str__(self) -> str:
        states = ", ".join(f"{state} {count}" for state, count in sorted(self.states.items()))
        return "\n  ".join(
            (
                str(self.shares),
                f"orders: {states}",
                f"fen: ledger {self.balance}, channels {self.held_by_channels}, orders {self.kept}",
                f"open ends {self.still_live + self.refunds_open}, differences {self.differences}",
                f"deaths between the channel's deed and our commit: {self.kills}",
                *([f"too few: {', '.join(self.missing)}"] if self.missing else []),
            )
        )


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
        self.gone: list[str] = []
        """Orders that nobody thinks of any more, but for whoever still has a code."""
        self.post: list[tuple[Channel, str]] = []
        """Notices that are on their way: a channel tells of a number."""
        self.kills = 0

    def tell(self, orders: int, *, seconds: float = math.inf) -> Verdict:
        """Let *orders* be opened, and all of it end; none is opened after so many *seconds*."""
        deeds: tuple[Callable[[], None], ...] = (
            *(self.pay, self.pay, self.pay, self.deliver, self.deliver, self.work, self.work),
            *(self.begin, self.begin, self.tick, self.give_back_or_close),
        )
        opened, until = 0, time.monotonic() + seconds
        while opened < orders and time.monotonic() < until:
            if len(self.under_way) < AT_ONCE:
                with clock.frozen(self.now):
                    self.under_way.append(self.till.open().id)
                    self.till.begin(self.under_way[-1])
                opened += 1
            for _ in range(DEEDS):
                self.now += timedelta(seconds=self.chance.choice((1, 5, 20)))
                with clock.frozen(self.now), suppress(Conflict):
                    self.chance.choice(deeds)()
            if len(self.under_way) == AT_ONCE:
                early = self.chance.random() < UNSETTLED
                gone = self.under_way.pop(self.chance.randrange(AT_ONCE) if early else 0)
                self.gone = [*self.gone[1 - MOST_GONE :], gone]
        return self.end()

    def begin(self) -> None:
        """Somebody chooses a way to pay, or another one."""
        self.till.begin(self.chance.choice(self.under_way), self.chance.choice((WECHAT, ALIPAY)))

    def pay(self) -> None:
        """Somebody pays by every code that works; notices go off, some twice, some never."""
        late = self.gone and self.chance.random() < LATE
        for attempt in self.till.attempts(
            self.chance.choice(self.gone if late else self.under_way)
        ):
            channel = self.till.channels[Channel(attempt.channel)]
            wrong = self.chance.choice((-1, 1)) if self.chance.random() < WRONG else 0
            if channel.pay(attempt.id, amount_fen=FEES_FEN + wrong) is not None:
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

    def give_back_or_close(self) -> None:
        """Somebody is not content."""
        (self.give_back if self.chance.random() < 0.6 else self.close)()

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
            # What a bill alone knew of is asked about, and right when it is compared again.
            for _ in range(2):
                for channel in self.till.channels.values():
                    for day in range(days):
                        self.till.exchange.fetch_bill(channel.channel, begun + timedelta(days=day))
                self.till.work()
        return self._verdict()

    def _verdict(self) -> Verdict:
        with self.till.database.reading() as session:
            count = partial(_count, session)
            states = Counter(session.scalars(select(PaymentOrder.state)))
            return Verdict(
                states=states,
                shares=shares_of(session),
                kills=self.kills,
                balance=self.till.balance(),
                held_by_channels=self.till.held_by_channels(),
                kept=self.till.kept_fen(),
                still_live=count(PaymentAttempt.state.in_(sorted(LIVE))),
                refunds_open=count(PaymentRefund.state != RefundState.DONE.value),
                differences=len(open_differences(session)),
            )


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0
