"""
What becomes of an order, as its payer would have it: each fate is told in steps, between which
other people act, notices arrive, the clock leaps and programs die.

A step says whether anything was done; one that waits for a code or for money says that it was not.
How often each fate is drawn is said here, and what really became of the orders by the verdict.
"""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import TypeAlias

from kiosk_server.core import clock
from kiosk_server.payments.life import UNPAID, OrderState
from kiosk_server.payments.models import PaymentAttempt
from kiosk_server.payments.rules import Channel
from tests.money.payers import Payer

Life: TypeAlias = Generator[bool, None, None]
Until: TypeAlias = Generator[bool, None, PaymentAttempt | None]

PATIENCE = timedelta(minutes=20)
"""Of the story's clock; an order lasts thirty."""
DEEDS = 6


def pays(payer: Payer) -> Life:
    """He pays by the code that he is shown."""
    order = payer.open()
    yield from _pay(payer, order, payer.choose())


def pays_by_another_way(payer: Payer) -> Life:
    """He is shown a code, chooses another channel, and pays there."""
    order, (first, second) = payer.open(), payer.choose_two()
    yield from _code(payer, order, first)
    yield from _pay(payer, order, second)


def pays_twice(payer: Payer) -> Life:
    """He pays by a new code and by the old one, which Alipay lets him."""
    order = payer.open()
    old = yield from _code(payer, order, Channel.ALIPAY)
    yield from _pay(payer, order, payer.choose(but=Channel.ALIPAY))
    if old is not None:
        payer.pay(old)
    yield True


def pays_late(payer: Payer) -> Life:
    """He lets the order go, and pays by its code when it is closed."""
    order = payer.open()
    code = yield from _code(payer, order, Channel.ALIPAY)
    payer.close(order)
    yield from _until(payer, order, OrderState.CLOSED)
    if code is not None:
        payer.pay(code)
    yield True


def pays_a_wrong_sum(payer: Payer) -> Life:
    """A fen too much or too little comes; then he may pay what is owed."""
    order, channel = payer.open(), payer.choose()
    code = yield from _code(payer, order, channel)
    if code is not None:
        payer.pay(code, amount_fen=code.amount_fen + payer.chance.choice((-1, 1)))
    yield True
    if payer.chance.random() < 0.5:
        yield from _pay(payer, order, payer.choose(but=channel))


def wants_all_back(payer: Payer) -> Life:
    """He pays, and wants his money back."""
    yield from _pay_and_ask_back(payer, None)


def wants_some_back(payer: Payer) -> Life:
    """He pays, and wants a fen of it back."""
    yield from _pay_and_ask_back(payer, 1)


def lets_it_go(payer: Payer) -> Life:
    """He closes the order, at once or when he has seen the code."""
    order = payer.open()
    payer.begin(order, payer.choose())
    if payer.chance.random() < 0.5:
        yield from _code(payer, order, payer.choose())
    payer.close(order)
    yield True


def forgets_it(payer: Payer) -> Life:
    """He goes away, and half an hour later the order is over."""
    order = payer.open()
    yield from _code(payer, order, payer.choose())


def does_anything(payer: Payer) -> Life:
    """He begins, pays, closes and asks back in whatever order."""
    order = payer.open()
    payer.begin(order, payer.choose())
    deeds: tuple[Callable[[], object], ...] = (
        *[lambda: payer.pay_all(order)] * 3,
        lambda: payer.begin(order, payer.choose()),
        lambda: payer.close(order),
        lambda: payer.give_back(order, payer.chance.choice((None, 1))),
    )
    for _ in range(DEEDS):
        yield True
        payer.chance.choice(deeds)()


WEIGHTS: dict[Callable[[Payer], Life], int] = {
    pays: 42,
    pays_by_another_way: 10,
    pays_twice: 8,
    pays_late: 6,
    pays_a_wrong_sum: 5,
    wants_all_back: 8,
    wants_some_back: 6,
    lets_it_go: 5,
    forgets_it: 4,
    does_anything: 6,
}


def draw(payer: Payer) -> Life:
    """Let one of them begin."""
    (fate,) = payer.chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))
    return fate(payer)


def _pay(payer: Payer, order: str, channel: Channel) -> Life:
    code = yield from _code(payer, order, channel)
    if code is not None:
        payer.pay(code)
    yield True


def _pay_and_ask_back(payer: Payer, amount_fen: int | None) -> Life:
    order = payer.open()
    yield from _pay(payer, order, payer.choose())
    yield from _until(payer, order, OrderState.PAID)
    payer.give_back(order, amount_fen)
    yield True


def _code(payer: Payer, order: str, channel: Channel) -> Until:
    """Begin to pay at *channel* and wait for its code; None where none comes in time."""
    attempt = payer.begin(order, channel)
    if attempt is None:
        return None
    until = clock.now() + PATIENCE
    while not payer.street.channels[channel].knows(attempt.id):
        if clock.now() > until:
            return None
        yield False
    yield True
    return attempt


def _until(payer: Payer, order: str, state: OrderState) -> Life:
    """Wait until *order* is in *state*, or can no longer come to be."""
    until = clock.now() + PATIENCE
    while (now := payer.state_of(order)) != state and now in UNPAID and clock.now() < until:
        yield False
