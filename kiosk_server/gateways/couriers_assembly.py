"""Picks the couriers by the settings, once for a process: a fuse that is made anew never blows."""

from kiosk_server.core.database import Database
from kiosk_server.deliveries.ports import Courier, CourierName, Couriers, Tracker
from kiosk_server.settings import Settings
from kiosk_server.settings_couriers import NONE, SIMULATED, CourierSettings

PUSHED_AT = "/callbacks/couriers/kuaidi100"
"""Where 快递100 is told to push to."""


def couriers_from(settings: Settings, database: Database) -> Couriers:
    """Return who is connected; production has no courier that only plays the part."""
    told, found = settings.couriers, dict[CourierName, Courier]()
    if told.platform == SIMULATED and not settings.production:
        from kiosk_server.gateways.courier_simulated import SimulatedCourier  # noqa: PLC0415

        found[CourierName.SIMULATED] = SimulatedCourier(database)
    if told.platform not in (NONE, SIMULATED):
        # The HTTP library is slow to import, and who is not connected has no use for it.
        from kiosk_server.gateways.courier_platform import RegionDeliveries  # noqa: PLC0415

        found[CourierName.PLATFORM] = RegionDeliveries(told.platform, told.platform_key)
    if told.ems != NONE:
        from kiosk_server.gateways.courier_ems import Ems, EmsAccount  # noqa: PLC0415

        account = EmsAccount(told.ems_sender, told.ems_authorization, told.ems_key)
        found[CourierName.EMS] = Ems(told.ems, account)
    if told.sf != NONE:
        from kiosk_server.gateways.courier_sf import SfAccount, SfExpress  # noqa: PLC0415

        known = SfAccount(told.sf_partner, told.sf_check_word, told.sf_monthly_card)
        found[CourierName.SF] = SfExpress(told.sf, known)
    return Couriers(found, _tracker(told, settings.public_origin))


def _tracker(told: CourierSettings, origin: str) -> Tracker | None:
    if told.kuaidi100 == NONE:
        return None
    from kiosk_server.gateways.courier_kuaidi100 import (  # noqa: PLC0415
        Kuaidi100,
        Kuaidi100Account,
    )

    account = Kuaidi100Account(told.kuaidi100_customer, told.kuaidi100_key, told.kuaidi100_salt)
    return Kuaidi100(told.kuaidi100, account, origin + PUSHED_AT)
