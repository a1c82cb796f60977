"""The doors at which couriers push, with somebody behind them whose parcels they carry."""

from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName
from tests.support.delivering import Town

KUAIDI100, REGION = "/callbacks/couriers/kuaidi100", "/callbacks/couriers/platform"


def carried(town: Town, courier: CourierName) -> str:
    """A result that *courier* has."""
    order_id = town.sent()
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        session.get_one(DeliveryOrder, order_id).courier = courier.value
    return order_id
