"""The region's deliveries are down for an hour, in the middle of orders: over a faithful server."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.deliveries.lanes import DELIVERY_RELEASED
from kiosk_server.deliveries.ports import CourierName, Couriers
from kiosk_server.delivery_reactions import DELIVERY_HANDLERS
from kiosk_server.gateways.courier_platform import RegionDeliveries
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.settings import Settings
from tests.support import delivery_platform_server
from tests.support.delivering import NOON, Town
from tests.support.delivery_platform_server import KEY, DeliveryPlatform

GOES_DOWN, IS_BACK, LAST = 3, 63, 75
"""Minutes after noon."""
OPENED_EVERY = 8
PATIENT_SECONDS = 60.0


@dataclass(frozen=True)
class Hands:
    """What a handler of deliveries needs."""

    database: Database
    settings: Settings
    couriers: Couriers


@pytest.fixture
def region() -> Iterator[DeliveryPlatform]:
    """Its system on loopback."""
    with delivery_platform_server.serving() as found:
        yield found


@pytest.mark.policy("P42")
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nothing_is_lost_and_nothing_is_sent_twice(
    database: Database,
    settings: Settings,
    region: DeliveryPlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it did without saying so is asked after, what it did not do is asked anew; meanwhile
    the other courier's parcels go as ever."""
    now = NOON
    # Its server has a thread of its own, and the same time.
    monkeypatch.setattr(clock, "now", lambda: now)
    town = Town(database)
    platform = RegionDeliveries(region.url, KEY, timeout_seconds=PATIENT_SECONDS)
    couriers = Couriers({CourierName.PLATFORM: platform, CourierName.EMS: town.ems})
    hands = Dispatcher(database, DELIVERY_HANDLERS, Hands(database, settings, couriers))
    ours: list[str] = []
    for minute in range(LAST):
        now = NOON + timedelta(minutes=minute)
        down = GOES_DOWN <= minute < IS_BACK
        region.misbehave[:] = ["500"] * 50 if down else []
        if minute % OPENED_EVERY == 0 and minute < IS_BACK:
            ours.append(town.papers(person=0))
            theirs = town.papers(person=1, courier=CourierName.EMS)
            if len(ours) == 2:
                # It falls silent in the middle of a deed: done, and not answered.
                region.misbehave[0] = "drop"
        hands.work(go_on=lambda: True)
        assert town.state(theirs) == "accepted"
        assert town.state(ours[0]) == "accepted"
        assert len(ours) == 1 or not down or town.state(ours[1]) == "unknown"
    assert {town.state(each) for each in ours} == {"accepted"}
    assert sorted(region.orders) == sorted(ours)
    waybills = [town.order(each).waybill for each in ours]
    assert waybills == [region.orders[each]["waybill"] for each in ours]
    placed = Counter(told["order"] for path, told in region.asked if path == "/orders")
    assert placed[ours[0]] == placed[ours[1]] == 1
    assert max(placed.values()) <= 2
    with database.reading() as session:
        states = session.scalars(
            select(OutboxMessage.state).where(OutboxMessage.topic == DELIVERY_RELEASED)
        )
        assert Counter(states) == {"done": 2 * len(ours)}
