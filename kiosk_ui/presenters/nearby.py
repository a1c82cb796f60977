"""The nearest other terminals that can print now, by their site and place in it."""

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.places.queries import host_places, sites
from kiosk_server.places.spots import spot_words
from kiosk_server.terminals.queries import fleet
from kiosk_server.terminals.rules import DeviceKind, TerminalState, can_do
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import Language, Nearby

MOST = 3


def printing_nearby(session: Session, terminal_id: str, language: Language) -> tuple[Nearby, ...]:
    """Return up to three other terminals that could print a sheet now."""
    known = {site.id: site for site in sites(session)}
    hosts = {host.id: host for host in host_places(session)}
    able = (
        view
        for view in fleet(session, site_ids=known)
        if view.id != terminal_id
        and view.state is TerminalState.IN_SERVICE
        and can_do([DeviceKind.A4_PRINTER.value], view.devices, clock.now()).possible
    )
    return tuple(
        Nearby(
            worded((hosts.get(view.host_place_id or "") or known[view.site_id]).names, language),
            worded(spot_words(view.place), language) if view.place else None,
        )
        for view in list(able)[:MOST]
    )
