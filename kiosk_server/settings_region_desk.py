"""
The region's unified booking (统一预约) and the platform's hall management (大厅管理).

    KIOSK_UNIFIED_BOOKING, _UNIFIED_BOOKING_KEY    `none`, `simulated` or an address, and its key
    KIOSK_HALL, _HALL_KEY                          likewise
"""

from dataclasses import dataclass

from kiosk_server.settings_reader import Reader, as_key, as_partner

NONE, SIMULATED = "none", "simulated"
DEVELOPMENT_KEY = b"for-development-only-desks-key-1"


@dataclass(frozen=True)
class RegionDeskSettings:
    """Addresses and keys; production has no partner that only plays its part."""

    booking: str = SIMULATED
    booking_key: bytes = DEVELOPMENT_KEY
    hall: str = SIMULATED
    hall_key: bytes = DEVELOPMENT_KEY


def read_region_desk(reader: Reader) -> RegionDeskSettings:
    """Return what the environment says of both; faults stay with *reader*."""
    default = RegionDeskSettings()
    return RegionDeskSettings(
        booking=reader.value("UNIFIED_BOOKING", as_partner, default.booking),
        booking_key=reader.value("UNIFIED_BOOKING_KEY", as_key, default.booking_key),
        hall=reader.value("HALL", as_partner, default.hall),
        hall_key=reader.value("HALL_KEY", as_key, default.hall_key),
    )


def region_desk_faults(told: RegionDeskSettings) -> list[str]:
    """Return what production refuses: a partner in the clear, or with the development key."""
    faults = []
    for name, address, key in (
        ("UNIFIED_BOOKING", told.booking, told.booking_key),
        ("HALL", told.hall, told.hall_key),
    ):
        if address in (NONE, SIMULATED):
            continue
        if not address.startswith("https://"):
            faults.append(f"KIOSK_{name}: production speaks with the region over https:// alone")
        if key == DEVELOPMENT_KEY:
            faults.append(f"KIOSK_{name}_KEY: a real partner needs a key of its own")
    return faults
