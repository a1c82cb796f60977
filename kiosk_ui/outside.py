"""
What the kiosk's pages use of the outer world: the departments' records, presence, the press.

Assembled once for each server process. Pages reach it through the functions below and never learn
whether a partner is real; they only say so where one is simulated.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import current_app
from sqlalchemy.orm import Session

from kiosk_server.cases.ports import Awake, DepartmentRecords, SourceAsleep
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.certificates.copies import CopyTools
from kiosk_server.certificates.ports import CertificatePlatform
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways.assembly import Gateways, gateways_from
from kiosk_server.gateways.certificates_assembly import certificate_platform, seal_system
from kiosk_server.gateways.exchanges import Exchanges
from kiosk_server.gateways.sms_simulated import SimulatedPhones, code_sent
from kiosk_server.outbox.lanes import DEPARTMENTS
from kiosk_server.printing.characters import unprintable
from kiosk_server.printing.documents.copy_press import CertificatePress
from kiosk_server.printing.documents.press import Press
from kiosk_server.settings import Settings
from kiosk_server.visits.models import PhoneCode
from kiosk_server.visits.ports import PresenceCheck
from kiosk_ui.presenters.browsing import SourceRest

EXTENSION = "kiosk_outside"
"""Where the application keeps its partners; a test puts others there."""


@dataclass
class Outside:
    """The partners of one server process."""

    settings: Settings
    gateways: Gateways
    exchanges: Exchanges

    @cached_property
    def platform(self) -> CertificatePlatform | None:
        """The departments' sharing service, once for a process: its fuse must be one."""
        return certificate_platform(self.settings, self.exchanges.of(DEPARTMENTS))

    @cached_property
    def copy_tools(self) -> CopyTools:
        """What certificates and their copies are set with."""
        press = CertificatePress(self.settings.font_directories)
        return CopyTools(press, seal_system(self.settings), self.settings.public_origin)

    @cached_property
    def press(self) -> Press:
        """The press, with its fonts: loaded when the first paper is due."""
        return Press(self.settings.font_directories)


def outside_for(database: Database, settings: Settings) -> Outside:
    """Assemble the partners that *settings* name."""
    return Outside(settings, gateways_from(settings, database), Exchanges(database))


def records() -> DepartmentRecords:
    """Return the departments' records."""
    return _outside().gateways.records


def presence_check() -> PresenceCheck | None:
    """Return the outside comparison of faces, or None where there is none."""
    return _outside().gateways.presence


def sends_messages() -> bool:
    """Return whether a code can be brought to a phone at all."""
    return _outside().gateways.messages is not None


def press() -> Press:
    """Return the press that sets papers."""
    return _outside().press


def platform() -> CertificatePlatform | None:
    """Return the departments' certificates, or None where they are not connected."""
    return _outside().platform


def copy_tools() -> CopyTools:
    """Return what certificates and their copies are set with."""
    return _outside().copy_tools


def unprintable_here(text: str) -> tuple[str, ...]:
    """Return the characters of *text* that no font of this server can set."""
    return unprintable(text, directories=_outside().settings.font_directories)


def rest_of(content: ItemContent, now: datetime | None = None) -> SourceRest | None:
    """Return why the record source of *content* cannot be asked *now*, or None when it can."""
    if content.handling is None:
        return None
    match records().awake(content.handling.record_source, now or clock.now()):
        case Awake():
            return None
        case SourceAsleep(until):
            return SourceRest(until)
        case _:
            return SourceRest()


def simulated_code(session: Session, asked: PhoneCode | None) -> str | None:
    """Return the code that a simulated message carried; with a real channel there is none."""
    return code_sent(session, asked.id) if asked is not None and messages_simulated() else None


def messages_simulated() -> bool:
    """Return whether messages reach no phone but this very screen."""
    return isinstance(_outside().gateways.messages, SimulatedPhones)


def _outside() -> Outside:
    found: Outside = current_app.extensions[EXTENSION]
    return found
