"""People with addresses, a decided case, and couriers that do as a test tells them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries import addresses, services
from kiosk_server.deliveries.addresses import AddressWish
from kiosk_server.deliveries.asking import ask_courier, call_off
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import (
    AnswerLost,
    CalledOff,
    CancelAnswer,
    Consignment,
    CourierName,
    Couriers,
    FindAnswer,
    NoSuchOrder,
    Payer,
    TakeAnswer,
    Taken,
    Told,
    TrackAnswer,
)
from kiosk_server.deliveries.rules import LOOK_EVERY, Direction
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.places import first_data
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.services import find_or_register
from tests.support.booking import number

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
SITE, DIVISION = "atushi-centre", "653001101"
WISH = AddressWish("测试·阿依古丽", "13800000001", DIVISION, "示例巷 2 号")
CLERK = Actor("staff", "clerk-of-this-test")


@dataclass
class PlayedCourier:
    """A courier that keeps orders by their id, and answers as it was told to, one by one."""

    simulated: bool = True
    look_every: timedelta = LOOK_EVERY
    orders: dict[str, Consignment] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    takes: list[TakeAnswer | str] = field(default_factory=list)
    """`lost` is done and not answered."""
    finds: list[FindAnswer] = field(default_factory=list)
    cancels: list[CancelAnswer] = field(default_factory=list)
    told: dict[str, list[Told]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    """What happens elsewhere while the courier is being asked."""

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Take an order, once."""
        self.asked.append("take")
        self.meanwhile()
        answer = self.takes.pop(0) if self.takes else None
        if answer is not None and not isinstance(answer, str):
            return answer
        self.orders.setdefault(consignment.order_id, consignment)
        return AnswerLost() if answer == "lost" else Taken(waybill(consignment.order_id))

    def find(self, order_id: str) -> FindAnswer:
        """Look an order up."""
        self.asked.append("find")
        if self.finds:
            return self.finds.pop(0)
        return Taken(waybill(order_id)) if order_id in self.orders else NoSuchOrder()

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Cancel an order."""
        self.asked.append("cancel")
        if self.cancels:
            return self.cancels.pop(0)
        self.cancelled.add(order_id)
        return CalledOff()

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Tell every line."""
        self.asked.append("track")
        return self.told.get(order_id, [])


def waybill(order_id: str) -> str:
    """The way-bill that a played courier gives an order."""
    return f"W{order_id}"


def line(
    minutes: int, step: Step | None, trouble: Trouble | None = None, *, text: str = ""
) -> Told:
    """One line, so many minutes after noon."""
    code = step.value if step else "新码"
    return Told(NOON + timedelta(minutes=minutes), code, text or code, step, trouble)


@dataclass
class Town:
    """The places, two people with addresses, and one courier after the other."""

    database: Database
    platform: PlayedCourier = field(default_factory=PlayedCourier)
    ems: PlayedCourier = field(default_factory=PlayedCourier)
    people: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.database.unit_of_work() as session:
            first_data.enter(session)
            for index in (1, 2):
                person = find_or_register(
                    session, number=number(index), name=f"测试·{index}", kind=CardKind.RESIDENT
                )
                self.people.append(person.id)
                kept = addresses.keep(session, person.id, WISH, by=SYSTEM)
                self.addresses.append(kept.id)

    @property
    def couriers(self) -> Couriers:
        """The platform first, then EMS."""
        return Couriers({CourierName.PLATFORM: self.platform, CourierName.EMS: self.ems})

    def papers(
        self,
        *,
        key: str | None = None,
        person: int = 0,
        pieces: int = 2,
        courier: CourierName = CourierName.PLATFORM,
    ) -> str:
        """Open a delivery of papers from a door; return its id."""
        wish = DeliveryWish(
            self.people[person],
            Direction.PAPERS,
            self.addresses[person],
            site_id=SITE,
            pieces=[PieceWish(f"户口簿（测试）{one}", original=True) for one in range(pieces)],
        )
        with self.database.unit_of_work() as session:
            order = services.open_delivery(
                session,
                wish,
                courier,
                Payer.RECIPIENT,
                by=SYSTEM,
                request_key=key,
            )
            return order.id

    def sent(self, *, person: int = 0) -> str:
        """Open a delivery to a door as its result would be, with no case behind it."""
        order_id = self.papers(person=person)
        with self.database.unit_of_work() as session:
            session.get_one(DeliveryOrder, order_id).direction = Direction.RESULT.value
        return order_id

    def ask(self, order_id: str) -> str | None:
        """Let the worker ask the courier once; return the code of what it fell over."""
        try:
            ask_courier(self.database, self.couriers, order_id)
        except KioskError as fault:
            return fault.code
        return None

    def call_off(self, order_id: str) -> str | None:
        """Let the worker cancel once."""
        try:
            call_off(self.database, self.couriers, order_id)
        except KioskError as fault:
            return fault.code
        return None

    def order(self, order_id: str) -> DeliveryOrder:
        """A delivery as it stands."""
        with self.database.reading() as session:
            return session.get_one(DeliveryOrder, order_id)

    def state(self, order_id: str) -> str:
        """Its state."""
        return self.order(order_id).state

    def topics(self, order_id: str) -> list[str]:
        """What its owner was told about a delivery, the first notice first."""
        with self.database.reading() as session:
            wanted = select(ResidentNotice).where(ResidentNotice.subject_id == order_id)
            rows = session.scalars(wanted.order_by(ResidentNotice.id))
            return [row.topic for row in rows]

    def waiting(self, topic: str) -> int:
        """How many messages of *topic* stand in the outbox."""
        with self.database.reading() as session:
            wanted = select(OutboxMessage).where(OutboxMessage.topic == topic)
            return len(session.scalars(wanted).all())


def a_key() -> str:
    """A request's key."""
    return (new_id() * 3)[:64]


def later(minutes: int) -> datetime:
    """So many minutes from now."""
    return clock.now() + timedelta(minutes=minutes)
