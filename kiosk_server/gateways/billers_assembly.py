"""Through whom billers are asked, by the settings, once for a process: fuses must remember."""

from kiosk_server.bills.billers import billers
from kiosk_server.bills.ports import BillerGateway, Gateways
from kiosk_server.core.database import Database
from kiosk_server.gateways.biller_simulated import SimulatedBiller
from kiosk_server.settings import Settings


def biller_gateways(settings: Settings, database: Database) -> Gateways:
    """Return the partners by name. Production has none that only plays one."""
    told = settings.billers
    found: dict[str, BillerGateway] = {}
    if told.simulated and not settings.production:
        found = {biller.gateway: SimulatedBiller(database) for biller in billers()}
    if told.partners:
        # Its HTTP library is slow to import, and a simulated biller has no use for it.
        from kiosk_server.gateways.biller_http import HttpBiller  # noqa: PLC0415

        found |= {name: HttpBiller(terms) for name, terms in told.partners.items()}
    return found
