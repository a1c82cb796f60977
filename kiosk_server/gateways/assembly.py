"""Picks real or simulated partners by the settings: the one place that knows which is in force."""

from dataclasses import dataclass

from kiosk_server.cases.ports import DepartmentRecords
from kiosk_server.core.database import Database
from kiosk_server.gateways.exchanges import Exchanges, Heard
from kiosk_server.gateways.mini_program_simulated import SimulatedMiniProgram
from kiosk_server.gateways.presence_simulated import SimulatedPresence
from kiosk_server.gateways.real_names_simulated import SimulatedRealNames
from kiosk_server.gateways.records_simulated import SimulatedRecords, Sleep
from kiosk_server.gateways.region_simulated import SimulatedRegion
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.outbox.lanes import RECORDS, REGION
from kiosk_server.outbox.ports import PhoneMessages
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.ports import MiniProgram, RealNameCheck, RegionSignIn
from kiosk_server.settings import Settings
from kiosk_server.visits.ports import PresenceCheck


@dataclass(frozen=True)
class Gateways:
    """The partners of this server. None: there is no such partner, and its way is not offered."""

    records: DepartmentRecords
    presence: PresenceCheck | None
    messages: PhoneMessages | None
    real_names: RealNameCheck | None = None
    region: RegionSignIn | None = None
    mini_program: MiniProgram | None = None


def gateways_from(settings: Settings, database: Database) -> Gateways:
    """Return the partners that *settings* name. Production has no simulated proof of presence."""
    exchanges = Exchanges(database)
    records = records_from(settings, exchanges.of(RECORDS))
    region = region_from(settings, exchanges.of(REGION))
    if settings.production:
        return Gateways(
            records,
            None,
            None,
            region=region,
            mini_program=mini_program_from(settings),
        )
    return Gateways(
        records,
        SimulatedPresence(),
        SimulatedPhones(database),
        real_names=SimulatedRealNames(),
        region=region,
        mini_program=mini_program_from(settings),
    )


def records_from(settings: Settings, heard: Heard) -> DepartmentRecords:
    """Return the source of the departments' records; *heard* is told when a real one answers."""
    if settings.records == "simulated":
        nights = {name: Sleep(*night) for name, night in settings.records_asleep.items()}
        return SimulatedRecords(asleep=nights)
    # Its HTTP library is slow to import, and a simulated source has no use for it.
    from kiosk_server.gateways.records_http import HttpRecords  # noqa: PLC0415

    return HttpRecords(settings.records, settings.records_key, heard=heard)


def region_from(settings: Settings, heard: Heard) -> RegionSignIn | None:
    """Return the region's sign-in; production has none that only plays its part."""
    if settings.region == "simulated":
        return None if settings.production else SimulatedRegion(settings.public_origin)
    if settings.region == "none":
        return None
    # Its libraries are slow to import, and a simulated region has no use for them.
    from kiosk_server.gateways.region_oidc import OidcRegion  # noqa: PLC0415

    return OidcRegion(
        settings.region,
        client=settings.region_client,
        secret=settings.region_secret,
        levels={theirs: Level(ours) for theirs, ours in settings.region_levels.items()},
        heard=heard,
    )


def mini_program_from(settings: Settings) -> MiniProgram | None:
    """Return the messenger of the mini program; production has none that only plays its part."""
    if settings.mini_program == "simulated":
        return None if settings.production else SimulatedMiniProgram()
    if settings.mini_program == "none":
        return None
    from kiosk_server.gateways.mini_program_wechat import WechatMiniProgram  # noqa: PLC0415

    return WechatMiniProgram(
        settings.mini_program, app=settings.mini_program_app, secret=settings.mini_program_secret
    )
