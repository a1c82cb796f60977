"""Can it be finished here now? Asked for every row, again before consent, and never after (P50)."""

from sqlalchemy.orm import Session

from kiosk_server.catalogue.content import ItemContent
from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.web.guards import terminal
from kiosk_ui.outside import rest_of
from kiosk_ui.presenters.browsing import closed_for
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import centre_of_terminal
from kiosk_ui.view_models import Closed, Language

REPRINT_NEEDS = (DeviceKind.ID_READER.value, DeviceKind.A4_PRINTER.value)


def closed_here(session: Session, content: ItemContent, language: Language) -> Closed | None:
    """Return why *content* cannot be finished at this terminal now, or None when it can."""
    devices = content.handling.devices if content.handling else ()
    return closed_for(
        content,
        ability_at(session, terminal().id, needs=devices),
        rest_of(content),
        worded(centre_of_terminal(session).names, language),
    )


def can_scan_here(session: Session) -> bool:
    """Return whether a code could be shown to this terminal now."""
    needs = (DeviceKind.QR_SCANNER.value,)
    return ability_at(session, terminal().id, needs=needs).possible


def can_reprint_here(session: Session) -> bool:
    """Return whether a reprint could be finished at this terminal now."""
    return ability_at(session, terminal().id, needs=REPRINT_NEEDS).possible
