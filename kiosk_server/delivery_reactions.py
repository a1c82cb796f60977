"""What follows from deliveries: couriers asked, asked again, told to stop; forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from kiosk_server.core.database import Database
from kiosk_server.deliveries.asking import ask_courier, call_off
from kiosk_server.deliveries.following import look, send_out_lookers, subscribe
from kiosk_server.deliveries.keeping import forget_deliveries
from kiosk_server.deliveries.lanes import (
    DELIVERY_CALLED_OFF,
    DELIVERY_FOLLOWED,
    DELIVERY_LOOKED_FOR,
    DELIVERY_POSTAGE,
    DELIVERY_RELEASED,
)
from kiosk_server.deliveries.ports import Couriers
from kiosk_server.deliveries.postage import settle, settle_waiting
from kiosk_server.deliveries.postage_orders import SUBJECT
from kiosk_server.deliveries.releasing import release_decided
from kiosk_server.deliveries.waiting import look_after_waiting
from kiosk_server.gateways.courier_simulated import forget_parcels
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.settings import Settings


class WithCouriers(Protocol):
    """What a handler of deliveries needs."""

    @property
    def database(self) -> Database:
        """Where deliveries stand."""
        ...

    @property
    def settings(self) -> Settings:
        """How long a parcel waits at a site."""
        ...

    @property
    def couriers(self) -> Couriers:
        """Who carries; the same for the life of a worker, whose fuses must remember."""
        ...


def after_release(context: WithCouriers, letter: Letter) -> None:
    """A delivery may go: its courier is asked, under the delivery's own id."""
    ask_courier(context.database, context.couriers, str(letter.payload["delivery"]))


def after_calling_off(context: WithCouriers, letter: Letter) -> None:
    """Somebody cancelled: the courier is told."""
    call_off(context.database, context.couriers, str(letter.payload["delivery"]))


def look_for(context: WithCouriers, letter: Letter) -> None:
    """It is time to ask where a parcel is; that changes nothing at the courier's."""
    look(context.database, context.couriers, str(letter.payload["delivery"]))


def follow(context: WithCouriers, letter: Letter) -> None:
    """A way-bill is known: its pushes are asked for; twice is once."""
    subscribe(context.database, context.couriers, str(letter.payload["delivery"]))


def bring_postage_together(context: WithCouriers, letter: Letter) -> None:
    """A parcel or its postage has come to something: the other follows."""
    with context.database.unit_of_work() as session:
        settle(session, str(letter.payload["delivery"]))


def postage_follows(context: WithCouriers, letter: Letter) -> None:
    """An order is paid, closed or paid back: what waited for it goes, or goes no more."""
    if letter.payload["subject_kind"] == SUBJECT:
        with context.database.unit_of_work() as session:
            settle(session, str(letter.payload["subject_id"]))


def look_after_deliveries(context: WithCouriers) -> None:
    """Let go what waited for its case; have asked what is due, whatever was pushed."""
    with context.database.unit_of_work() as session:
        release_decided(session)
        settle_waiting(session)
        look_after_waiting(session, timedelta(days=context.settings.couriers.site_days))
        send_out_lookers(session, context.couriers)


def forget_old_deliveries(context: WithCouriers) -> None:
    """Forget deliveries half a year after the last that was heard of them."""
    with context.database.unit_of_work() as session:
        forget_deliveries(session)
        forget_parcels(session)


DELIVERY_HANDLERS: Mapping[str, Handler[WithCouriers]] = {
    DELIVERY_RELEASED: after_release,
    DELIVERY_CALLED_OFF: after_calling_off,
    DELIVERY_LOOKED_FOR: look_for,
    DELIVERY_FOLLOWED: follow,
    DELIVERY_POSTAGE: bring_postage_together,
}
