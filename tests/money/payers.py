"""
People who owe something and pay with their phones, and the post that brings notices of it: each
deed a request to the real doors, or a fee that a room of the house asks for.
"""

import json
import math
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from threading import Lock

from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments import refunds
from kiosk_server.payments.exchange import callback_path
from kiosk_server.payments.life import OFFERED
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder
from kiosk_server.payments.queries import attempts_of
from kiosk_server.payments.rules import Channel, FeeItem, Origin, RefundReason
from kiosk_server.payments.services import open_order
from kiosk_server.payments.settling import lock_order
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phones import issue_tokens
from mobile_api.doors import PREFIX
from tests.money.channel_books import Manner, Told
from tests.money.channels import RoughChannel
from tests.money.line import Answer, post, until_answered

TRIES_OF_A_NOTICE = 6
LOST, UNTIL_THE_END, TWICE, MORE = 0.15, 0.03, 0.3, 0.3
"""How many payments nobody is told of; how many notices come after everything else, come twice to
the letter, or are followed by another one of the same payment."""
MANNERS = (*[Manner.TRUE] * 18, Manner.WRONG, Manner.FORGED)
TOLD_OF_REFUNDS = 0.1
_LOOK_SECONDS = 0.2
NAMES = {"zh": "测试收费", "en": "A fee of this test", "ug": "سىناق ھەققى"}


@dataclass
class Street:
    """Where people pay: what all of them share."""

    database: Database
    origin: str
    channels: dict[Channel, RoughChannel]
    orders_left: int
    opened: Callable[[int], None]
    """Told of each order how many are left: now and then time leaps, or somebody pulls a plug."""
    idle: Callable[[], None]
    """Told by whoever can only wait."""
    until: float = math.inf
    """When nobody begins any more, on the machine's own clock."""
    forged: dict[str, int] = field(default_factory=lambda: {"refused": 0, "believed": 0})
    _lock: Lock = field(default_factory=Lock)

    def owes_one_more(self) -> bool:
        """Take one of the orders that are left."""
        with self._lock:
            if self.orders_left == 0 or time.monotonic() > self.until:
                return False
            self.orders_left -= 1
            left = self.orders_left
        self.opened(left)
        return True

    def count_forged(self, status: int) -> None:
        """Count a forged notice, and what it was answered."""
        with self._lock:
            self.forged["refused" if status == HTTPStatus.UNAUTHORIZED else "believed"] += 1


@dataclass
class Parcel:
    """A notice on its way."""

    channel: Channel
    told: Callable[[], Told]
    """What is sent: the very same bytes each time, or signed anew, as for what comes much later."""
    manner: Manner = Manner.TRUE
    tries: int = 0


@dataclass
class Payer:
    """One person with a phone, and the notices of what he pays."""

    street: Street
    resident: str
    phone: AccountPhone
    chance: random.Random
    token: str = ""
    post: list[Parcel] = field(default_factory=list)
    """What may arrive at any moment."""
    kept: list[Parcel] = field(default_factory=list)
    """What comes after everything else."""
    _seen: dict[str, tuple[float, str]] = field(default_factory=dict)

    def choose(self, but: Channel | None = None) -> Channel:
        """Choose a way to pay."""
        return self.chance.choice([each for each in self.street.channels if each is not but])

    def choose_two(self) -> list[Channel]:
        """Choose two ways to pay."""
        return self.chance.sample(list(self.street.channels), 2)

    def open(self) -> str:
        """Something is done for him that costs a fee; return its order."""
        fee = FeeItem("test", NAMES, "测试依据", self.chance.randint(2, 90_000))
        with self.street.database.unit_of_work() as session:
            order = open_order(
                session,
                subject=Subject("test_thing", new_id()),
                items=[fee],
                payer_id=self.resident,
                channel=Origin.PHONE,
                by=SYSTEM,
            )
        return order.id

    def begin(self, order_id: str, channel: Channel) -> PaymentAttempt | None:
        """He chooses a way to pay, or another one; None where he may not any more."""
        answer = self._ask(f"/payments/{order_id}/attempts", {"channel": channel.value})
        assert answer.status in (201, 409), answer
        for attempt in self._attempts(order_id):
            if attempt.channel == channel and attempt.state in OFFERED:
                return attempt
        return None

    def pay(self, attempt: PaymentAttempt, *, amount_fen: int | None = None) -> None:
        """He pays by a code, if it works; notices go off, some twice, some never."""
        name = Channel(attempt.channel)
        channel = self.street.channels[name]
        if not channel.pay(attempt.id, amount_fen) or self.chance.random() < LOST:
            return
        while True:
            manner = self.chance.choice(MANNERS)
            anew = partial(channel.notice, attempt.id, manner)
            if self.chance.random() < UNTIL_THE_END:
                self.kept.append(Parcel(name, anew, manner))
            else:
                # The very same bytes twice, as a channel sends what it heard no answer to.
                told = partial(_same, anew())
                copies = 2 if self.chance.random() < TWICE else 1
                self.post += [Parcel(name, told, manner) for _ in range(copies)]
            if manner is Manner.TRUE and self.chance.random() >= MORE:
                return

    def pay_all(self, order_id: str) -> None:
        """He pays by every code of an order that works."""
        for attempt in self._attempts(order_id):
            self.pay(attempt)

    def deliver_what_was_kept(self) -> None:
        """What comes late comes now, until somebody has taken it."""
        self.post += self.kept
        self.kept.clear()
        while self.post:
            self.deliver(len(self.post))

    def deliver(self, most: int = 4) -> None:
        """Some notices arrive, in whatever order; what nobody takes is sent again."""
        if self.chance.random() < TOLD_OF_REFUNDS:
            name = self.choose()
            told = self.street.channels[name].refund_notice()
            if told is not None:
                self.post.append(Parcel(name, partial(_same, told)))
        for _ in range(min(len(self.post), most)):
            self._arrive(self.post.pop(self.chance.randrange(len(self.post))))

    def close(self, order_id: str) -> None:
        """He lets an order go."""
        assert self._ask(f"/payments/{order_id}/close", {}).status in (200, 409)

    def give_back(self, order_id: str, amount_fen: int | None) -> None:
        """Money is asked back, in part or all that is left; the same request comes twice."""
        key = new_id()
        for _ in range(2):
            with suppress(Conflict), self.street.database.unit_of_work() as session:
                refunds.refund(
                    session,
                    lock_order(session, order_id),
                    reason=RefundReason.OWN_WISH,
                    by=SYSTEM,
                    amount_fen=amount_fen,
                    request_key=key,
                )

    def state_of(self, order_id: str) -> str:
        """Return where an order stood a moment ago."""
        looked, state = self._seen.get(order_id, (0.0, ""))
        if time.monotonic() > looked + _LOOK_SECONDS:
            with self.street.database.reading() as session:
                wanted = select(PaymentOrder.state).where(PaymentOrder.id == order_id)
                state = session.scalars(wanted).one()
            self._seen[order_id] = time.monotonic(), state
        return state

    def _attempts(self, order_id: str) -> list[PaymentAttempt]:
        with self.street.database.reading() as session:
            return attempts_of(session, order_id)

    def _arrive(self, parcel: Parcel) -> None:
        headers, body = parcel.told()
        try:
            answer = post(self.street.origin, callback_path(parcel.channel), headers, body)
        except OSError:
            answer = Answer(HTTPStatus.BAD_GATEWAY, b"")
        answered = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        if answered and parcel.manner is Manner.FORGED:
            self.street.count_forged(answer.status)
        elif answer.status >= HTTPStatus.MULTIPLE_CHOICES and parcel.tries < TRIES_OF_A_NOTICE:
            parcel.tries += 1
            self.post.append(parcel)

    def _ask(self, path: str, body: object) -> Answer:
        key = new_id()

        def ask() -> Answer:
            headers = {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            }
            told = json.dumps(body).encode()
            answer = post(self.street.origin, f"{PREFIX}{path}", headers, told)
            if answer.status == 401:
                self._renew()
                return Answer(503, b"")
            return answer

        return until_answered(ask)

    def _renew(self) -> None:
        with self.street.database.unit_of_work() as session:
            self.token = issue_tokens(session, self.phone).access


def _same(told: Told) -> Told:
    return told
