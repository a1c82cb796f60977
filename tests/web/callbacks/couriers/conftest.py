"""A server at whose doors couriers push, and what they carry."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from kiosk_server.core import clock
from kiosk_server.settings import Settings
from kiosk_server.settings_couriers import CourierSettings
from tests.support import delivery_platform_server
from tests.support.delivering import NOON, Town
from tests.support.kuaidi100_server import ACCOUNT


@pytest.fixture
def settings(settings: Settings) -> Settings:
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


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    """Its deliveries stand in this server's database; it is noon."""
    with clock.frozen(NOON):
        yield Town(app.extensions["kiosk_database"])
