"""Picks the sharing service and the seal system by the settings, once for a process: a fuse that
is made anew for each question never blows."""

from kiosk_server.certificates.ports import CertificatePlatform, SealSystem
from kiosk_server.gateways.certificates_simulated import SimulatedCertificates
from kiosk_server.gateways.exchanges import Heard
from kiosk_server.gateways.seals import NoSealSystem, SimulatedSeals
from kiosk_server.settings import Settings

SIMULATED, NONE = "simulated", "none"


def certificate_platform(
    settings: Settings, heard: Heard | None = None
) -> CertificatePlatform | None:
    """Return the sharing service, or None where none is connected; *heard* is told of its answers.

    Production has no made-up certificates: `simulated` means none there.
    """
    if settings.certificates == NONE or (
        settings.production and settings.certificates == SIMULATED
    ):
        return None
    if settings.certificates == SIMULATED:
        return SimulatedCertificates()
    # Its HTTP library is slow to import, and a simulated service has no use for it.
    from kiosk_server.gateways.certificates_http import HttpCertificates  # noqa: PLC0415
    from kiosk_server.gateways.sm2 import SoftwareSm2  # noqa: PLC0415

    return HttpCertificates(
        settings.certificates,
        settings.certificates_id,
        settings.certificates_token,
        SoftwareSm2(settings.certificates_key),
        heard=heard,
    )


def seal_system(settings: Settings) -> SealSystem:
    """Return the seal system; until the region's is connected, production has none."""
    return NoSealSystem() if settings.production else SimulatedSeals()
