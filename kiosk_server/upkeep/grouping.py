"""
A whole site that is silent (全站失联): one trouble of power or line, one call for it.

    sites_to_group(session) -> list[str]
    group_site(session, site_id) -> bool
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.queries import in_service_at
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.causes import OFFLINE, TERMINAL
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.rules import is_whole_site

_SILENCES = (
    Alert.device == TERMINAL,
    Alert.kind == OFFLINE,
    Alert.closed_at.is_(None),
    Alert.opened_at.is_not(None),
)


def sites_to_group(session: Session) -> list[str]:
    """Return the sites at which silences are as many as terminals, and not yet one trouble."""
    heads = func.coalesce(Alert.grouped_with, Alert.id)
    silent = (
        select(Alert.site_id, func.count().label("silences"))
        .where(*_SILENCES)
        .group_by(Alert.site_id)
        .having(func.count(heads.distinct()) > 1)
        .subquery()
    )
    serving = (
        select(func.count(Terminal.id))
        .where(
            Terminal.site_id == silent.c.site_id,
            Terminal.state == TerminalState.IN_SERVICE.value,
        )
        .scalar_subquery()
    )
    wanted = select(silent.c.site_id).where(silent.c.silences >= serving)
    return list(session.scalars(wanted.order_by(silent.c.site_id)))


def group_site(session: Session, site_id: str) -> bool:
    """
    Call once for all where the whole site is silent; return whether anything changed.

    The group keeps its head when that closes: the calls made under it go on counting.
    """
    found = list(
        session.scalars(
            select(Alert)
            .where(*_SILENCES, Alert.site_id == site_id)
            .order_by(Alert.id)
            .with_for_update()
        )
    )
    if not is_whole_site(in_service_at(session, site_id), {each.terminal_id for each in found}):
        return False
    head_id = next((each.grouped_with for each in found if each.grouped_with), found[0].id)
    first = next(each for each in found if each.head_id == head_id)
    joining = [each for each in found if each.head_id != head_id]
    for alert in joining:
        alert.grouped_with = head_id
        alert.next_call_at, alert.calls_from = first.next_call_at, first.calls_from
        alert.silenced_until, alert.silenced_by = first.silenced_until, first.silenced_by
        alert.silence_reason = first.silence_reason
    return bool(joining)
