"""
The partners that wallets use: the departments' sharing service, the seal system, the press.

Once for a process: a fuse that is made anew for each question never blows.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from flask import current_app
from flask.sansio.app import App

from kiosk_server.certificates.copies import CopyTools
from kiosk_server.certificates.copy_papers import CopyPaper, CopyPress, RenderedCopy
from kiosk_server.certificates.ports import CertificatePlatform, SealSystem
from kiosk_server.core.errors import Invalid
from kiosk_server.gateways.certificates_assembly import certificate_platform, seal_system
from kiosk_server.gateways.exchanges import Exchanges
from kiosk_server.outbox.lanes import DEPARTMENTS
from kiosk_server.settings import Settings

EXTENSION = "mobile_certificates"
"""Where the application keeps them; a test puts others there."""


class PressWhenWanted:
    """The press of the house, made at the first copy: its fonts are slow to load."""

    def render(self, paper: CopyPaper) -> RenderedCopy:
        """Return the finished copy; `Invalid("copy_cannot_be_set")` for letters no font has."""
        from kiosk_server.printing.documents.typesetter import CannotBeSet  # noqa: PLC0415

        try:
            return self._press.render(paper)
        except CannotBeSet:
            raise Invalid("copy_cannot_be_set") from None

    @cached_property
    def _press(self) -> CopyPress:
        from kiosk_server.printing.documents.copy_press import CertificatePress  # noqa: PLC0415

        return CertificatePress()


@dataclass(frozen=True)
class CertificatePartners:
    """What is connected here. `kept_for` is how long a department's answer is kept."""

    platform: CertificatePlatform | None
    seals: SealSystem
    press: CopyPress
    origin: str
    kept_for: timedelta

    @property
    def tools(self) -> CopyTools:
        """What copies are made with."""
        return CopyTools(self.press, self.seals, self.origin)


def attach_certificate_partners(app: App, settings: Settings) -> None:
    """Give *app* the partners of wallets that *settings* name."""
    exchanges = Exchanges(app.extensions["kiosk_database"])
    app.extensions[EXTENSION] = CertificatePartners(
        platform=certificate_platform(settings, exchanges.of(DEPARTMENTS)),
        seals=seal_system(settings),
        press=PressWhenWanted(),
        origin=settings.public_origin,
        kept_for=timedelta(hours=settings.certificates_kept_hours),
    )


def certificate_partners() -> CertificatePartners:
    """Return the partners of wallets on this server."""
    found: CertificatePartners = current_app.extensions[EXTENSION]
    return found
