"""
What deliveries need from outside: couriers (`Courier`), and who only follows them (`Tracker`).

A delivery's id is the courier's order id: asked twice, it is one order. An answer that was lost is
an answer of its own; nothing is ever taken for a no because it was not heard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.rules import LOOK_EVERY


class CourierName(StrEnum):
    """Who carries, in the order in which the house asks (P26: the platform's 物流寄递 first)."""

    PLATFORM = "platform"
    EMS = "ems"
    SF = "sf"
    SIMULATED = "simulated"


class Payer(StrEnum):
    """Who pays the courier."""

    OFFICE = "office"
    """The office that sends or asks for papers."""
    RECIPIENT = "recipient"
    """The resident, to the courier at the door (到付)."""
    PREPAID = "prepaid"
    """The resident, to the house and beforehand; the courier charges the house's account."""


@dataclass(frozen=True)
class Party:
    """Somebody at one end of the way. The divisions are names, as couriers want them."""

    name: str
    phone: str
    province: str
    city: str
    county: str
    street: str


@dataclass(frozen=True)
class Consignment:
    """What a courier is asked to carry; papers alone."""

    order_id: str
    sender: Party
    receiver: Party
    contents: str
    pieces: int
    weight_grams: int
    payer: Payer
    made_at: datetime
    office_sends: bool = True
    """Whether the office is the sender; papers are fetched for it."""

    @property
    def on_account(self) -> bool:
        """Whether the courier charges the house's account with him, and asks nobody for money."""
        return self.payer is not Payer.RECIPIENT

    @property
    def sender_pays(self) -> bool:
        """Whether it is the sender who owes the courier, on account or at the door."""
        return self.on_account is self.office_sends


@dataclass(frozen=True)
class Taken:
    """The courier has the order. Some tell the number of the way-bill only later."""

    waybill: str | None


@dataclass(frozen=True)
class TurnedDown:
    """The courier will not carry it, and has no order; `code` is his own."""

    code: str


@dataclass(frozen=True)
class NoSuchOrder:
    """The courier has no order of this id."""


@dataclass(frozen=True)
class CannotTell:
    """The courier knows no way to ask for an order by its id: a person settles it."""


@dataclass(frozen=True)
class AnswerLost:
    """It was asked, or may have been, and nothing that can be believed came back."""


@dataclass(frozen=True)
class NotAsked:
    """Nothing was sent: the courier cannot be reached now. It can be asked again."""


@dataclass(frozen=True)
class CalledOff:
    """The order is cancelled at the courier's."""


@dataclass(frozen=True)
class TooLate:
    """It cannot be cancelled any more."""


@dataclass(frozen=True)
class Told:
    """One line of a way-bill, as the courier told it; `step` is None where we do not know his code.

    `text` may name people: it is kept sealed.
    """

    at: datetime
    code: str
    text: str
    step: Step | None
    trouble: Trouble | None = None


TakeAnswer = Taken | TurnedDown | AnswerLost | NotAsked
FindAnswer = Taken | NoSuchOrder | CalledOff | CannotTell | NotAsked
CancelAnswer = CalledOff | TooLate | AnswerLost | NotAsked
TrackAnswer = Sequence[Told] | NotAsked


class Courier(Protocol):
    """Somebody who carries papers. `simulated` is said wherever it matters."""

    @property
    def simulated(self) -> bool:
        """Whether nothing is carried."""
        ...

    @property
    def look_every(self) -> timedelta:
        """How often he may be asked where a parcel is, if nothing is pushed meanwhile."""
        ...

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Ask to carry it; one id is one order, however often it is asked."""
        ...

    def find(self, order_id: str) -> FindAnswer:
        """Ask whether the courier has this order."""
        ...

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Ask to cancel an order."""
        ...

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Ask for every line so far; *phone* is a party's, of which some want the last digits."""
        ...


@dataclass(frozen=True)
class Subscribed:
    """Its pushes will come."""


SubscribeAnswer = Subscribed | TurnedDown | NotAsked


class Tracker(Protocol):
    """Somebody who follows the way-bills of many couriers, and pushes what he hears."""

    def subscribe(self, courier: CourierName, waybill: str, phone: str) -> SubscribeAnswer:
        """Ask for pushes of one way-bill; asked twice, it is one."""
        ...

    def track(self, courier: CourierName, waybill: str, phone: str) -> TrackAnswer:
        """Ask for every line so far."""
        ...


@dataclass(frozen=True)
class Couriers:
    """Who is connected here, in order of preference, and who follows what they carry."""

    by_name: Mapping[CourierName, Courier]
    tracker: Tracker | None = None

    def asked_often(self) -> Mapping[CourierName, timedelta]:
        """Return who may be asked where a parcel is more often than couriers usually may."""
        often = ((name, courier.look_every) for name, courier in self.by_name.items())
        return {name: every for name, every in often if every < LOOK_EVERY}

    def first(self, *, besides: frozenset[CourierName] = frozenset()) -> CourierName | None:
        """Return who is asked first, without those that are named."""
        left = (name for name in CourierName if name in self.by_name and name not in besides)
        return next(left, None)
