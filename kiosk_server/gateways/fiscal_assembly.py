"""Which treasury issues fiscal bills here, by the settings."""

from kiosk_server.fiscal.ports import FiscalBills
from kiosk_server.gateways.fiscal_simulated import SimulatedTreasury
from kiosk_server.settings import Settings


def treasury(settings: Settings) -> FiscalBills | None:
    """Return who is asked for bills; None where nobody is, and always of production's simulated."""
    terms = settings.payments
    if terms.fiscal is not None:
        # Its HTTP library is slow to import.
        from kiosk_server.gateways.fiscal_http import TreasuryOverHttp  # noqa: PLC0415

        return TreasuryOverHttp(terms.fiscal)
    return SimulatedTreasury() if terms.simulated and not settings.production else None
