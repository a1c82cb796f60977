"""Couriers in the settings: whole or refused, and in production over HTTPS alone."""

import pytest

from kiosk_server.core.database import Database
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.settings import Settings, SettingsFault
from kiosk_server.settings_couriers import CourierSettings, courier_faults

WHOLE = {
    "KIOSK_DELIVERIES": "https://region.example.cn/deliveries",
    "KIOSK_DELIVERIES_KEY": "a2V5LW9mLXRoaXMtdGVzdC1hbG9uZS0wMTIzNDU2Nzg=",
    "KIOSK_EMS": "https://api.ems.com.cn/amp-prod-api/f/amp/api/open",
    "KIOSK_EMS_SENDER": "1100000000001",
    "KIOSK_EMS_AUTHORIZATION": "authorization",
    "KIOSK_EMS_KEY": "WjNoNmhXWE12SFZJdk0zWQ==",
    "KIOSK_SF": "https://sfapi.sf-express.com/std/service",
    "KIOSK_SF_PARTNER": "partner",
    "KIOSK_SF_CHECK_WORD": "word",
    "KIOSK_KUAIDI100": "https://poll.kuaidi100.com",
    "KIOSK_KUAIDI100_CUSTOMER": "customer",
    "KIOSK_KUAIDI100_KEY": "key",
    "KIOSK_KUAIDI100_SALT": "salt",
    "KIOSK_DELIVERY_PAYERS": "office, prepaid",
}


@pytest.mark.policy("P26")
def test_who_is_connected_is_asked_in_order(database: Database) -> None:
    """The region, EMS, SF; without any setting the simulated one, and none in production."""
    told = Settings.from_environment(WHOLE)
    found = couriers_from(told, database)
    assert list(found.by_name) == [CourierName.PLATFORM, CourierName.EMS, CourierName.SF]
    assert found.tracker is not None
    assert (found.first(), told.couriers.payers) == (
        CourierName.PLATFORM,
        ("office", "prepaid"),
    )
    alone = couriers_from(Settings(), database)
    assert (alone.first(), alone.tracker) == (CourierName.SIMULATED, None)
    assert couriers_from(Settings(environment="production"), database).by_name == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KIOSK_EMS_KEY", "c2hvcnQ="),
        ("KIOSK_EMS_KEY", "not base64!"),
        ("KIOSK_SF", "sfapi.sf-express.com"),
        ("KIOSK_DELIVERY_PAYERS", "nobody"),
        ("KIOSK_DELIVERY_PAYERS", "office,office"),
        ("KIOSK_KUAIDI100_SALT", ""),
        ("KIOSK_SF_CHECK_WORD", ""),
        ("KIOSK_EMS_AUTHORIZATION", ""),
    ],
)
def test_half_a_courier_is_refused(name: str, value: str) -> None:
    """An address without what it knows us by, or a key that is none: named."""
    with pytest.raises(SettingsFault, match="_".join(name.split("_")[:2])):
        Settings.from_environment(WHOLE | {name: value})


def test_production_tells_addresses_over_https_alone() -> None:
    """Nor does it share a key that everybody knows."""
    open_line = CourierSettings(platform="http://region.example.cn")
    assert courier_faults(open_line, production=False) == []
    faults = courier_faults(open_line, production=True)
    assert [fault.partition(":")[0] for fault in faults] == [
        "KIOSK_DELIVERIES",
        "KIOSK_DELIVERIES_KEY",
    ]
