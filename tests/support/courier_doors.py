"""The doors at which couriers push, with somebody behind them whose parcels they carry."""

from dataclasses import replace

from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.settings import Settings
from kiosk_server.settings_couriers import CourierSettings
from tests.support import delivery_platform_server
from tests.support.delivering import Town
from tests.support.kuaidi100_server import ACCOUNT

KUAIDI100, REGION = "/callbacks/couriers/kuaidi100", "/callbacks/couriers/platform"


def connected(settings: Settings) -> Settings:
    """快递100 and the region's deliveries are connected, and not there."""
    nowhere = "http://127.0.0.1:9"
    return replace(
        settings,
        couriers=CourierSettings(
            platform=nowhere,
            platform_key=delivery_platform_server.KEY,
            kuaidi100=nowhere,
            kuaidi100_customer=ACCOUNT.customer,
            kuaidi100_key=ACCOUNT.key,
            kuaidi100_salt=ACCOUNT.salt,
        ),
    )


def carried(town: Town, courier: CourierName) -> str:
    """A result that *courier* has."""
    order_id = town.sent()
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        session.get_one(DeliveryOrder, order_id).courier = courier.value
    return order_id
