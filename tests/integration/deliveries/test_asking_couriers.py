"""Couriers are asked through the outbox, and never twice for one delivery."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, NotFound, Refused, WrongState
from kiosk_server.deliveries import services
from kiosk_server.deliveries.lanes import DELIVERY_CALLED_OFF, DELIVERY_RELEASED
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import (
    CannotTell,
    CourierName,
    NoSuchOrder,
    NotAsked,
    Payer,
    TooLate,
    TurnedDown,
)
from kiosk_server.deliveries.rules import MOST_OPEN, Direction
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from tests.support.delivering import NOON, SITE, Town, a_key, waybill


@pytest.mark.policy("P42")
def test_a_delivery_is_carried_under_its_own_id(town: Town) -> None:
    """Asked again, by whomever, it stays one order with one way-bill."""
    order_id = town.papers()
    assert town.ask(order_id) is None
    assert town.ask(order_id) is None
    order = town.order(order_id)
    assert (order.state, order.waybill) == ("accepted", waybill(order_id))
    assert list(town.platform.orders) == [order_id]
    assert town.platform.asked == ["take"]
    asked = town.platform.orders[order_id]
    assert (asked.sender.name, asked.sender.county) == ("测试·阿依古丽", "阿图什市")
    assert (asked.receiver.name, asked.pieces) == ("阿图什市政务服务中心", 2)


@pytest.mark.policy("P42")
def test_a_lost_answer_is_asked_after_by_id(town: Town) -> None:
    """Unknown until the courier is asked what became of it; he has one order in the end."""
    order_id = town.papers()
    town.platform.takes.append("lost")
    assert town.ask(order_id) == "courier_does_not_answer"
    assert town.state(order_id) == "unknown"
    assert town.ask(order_id) is None
    assert (town.state(order_id), town.platform.asked) == ("accepted", ["take", "find"])
    assert len(town.platform.orders) == 1


def test_what_never_arrived_is_asked_anew(town: Town) -> None:
    """He says that there is none: then, and only then, he is asked to carry it again."""
    order_id = town.papers()
    town.platform.takes.append("lost")
    town.ask(order_id)
    town.platform.orders.clear()
    assert town.ask(order_id) is None
    assert town.platform.asked == ["take", "find", "take"]
    assert town.state(order_id) == "accepted"


def test_who_cannot_tell_leaves_it_to_a_person(town: Town) -> None:
    """Nothing is sent a second time on the chance that the first did not arrive."""
    order_id = town.papers()
    town.platform.takes.append("lost")
    town.ask(order_id)
    town.platform.finds.extend([CannotTell(), CannotTell()])
    assert town.ask(order_id) == "courier_answer_lost"
    assert town.ask(order_id) == "courier_answer_lost"
    assert (town.state(order_id), town.platform.asked) == ("unknown", ["take", "find", "find"])


def test_a_worker_that_died_while_asking_is_taken_for_a_lost_answer(town: Town) -> None:
    """The next one asks what became of it before it asks anything."""
    order_id = town.papers()

    def dies() -> None:
        raise KeyboardInterrupt

    town.platform.meanwhile = dies
    with pytest.raises(KeyboardInterrupt):
        town.ask(order_id)
    town.platform.meanwhile = lambda: None
    assert town.ask(order_id) is None
    assert town.platform.asked == ["take", "find", "take"]
    assert len(town.platform.orders) == 1


def test_two_workers_at_once_make_one_order(town: Town) -> None:
    """The second comes while the first is being answered."""
    order_id = town.papers()

    def other_worker() -> None:
        town.platform.meanwhile = lambda: None
        town.ask(order_id)

    town.platform.meanwhile = other_worker
    assert town.ask(order_id) is None
    assert (town.state(order_id), list(town.platform.orders)) == ("accepted", [order_id])


@pytest.mark.policy("P42")
def test_a_partner_that_is_down_for_an_hour_loses_nothing(town: Town, settings: Settings) -> None:
    """Nothing was sent while he was away; afterwards each goes once."""
    orders = [town.papers(person=index % 2) for index in range(2)]
    context = Context(town.database, settings)
    context.__dict__["couriers"] = town.couriers
    worker = Dispatcher(town.database, HANDLERS, context)
    for minutes in (0, 20, 50):
        town.platform.takes.extend([NotAsked()] * 20)
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            worker.work(go_on=lambda: True)
        town.platform.takes.clear()
    assert {town.state(each) for each in orders} == {"created"}
    with clock.frozen(NOON + timedelta(minutes=70)):
        worker.work(go_on=lambda: True)
    assert {town.state(each) for each in orders} == {"accepted"}
    assert sorted(town.platform.orders) == sorted(orders)


def test_a_courier_that_will_not_carry_ends_the_asking(town: Town) -> None:
    """It is in trouble, with his own code; nobody asks him again."""
    order_id = town.papers()
    town.platform.takes.append(TurnedDown("8057"))
    assert town.ask(order_id) is None
    assert town.ask(order_id) is None
    order = town.order(order_id)
    assert (order.state, order.trouble) == ("exception", "turned_down")
    assert town.platform.asked == ["take"]


def test_sent_again_with_its_key_it_is_the_same(town: Town) -> None:
    """One request, one delivery, one message."""
    key = a_key()
    assert town.papers(key=key) == town.papers(key=key)
    assert town.waiting(DELIVERY_RELEASED) == 1


def cancelled(town: Town, order_id: str) -> DeliveryState:
    with town.database.unit_of_work() as session:
        return services.cancel(session, order_id, by=SYSTEM)


def test_before_anybody_was_asked_it_is_cancelled_at_once(town: Town) -> None:
    """And no courier is asked afterwards."""
    order_id = town.papers()
    assert cancelled(town, order_id) is DeliveryState.CANCELLED
    assert town.ask(order_id) is None
    assert town.platform.asked == []


def test_what_a_courier_has_is_cancelled_by_him(town: Town) -> None:
    """Asked once, however often its owner presses."""
    order_id = town.papers()
    town.ask(order_id)
    assert cancelled(town, order_id) is DeliveryState.ACCEPTED
    assert cancelled(town, order_id) is DeliveryState.ACCEPTED
    assert town.waiting(DELIVERY_CALLED_OFF) == 1
    assert town.call_off(order_id) is None
    assert town.call_off(order_id) is None
    assert (town.state(order_id), town.platform.asked) == ("cancelled", ["take", "cancel"])


def test_too_late_to_cancel_is_told_and_may_be_tried_again(town: Town) -> None:
    """He has fetched it: it goes on."""
    order_id = town.papers()
    town.ask(order_id)
    cancelled(town, order_id)
    town.platform.cancels.append(TooLate())
    assert town.call_off(order_id) is None
    order = town.order(order_id)
    assert (order.state, order.cancel_asked_at) == ("accepted", None)


def test_cancelled_while_the_courier_is_asked_it_is_cancelled_after(town: Town) -> None:
    """The wish is not lost between two answers."""
    order_id = town.papers()
    town.platform.meanwhile = lambda: (cancelled(town, order_id), None)[1]
    assert town.ask(order_id) is None
    assert town.state(order_id) == "accepted"
    assert town.call_off(order_id) is None
    assert town.state(order_id) == "cancelled"


def test_cancelled_while_unknown_it_is_not_asked_for_again(town: Town) -> None:
    """The order never arrived: nobody makes it now."""
    order_id = town.papers()
    town.platform.takes.append("lost")
    town.ask(order_id)
    town.platform.orders.clear()
    cancelled(town, order_id)
    town.platform.cancels.append(TooLate())
    assert town.call_off(order_id) is None
    town.platform.finds.append(NoSuchOrder())
    assert town.ask(order_id) is None
    assert (town.state(order_id), town.platform.orders) == ("cancelled", {})


def test_on_its_way_it_cannot_be_cancelled(town: Town) -> None:
    """Refused with the state that it is in."""
    order_id = town.papers()
    with town.database.unit_of_work() as session:
        session.get_one(DeliveryOrder, order_id).state = "in_transit"
    with pytest.raises(WrongState, match="delivery_under_way"):
        cancelled(town, order_id)


def opened(town: Town, wish: DeliveryWish) -> None:
    with town.database.unit_of_work() as session:
        services.open_delivery(session, wish, CourierName.EMS, Payer.OFFICE, by=SYSTEM)


def test_what_cannot_be_sent_is_refused(town: Town) -> None:
    """Another's address, no site, no papers, no case."""
    good = DeliveryWish(
        town.people[0],
        Direction.PAPERS,
        town.addresses[0],
        site_id=SITE,
        pieces=[PieceWish("身份证明（测试）", original=False)],
    )
    opened(town, good)
    for wrong, error in (
        (replace(good, address_id=town.addresses[1]), NotFound),
        (replace(good, site_id="no-such-site"), NotFound),
        (replace(good, pieces=[]), Invalid),
        (replace(good, pieces=[PieceWish(" ", original=True)]), Invalid),
        (replace(good, direction=Direction.RESULT), Invalid),
        (replace(good, case_id="01jcase000000000000000000a"), NotFound),
    ):
        with pytest.raises(error):
            opened(town, wrong)


def test_one_person_has_a_limited_number_on_the_way(town: Town) -> None:
    """Past it he is refused, and his neighbour is not."""
    for _ in range(MOST_OPEN):
        town.papers()
    with pytest.raises(Refused, match="deliveries_enough"):
        town.papers()
    town.papers(person=1)


def test_a_fee_is_quoted_in_fen_and_the_office_owes_none(town: Town) -> None:
    """The recipient pays at the door what was quoted."""
    order_id = town.papers(pieces=12)
    assert town.order(order_id).fee_fen == 1000
    with town.database.reading() as session:
        assert services.quote(session, SITE, "650000", 1) == 1300
        messages = session.scalars(select(OutboxMessage.payload)).all()
    assert {"delivery": order_id} in messages
