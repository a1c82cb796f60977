"""Postage paid beforehand: parcel and money come to the same end, whichever is heard of first."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.deliveries import services
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer, TurnedDown
from kiosk_server.deliveries.postage import settle, settle_waiting
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.rules import FETCHED_WITHIN, SENT_AGAIN_WITHIN, Direction, WayOn
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.deliveries.settling import go_on
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.payments import services as payments
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.ports import Paid
from kiosk_server.payments.queries import attempts_of, refunds_of
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.settling import Teller, take_payment
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from tests.support.delivering import CLERK, NOON, SITE, Town, line

WECHAT = Channel.WECHAT_PAY


class Postage:
    """One prepaid delivery of a town, and what may happen to it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        wish = DeliveryWish(
            town.people[0],
            Direction.PAPERS,
            town.addresses[0],
            site_id=SITE,
            pieces=[PieceWish("户口簿（测试）", original=True)],
        )
        with town.database.unit_of_work() as session:
            order = services.open_delivery(
                session,
                wish,
                CourierName.PLATFORM,
                Payer.PREPAID,
                by=SYSTEM,
                origin=Origin.PHONE,
            )
            self.id = order.id

    @property
    def order(self) -> PaymentOrder:
        """The payment order."""
        with self.town.database.reading() as session:
            found = postage_of(session, session.get_one(DeliveryOrder, self.id))
            assert found is not None
            return found

    def begin(self) -> None:
        """The resident is shown a code."""
        with self.town.database.unit_of_work() as session:
            payments.begin_attempt(session, self.order.id, WECHAT, connected=[WECHAT], by=SYSTEM)

    def pay(self) -> None:
        """The channel tells of the money."""
        order = self.order
        with self.town.database.unit_of_work() as session:
            attempt = attempts_of(session, order.id)[0]
            paid = Paid(f"R{attempt.id}", order.amount_fen, clock.now())
            take_payment(session, WECHAT, attempt.id, paid, told_by=Teller.NOTICE)

    def cancel(self) -> None:
        """The resident changes his mind."""
        with self.town.database.unit_of_work() as session:
            services.cancel(session, self.id, by=SYSTEM)

    def let_go(self) -> None:
        """The payment's time is over."""
        with self.town.database.unit_of_work() as session:
            payments.close(session, self.order.id, by=SYSTEM)

    def settle(self) -> None:
        """The worker brings both together."""
        with self.town.database.unit_of_work() as session:
            settle(session, self.id)

    def returned(self) -> list[tuple[str, int]]:
        """What was asked back, and why."""
        with self.town.database.reading() as session:
            return [(row.reason, row.amount_fen) for row in refunds_of(session, self.order.id)]


@pytest.fixture
def postage(town: Town) -> Postage:
    """Eight yuan, to be paid."""
    postage = Postage(town)
    postage.begin()
    return postage


@pytest.mark.policy("P42")
def test_a_parcel_goes_once_its_postage_is_paid(postage: Postage) -> None:
    """Not before; and the courier charges the house."""
    postage.settle()
    assert postage.town.order(postage.id).released_at is None
    postage.pay()
    for _ in range(2):
        postage.settle()
    order = postage.town.order(postage.id)
    assert (order.released_at, order.fee_fen, postage.order.amount_fen) == (NOON, 800, 800)
    assert postage.town.waiting("delivery.released") == 1
    postage.town.ask(postage.id)
    assert postage.town.platform.orders[postage.id].on_account
    assert postage.returned() == []


@pytest.mark.parametrize(
    "deeds",
    [
        ("pay", "cancel"),
        ("cancel", "pay"),
        ("pay", "settle", "cancel"),
        ("cancel", "settle", "pay"),
        ("settle", "cancel", "settle", "pay", "settle"),
    ],
)
@pytest.mark.policy("P42")
def test_cancelled_and_paid_in_any_order_the_money_comes_back_once(
    postage: Postage, deeds: Sequence[str]
) -> None:
    """All of it, as not done; nobody is asked to carry anything."""
    for deed in (*deeds, "settle", "settle"):
        getattr(postage, deed)()
    assert postage.returned() == [("not_done", 800)]
    assert postage.town.state(postage.id) == "cancelled"
    assert postage.town.ask(postage.id) is None
    assert postage.town.platform.asked == []


@pytest.mark.policy("P42")
def test_what_is_not_paid_for_in_time_is_not_sent(
    town: Town, postage: Postage, settings: Settings
) -> None:
    """Cancelled by itself through the worker, and told; money that comes later goes back."""
    with town.database.unit_of_work() as session:
        attempt = attempts_of(session, postage.order.id)[0]
        attempt.state = "closed"
    postage.let_go()
    context = Context(town.database, settings)
    context.__dict__["couriers"] = town.couriers
    Dispatcher(town.database, HANDLERS, context).work(go_on=lambda: True)
    assert (town.state(postage.id), postage.order.state) == ("cancelled", "closed")
    assert town.topics(postage.id) == ["delivery_unpaid"]
    postage.pay()
    postage.settle()
    assert postage.returned() == [("paid_late", 800)]


def test_what_a_courier_turned_down_comes_back_after_a_day(postage: Postage) -> None:
    """Until then somebody may send it with another for the same money."""
    postage.pay()
    postage.settle()
    postage.town.platform.takes.append(TurnedDown("8057"))
    postage.town.ask(postage.id)
    postage.settle()
    assert postage.returned() == []
    with clock.frozen(NOON + SENT_AGAIN_WITHIN):
        with postage.town.database.unit_of_work() as session:
            assert settle_waiting(session) == 1
        postage.settle()
        postage.settle()
    assert postage.returned() == [("not_done", 800)]


def test_sent_again_after_trouble_nothing_is_charged_twice(postage: Postage) -> None:
    """The same money carries it to its end, and comes back if that is nothing."""
    town = postage.town
    postage.pay()
    postage.settle()
    town.platform.takes.append(TurnedDown("8057"))
    town.ask(postage.id)
    with town.database.unit_of_work() as session:
        again = go_on(session, postage.id, WayOn.SEND_AGAIN, town.couriers, by=CLERK)
        assert again is not None
        assert (again.courier, again.payer, again.released_at) == ("ems", "prepaid", NOON)
        found = postage_of(session, again)
        assert found is not None
        assert found.id == postage.order.id
    with clock.frozen(NOON + SENT_AGAIN_WITHIN):
        postage.settle()
    assert postage.returned() == []
    with town.database.unit_of_work() as session:
        services.cancel(session, again.id, by=SYSTEM)
    postage.settle()
    assert postage.returned() == [("not_done", 800)]


def test_what_was_carried_once_was_paid_for(postage: Postage) -> None:
    """It came back for its address: cancelling what is sent again brings no money."""
    town = postage.town
    postage.pay()
    postage.settle()
    town.ask(postage.id)
    with town.database.unit_of_work() as session:
        order = held(session, postage.id)
        told = [line(1, Step.MOVE), line(2, Step.GIVE_BACK, Trouble.RETURNED)]
        hear(session, order, told, by=SYSTEM)
        again = go_on(session, postage.id, WayOn.SEND_AGAIN, town.couriers, by=CLERK)
        assert again is not None
    with town.database.unit_of_work() as session:
        services.cancel(session, again.id, by=SYSTEM)
        settle(session, again.id)
    assert (town.state(again.id), postage.returned()) == ("cancelled", [])


def test_who_never_fetches_it_is_told_to_stay_away(postage: Postage) -> None:
    """After a week the courier is asked to cancel; then the money comes back."""
    town = postage.town
    postage.pay()
    postage.settle()
    town.ask(postage.id)
    with clock.frozen(NOON + FETCHED_WITHIN + timedelta(minutes=1)):
        with town.database.unit_of_work() as session:
            assert settle_waiting(session) == 1
            assert settle_waiting(session) == 0
        assert town.call_off(postage.id) is None
        postage.settle()
    assert (town.state(postage.id), postage.returned()) == ("cancelled", [("not_done", 800)])
