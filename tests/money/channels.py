"""
WeChat Pay, Alipay and 公共支付 as they are on a bad day: each a faithful server on loopback, whose
answers get lost, are forged, or come when whoever asked is dead.

A channel keeps the truth about its money, whatever it says and to whom.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import RLock

from kiosk_server.payments.rules import Channel
from kiosk_server.settings_payments import PaymentTerms
from tests.money.channel_books import AlipayBooks, Books, Manner, PublicBooks, Told, WechatBooks
from tests.support import alipay_server, loopback_server, public_payment_server, wechat_pay_server
from tests.support.loopback_server import Drop, Heard, Said

ROUGH = 0.07
"""How many answers go wrong."""
MISDEEDS = {
    Channel.WECHAT_PAY: ("lost", "500", "unsigned", "forged", "stale", "hang", "down"),
    Channel.ALIPAY: ("lost", "forged", "hang", "down", "500", "busy"),
    Channel.PUBLIC_PAYMENT: ("lost", "500", "forged"),
}


@dataclass
class RoughChannel:
    """One channel's door and books; rough until it is `calm`."""

    books: Books
    chance: random.Random
    kill: Callable[[], None]
    """Ends whoever asks, between the channel's deed and its answer."""
    killed: float
    """How many answers reach nobody because of that."""
    calm: bool = False
    lock: RLock = field(default_factory=RLock)

    def answer(self, heard: Heard) -> Said:
        """Do what is asked, and say so, or not."""
        with self.lock:
            fate = 1.0 if self.calm else self.chance.random()
            misdeeds = MISDEEDS[self.books.channel]
            server = self.books.server
            server.misbehave[:] = [self.chance.choice(misdeeds)] if fate < ROUGH else []
            said: Said = server.answer(heard)
        if ROUGH <= fate < ROUGH + self.killed:
            self.kill()
            raise Drop
        return said

    def pay(self, number: str, amount_fen: int | None = None) -> bool:
        """Let somebody pay by the code of *number*, if he can; say whether he could.

        *amount_fen* is what comes, where that is not what was asked for.
        """
        with self.lock:
            payable = self.books.payable(number)
            if payable:
                self.books.pay(number, amount_fen)
            return payable

    def knows(self, number: str) -> bool:
        """Whether it was ever asked for a code under *number*."""
        with self.lock:
            return self.books.knows(number)

    def is_paid(self, number: str) -> bool:
        """Whether somebody paid by the code of *number*."""
        with self.lock:
            return self.books.is_paid(number)

    def notice(self, number: str, manner: Manner = Manner.TRUE) -> Told:
        """Return the notice of a payment that came."""
        with self.lock:
            return self.books.notice(number, manner)

    def refund_notice(self) -> Told | None:
        """Return the notice of one of its refunds, or None where it sends none or has none."""
        with self.lock:
            numbers = list(self.books.server.refunds)
            return self.books.refund_notice(self.chance.choice(numbers)) if numbers else None

    def received(self) -> dict[str, int]:
        """What came, in fen, by our number."""
        with self.lock:
            return self.books.received()

    def returned(self) -> list[tuple[str, int]]:
        """What went back, in fen, each with our number of the payment that it is of."""
        with self.lock:
            return self.books.returned()


@contextmanager
def rough_channels(
    chance: random.Random, kill: Callable[[], None], *, killed: float
) -> Iterator[dict[Channel, RoughChannel]]:
    """Serve the three channels on loopback for the length of the block."""
    books: tuple[Books, ...] = (
        PublicBooks(public_payment_server.PublicPaymentServer()),
        WechatBooks(wechat_pay_server.WechatPayServer()),
        AlipayBooks(alipay_server.AlipayServer()),
    )
    with ExitStack() as stack:
        found = {}
        for each in books:
            channel = RoughChannel(each, random.Random(chance.random()), kill, killed)
            each.server.url = stack.enter_context(loopback_server.serving(channel.answer))
            found[each.channel] = channel
        yield found


def terms_of(channels: dict[Channel, RoughChannel]) -> PaymentTerms:
    """Return what a city is told that has joined all three."""
    told = {name: channel.books.server.terms for name, channel in channels.items()}
    return PaymentTerms(
        public_payment=told[Channel.PUBLIC_PAYMENT],
        wechat_pay=told[Channel.WECHAT_PAY],
        alipay=told[Channel.ALIPAY],
    )
