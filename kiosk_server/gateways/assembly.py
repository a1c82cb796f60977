"""Picks real or simulated partners by the settings: the one place that knows which is in force."""

from dataclasses import dataclass

from kiosk_server.cases.ports import DepartmentRecords
from kiosk_server.core.database import Database
from kiosk_server.gateways.mini_program_simulated import SimulatedMiniProgram
from kiosk_server.gateways.presence_simulated import SimulatedPresence
from kiosk_server.gateways.real_names_simulated import SimulatedRealNames
from kiosk_server.gateways.records_simulated import SimulatedRecords, Sleep
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.outbox.ports import PhoneMessages
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
    if settings.production:
        return Gateways(records_from(settings), None, None)
    return Gateways(
        records_from(settings),
        SimulatedPresence(),
        SimulatedPhones(database),
        real_names=SimulatedRealNames(),
        mini_program=SimulatedMiniProgram(),
    )


def records_from(settings: Settings) -> DepartmentRecords:
    """Return the source of the departments' records."""
    if settings.records == "simulated":
        nights = {name: Sleep(*night) for name, night in settings.records_asleep.items()}
        return SimulatedRecords(asleep=nights)
    # Its HTTP library is slow to import, and a simulated source has no use for it.
    from kiosk_server.gateways.records_http import HttpRecords  # noqa: PLC0415

    return HttpRecords(settings.records, settings.records_key)
