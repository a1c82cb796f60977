"""
Which couriers are connected, and what each knows us by (寄递).

    KIOSK_DELIVERIES, _DELIVERIES_KEY       the region's 物流寄递: `none`, `simulated` or an address
    KIOSK_EMS, _EMS_SENDER, _EMS_AUTHORIZATION, _EMS_KEY
    KIOSK_SF, _SF_PARTNER, _SF_CHECK_WORD, _SF_MONTHLY_CARD
    KIOSK_KUAIDI100, _KUAIDI100_CUSTOMER, _KUAIDI100_KEY, _KUAIDI100_SALT
    KIOSK_DELIVERY_PAYERS                   who may pay, the usual one first: the `recipient` at the
                                            door, `prepaid` by him, the `office`
    KIOSK_DELIVERY_SITE_DAYS                how many days a parcel waits at a site that hands out
"""

import base64
import binascii
from dataclasses import dataclass

from kiosk_server.settings_reader import Reader, as_key, as_partner

NONE, SIMULATED = "none", "simulated"
DEVELOPMENT_KEY = b"for-development-only-courier-key"
_SM4_KEY_BYTES = 16


@dataclass(frozen=True)
class CourierSettings:
    """Addresses, accounts and keys of couriers; an address of `none` is no courier."""

    platform: str = SIMULATED
    """Simulated: a courier of ours plays its part. Production has none that only does so."""
    platform_key: bytes = DEVELOPMENT_KEY
    ems: str = NONE
    ems_sender: str = ""
    ems_authorization: str = ""
    ems_key: str = ""
    """Base64 of 16 bytes, as EMS gives it: the text itself is sealed with what it says."""
    sf: str = NONE
    sf_partner: str = ""
    sf_check_word: str = ""
    sf_monthly_card: str = ""
    kuaidi100: str = NONE
    kuaidi100_customer: str = ""
    kuaidi100_key: str = ""
    kuaidi100_salt: str = ""
    payers: tuple[str, ...] = ("recipient", "prepaid")
    site_days: int = 15
    """How long a parcel waits at a site (代收点) before it goes on to another place, or back."""


def read_couriers(reader: Reader) -> CourierSettings:
    """Return what the environment says of couriers; faults stay with *reader*."""
    default = CourierSettings()
    return CourierSettings(
        platform=reader.value("DELIVERIES", as_partner, default.platform),
        platform_key=reader.value("DELIVERIES_KEY", as_key, default.platform_key),
        ems=reader.value("EMS", as_courier, default.ems),
        ems_sender=reader.value("EMS_SENDER", str, default.ems_sender),
        ems_authorization=reader.value("EMS_AUTHORIZATION", str, default.ems_authorization),
        ems_key=reader.value("EMS_KEY", as_sm4_key_text, default.ems_key),
        sf=reader.value("SF", as_courier, default.sf),
        sf_partner=reader.value("SF_PARTNER", str, default.sf_partner),
        sf_check_word=reader.value("SF_CHECK_WORD", str, default.sf_check_word),
        sf_monthly_card=reader.value("SF_MONTHLY_CARD", str, default.sf_monthly_card),
        kuaidi100=reader.value("KUAIDI100", as_courier, default.kuaidi100),
        kuaidi100_customer=reader.value("KUAIDI100_CUSTOMER", str, default.kuaidi100_customer),
        kuaidi100_key=reader.value("KUAIDI100_KEY", str, default.kuaidi100_key),
        kuaidi100_salt=reader.value("KUAIDI100_SALT", str, default.kuaidi100_salt),
        payers=reader.value("DELIVERY_PAYERS", as_payers, default.payers),
        site_days=reader.value("DELIVERY_SITE_DAYS", as_site_days, default.site_days),
    )


def courier_faults(told: CourierSettings, *, production: bool) -> list[str]:
    """Return what is missing for a courier that has an address, and what production forbids."""
    accounts = {
        "EMS": (told.ems, told.ems_sender, told.ems_authorization, told.ems_key),
        "SF": (told.sf, told.sf_partner, told.sf_check_word),
        "KUAIDI100": (
            told.kuaidi100,
            told.kuaidi100_customer,
            told.kuaidi100_key,
            told.kuaidi100_salt,
        ),
    }
    faults = [
        f"KIOSK_{name}: needs what it knows us by, and its keys"
        for name, (address, *known) in accounts.items()
        if address != NONE and not all(known)
    ]
    if not production:
        return faults
    addresses = {name: address for name, (address, *_) in accounts.items()}
    faults += [
        f"KIOSK_{name}: production tells where people live over https:// alone"
        for name, address in (addresses | {"DELIVERIES": told.platform}).items()
        if address.startswith("http://")
    ]
    if told.platform not in (NONE, SIMULATED) and told.platform_key == DEVELOPMENT_KEY:
        faults.append("KIOSK_DELIVERIES_KEY: production needs a secret of its own")
    return faults


def as_courier(text: str) -> str:
    """Return `none` or an address."""
    if text != NONE and not text.startswith(("http://", "https://")):
        raise ValueError("must be `none` or an address")
    return text


def as_payers(text: str) -> tuple[str, ...]:
    """Return who may pay, in order."""
    named = tuple(each.strip() for each in text.split(","))
    if not set(named) <= {"recipient", "prepaid", "office"} or len(set(named)) < len(named):
        raise ValueError("must be some of recipient,prepaid,office")
    return named


def as_site_days(text: str) -> int:
    """Return a number of days in which somebody can be reminded twice and come."""
    days = int(text)
    if not 3 <= days <= 90:
        raise ValueError("must be 3 to 90 days")
    return days


def as_sm4_key_text(text: str) -> str:
    """Return the Base64 text of 16 bytes."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(key) != _SM4_KEY_BYTES:
        raise ValueError("must be 16 bytes in base64")
    return text
