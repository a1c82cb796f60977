"""
What can be finished at terminals now (P46, P50): the same answer for the kiosk's own list and for
whoever asks from afar where to go.

A service whose card reader is away can be finished where it takes something in place of the card.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.catalogue.content import ItemContent
from kiosk_server.core import clock
from kiosk_server.places import queries as places
from kiosk_server.places.rules import is_open
from kiosk_server.staff.queries import somebody_may
from kiosk_server.staff.rules import Right
from kiosk_server.terminals.queries import TerminalView, abilities_of, fleet
from kiosk_server.terminals.rules import Ability, DeviceKind, TerminalState
from kiosk_server.visits.ladder_rules import Rung, Situation, without_card

READER = DeviceKind.ID_READER.value
STAFF_NONE, STAFF_AWAY = "staff-none", "staff-away"
_SHOWN = (TerminalState.IN_SERVICE, TerminalState.LOCKED)


@dataclass(frozen=True)
class TerminalNow:
    """A terminal that stands somewhere, and the items that it can finish now."""

    view: TerminalView
    can_finish: tuple[ItemContent, ...]


def why_no_staff(session: Session, site_id: str) -> str | None:
    """Return why nobody of a site can confirm an identity now, or None where somebody can."""
    site = places.site(session, site_id)
    if not somebody_may(session, Right.IDENTITY_CONFIRM, site.division_code):
        return STAFF_NONE
    return None if is_open(site.hours, clock.now()) else STAFF_AWAY


def instead_of_card(
    takes: Sequence[str], ability: Ability, *, messages: bool, staff: str | None
) -> tuple[Rung, ...]:
    """
    Return what is open to whoever shows no card, for a service that *takes* these in its place.

    *messages*: codes reach phones. *staff*: why nobody can help, None where somebody can.
    """
    reader_away = ability.lacks_only(READER)
    if not takes or not (ability.possible or reader_away):
        return ()
    return without_card(
        Situation(
            takes=frozenset(takes),
            reader=ability.reasons[0].code if reader_away else None,
            messages=messages,
            staff=staff,
        )
    )


def terminals_now(
    session: Session,
    site_ids: Collection[str],
    contents: Sequence[ItemContent],
    *,
    awake: Callable[[ItemContent], bool],
    messages: bool,
) -> list[TerminalNow]:
    """
    Return the terminals of these sites, and which of *contents* each can finish now.

    *awake*: whether the records that an item needs can be asked.
    """
    handled = [each for each in contents if each.handling is not None and awake(each)]
    needs = [each.handling.devices if each.handling else () for each in handled]
    views = [view for view in fleet(session, site_ids=site_ids) if view.state in _SHOWN]
    staff = {
        site_id: why_no_staff(session, site_id) for site_id in {view.site_id for view in views}
    }
    abilities = abilities_of(session, views, needs)

    def finishes(view: TerminalView, content: ItemContent, ability: Ability) -> bool:
        takes = content.handling.without_card if content.handling else ()
        helped = staff[view.site_id]
        return ability.possible or bool(
            instead_of_card(takes, ability, messages=messages, staff=helped)
        )

    return [
        TerminalNow(
            view,
            tuple(
                content
                for content, ability in zip(handled, abilities[view.id], strict=True)
                if finishes(view, content, ability)
            ),
        )
        for view in views
    ]
