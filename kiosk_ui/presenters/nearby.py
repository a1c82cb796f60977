"""The nearest other terminals that can print now, by their site and place in it."""

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.places.queries import sites
from kiosk_server.terminals.queries import fleet
from kiosk_server.terminals.rules import DeviceKind, TerminalState, can_do
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import Language, Nearby

MOST = 3


def printing_nearby(session: Session, terminal_id: str, language: Language) -> tuple[Nearby, ...]:
    """Return up to three other terminals that could print a sheet now."""
    known = {site.id: site for site in sites(session)}
    able = (
        view
        for view in fleet(session, site_ids=known)
        if view.id != terminal_id
        and view.state is TerminalState.IN_SERVICE
        and can_do([DeviceKind.A4_PRINTER.value], view.devices, clock.now()).possible
    )
    return tuple(
        Nearby(
            worded(known[view.site_id].names, language),
            chinese(view.place, language) if view.place else None,
        )
        for view in list(able)[:MOST]
    )
