"""A simulated parcel moves while somebody watches: a stage a minute, each of them heard of."""

from datetime import timedelta

from kiosk_server.core import clock
from kiosk_server.deliveries.asking import ask_courier
from kiosk_server.deliveries.following import look, send_out_lookers
from kiosk_server.deliveries.lanes import DELIVERY_LOOKED_FOR
from kiosk_server.deliveries.ports import CourierName, Couriers
from kiosk_server.deliveries.rules import LOOK_EVERY
from kiosk_server.gateways.courier_simulated import SimulatedCourier
from tests.support.delivering import NOON, Town


def test_each_minute_brings_the_next_stage(town: Town) -> None:
    """The chore of each minute finds it due; a courier who allows less is left in peace."""
    order_id = town.papers(courier=CourierName.SIMULATED)
    other = town.papers(person=1)
    simulated = SimulatedCourier(town.database)
    couriers = Couriers({CourierName.SIMULATED: simulated, CourierName.PLATFORM: town.platform})
    ask_courier(town.database, couriers, order_id)
    town.ask(other)
    states = []
    for minute in range(1, 5):
        with clock.frozen(NOON + timedelta(minutes=minute, seconds=5)):
            with town.database.unit_of_work() as session:
                send_out_lookers(session, couriers)
            assert town.waiting(DELIVERY_LOOKED_FOR) == minute
            look(town.database, couriers, order_id)
            states.append(town.state(order_id))
    assert states == ["picked_up", "in_transit", "out_for_delivery", "delivered"]
    with (
        clock.frozen(NOON + LOOK_EVERY),
        town.database.unit_of_work() as session,
    ):
        assert send_out_lookers(session, couriers) >= 1
    assert town.waiting(DELIVERY_LOOKED_FOR) == 5
