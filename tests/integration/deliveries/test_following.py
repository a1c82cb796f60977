"""What couriers tell, pushed or asked for, in whatever order and however often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.deliveries.following import (
    hear_of_order,
    hear_push,
    look,
    send_out_lookers,
    subscribe,
)
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.keeping import forget_deliveries
from kiosk_server.deliveries.lanes import DELIVERY_FOLLOWED, DELIVERY_LOOKED_FOR
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.models import DeliveryEvent, DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.ports import (
    CourierName,
    Couriers,
    NotAsked,
    SubscribeAnswer,
    Subscribed,
    Told,
    TrackAnswer,
)
from kiosk_server.deliveries.queries import lines_of
from kiosk_server.notices.models import ResidentNotice
from tests.support.delivering import NOON, Town, line, waybill

WAY = [
    line(1, Step.PICK_UP),
    line(2, Step.MOVE),
    line(3, None, text="新的说法（测试）"),
    line(4, Step.GO_OUT),
    line(5, Step.STRAY, Trouble.OTHER),
    line(6, Step.DELIVER),
]


def push(town: Town, order_id: str, told: list[Told], *, again: bool = False) -> bool:
    """Let the region's courier push lines of an order's way-bill."""
    with town.database.unit_of_work() as session:
        return hear_push(
            session, CourierName.PLATFORM, waybill(order_id), told, again=again, by=SYSTEM
        )


def asked(town: Town) -> str:
    """A delivery that its courier has."""
    order_id = town.papers()
    town.ask(order_id)
    return order_id


@pytest.mark.policy("P42")
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_pushes_in_every_order_and_repetition_end_alike(database: Database) -> None:
    """Generated: the state is that of the whole way, and each line stands once."""
    with clock.frozen(NOON):
        town = Town(database)
        pushes = st.lists(st.lists(st.sampled_from(WAY), min_size=1), max_size=5)

        @hypothesis_settings(max_examples=2)
        @given(parts=pushes, whole=st.permutations(WAY))
        def alike(parts: list[list[Told]], whole: list[Told]) -> None:
            order_id = asked(town)
            for part in (*parts, whole, *parts):
                assert push(town, order_id, part)
            with town.database.unit_of_work() as session:
                assert held(session, order_id).state == "delivered"
                told = [each for each in lines_of(session, order_id) if each.text]
                assert [each.text for each in told] == [each.text for each in WAY]

        alike()


def test_an_unknown_code_keeps_its_words_and_changes_nothing(town: Town) -> None:
    """A person can read it; no rule guesses what it means."""
    order_id = asked(town)
    push(town, order_id, [line(2, Step.MOVE)])
    push(town, order_id, [line(9, None, text="新的说法（测试）")])
    assert town.state(order_id) == "in_transit"
    with town.database.reading() as session:
        assert lines_of(session, order_id)[-1].text == "新的说法（测试）"
        sealed = session.scalars(select(DeliveryEvent.text_sealed)).all()
    assert all("测试".encode() not in (each or b"") for each in sealed)


def test_a_line_from_the_far_future_is_kept_and_not_believed(town: Town) -> None:
    """A courier's wrong clock would stand above everything to come."""
    order_id = asked(town)
    push(town, order_id, [line(60 * 24 * 30, Step.DELIVER)])
    push(town, order_id, [line(2, Step.MOVE)])
    assert town.state(order_id) == "in_transit"


def test_a_push_for_nobody_is_told_apart(town: Town) -> None:
    """A way-bill that is not ours, or another courier's, changes nothing."""
    order_id = asked(town)
    with town.database.unit_of_work() as session:
        assert not hear_push(
            session, CourierName.EMS, waybill(order_id), WAY, again=False, by=SYSTEM
        )
        assert not hear_of_order(session, CourierName.EMS, order_id, None, WAY, by=SYSTEM)
        assert hear_of_order(session, CourierName.PLATFORM, order_id, "W-2", WAY, by=SYSTEM)
    assert (town.state(order_id), town.order(order_id).waybill) == ("delivered", "W-2")


def test_who_waits_is_told_of_the_turns(town: Town) -> None:
    """Out for delivery, in trouble, delivered: once each, however often it is pushed."""
    order_id = asked(town)
    for _ in range(2):
        for each in WAY:
            push(town, order_id, [each])
    with town.database.reading() as session:
        topics = session.scalars(select(ResidentNotice.topic).order_by(ResidentNotice.id)).all()
    assert topics == ["delivery_out", "delivery_trouble", "delivery_done"]


def test_a_push_proves_an_order_whose_answer_was_lost(town: Town) -> None:
    """The courier speaks of it: so he has it."""
    order_id = town.papers()
    town.platform.takes.append("lost")
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        hear_of_order(session, CourierName.PLATFORM, order_id, "W-1", WAY[:1], by=SYSTEM)
    assert town.state(order_id) == "picked_up"


def test_what_is_on_its_way_is_asked_for_by_the_clock(town: Town) -> None:
    """Every two hours, whatever was pushed; nobody asks for what has ended."""
    order_id = asked(town)
    town.platform.told[order_id] = WAY
    with clock.frozen(NOON + timedelta(hours=2)):
        with town.database.unit_of_work() as session:
            send_out_lookers(session, town.couriers)
            send_out_lookers(session, town.couriers)
        assert town.waiting(DELIVERY_LOOKED_FOR) == 1
        look(town.database, town.couriers, order_id)
    assert town.state(order_id) == "delivered"
    with clock.frozen(NOON + timedelta(hours=9)), town.database.unit_of_work() as session:
        send_out_lookers(session, town.couriers)
    assert town.waiting(DELIVERY_LOOKED_FOR) == 1
    look(town.database, Couriers({}), order_id)


class PlayedTracker:
    """Follows way-bills, as it is told to."""

    def __init__(self, answer: SubscribeAnswer, told: TrackAnswer) -> None:
        self.answer, self.told = answer, told
        self.subscribed: list[tuple[CourierName, str]] = []

    def subscribe(self, courier: CourierName, waybill: str, phone: str) -> SubscribeAnswer:
        """Keep who is to be followed."""
        self.subscribed.append((courier, waybill))
        return self.answer

    def track(self, courier: CourierName, waybill: str, phone: str) -> TrackAnswer:
        """Tell what it was told to."""
        return self.told


def test_pushes_are_asked_for_once_a_way_bill_is_known(town: Town) -> None:
    """And again half an hour after its follower gave up."""
    order_id = asked(town)
    tracker = PlayedTracker(Subscribed(), [])
    with town.database.unit_of_work() as session:
        send_out_lookers(session, town.couriers)
        send_out_lookers(session, town.couriers)
    assert town.waiting(DELIVERY_FOLLOWED) == 1
    subscribe(town.database, Couriers({}, tracker), order_id)
    assert tracker.subscribed == [(CourierName.PLATFORM, waybill(order_id))]
    push(town, order_id, [], again=True)
    with clock.frozen(NOON + timedelta(minutes=31)), town.database.unit_of_work() as session:
        send_out_lookers(session, town.couriers)
    assert town.waiting(DELIVERY_FOLLOWED) == 2


def test_nobody_answering_is_tried_again(town: Town) -> None:
    """Neither courier nor follower: the message stays."""
    order_id = asked(town)
    silent = Couriers({}, PlayedTracker(NotAsked(), NotAsked()))
    with pytest.raises(Unavailable):
        look(town.database, silent, order_id)
    with pytest.raises(Unavailable):
        subscribe(town.database, silent, order_id)
    subscribe(town.database, Couriers({}), order_id)


def test_deliveries_are_forgotten_half_a_year_later(town: Town) -> None:
    """With their pieces and everything that was heard."""
    order_id = asked(town)
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), WAY, by=SYSTEM)
    for days, left in ((179, 1), (181, 0)):
        with clock.frozen(NOON + timedelta(days=days)), town.database.unit_of_work() as session:
            forget_deliveries(session)
            for table in (DeliveryOrder, DeliveryPiece, DeliveryEvent):
                count = session.scalar(select(func.count()).select_from(table)) or 0
                assert bool(count) is bool(left)
