"""
Can it be finished here now, and does it take the card? Asked for every row, again before consent,
and never after (P50).

A service whose card reader is away stays open where the ladder has another way to show who one is;
one that needs the card itself is closed, and says where to go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from kiosk_server.bills.billers import billers
from kiosk_server.bills.rules import Biller
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.terminals.queries import abilities_at, ability_at
from kiosk_server.terminals.rules import Ability, DeviceKind
from kiosk_server.visits.finishing import READER, instead_of_card, why_no_staff
from kiosk_server.visits.ladder_rules import BY_STAFF, Rung
from kiosk_server.web.biller_gateways import biller_gateways
from kiosk_server.web.guards import terminal
from kiosk_ui.outside import rest_of, sends_messages
from kiosk_ui.presenters.browsing import closed_for, reason_word
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import centre_of_terminal
from kiosk_ui.view_models import Closed, Language, NoCard, NoCardWay

REPRINT_NEEDS = (READER, DeviceKind.A4_PRINTER.value)
REPRINT_TAKES = (BY_STAFF,)

_POSSIBLE = Ability(possible=True)


@dataclass(frozen=True)
class Opening:
    """Whether something can be finished here now: why not, and how it goes without the card."""

    closed: Closed | None = None
    no_card: NoCard | None = None

    @property
    def reader_away(self) -> bool:
        """Return whether it is open although no card can be read."""
        return self.closed is None and self.no_card is not None and self.no_card.reader is not None


def openings_here(
    session: Session, contents: Sequence[ItemContent], language: Language
) -> list[Opening]:
    """Return for each of *contents* whether it can be finished at this terminal now."""
    needs = [content.handling.devices if content.handling else () for content in contents]
    abilities = abilities_at(session, terminal().id, needs)
    others = _OtherWays(session)
    elsewhere = worded(centre_of_terminal(session).names, language)
    found = []
    for content, ability in zip(contents, abilities, strict=True):
        takes = content.handling.without_card if content.handling else ()
        no_card = others.instead_of_card(takes, ability)
        able = _POSSIBLE if no_card else ability
        closed = closed_for(content, able, rest_of(content), elsewhere)
        found.append(Opening(closed, None if closed else no_card))
    return found


def opening_here(session: Session, content: ItemContent, language: Language) -> Opening:
    """Return whether *content* can be finished at this terminal now."""
    return openings_here(session, [content], language)[0]


def can_scan_here(session: Session) -> bool:
    """Return whether a code could be shown to this terminal now."""
    needs = (DeviceKind.QR_SCANNER.value,)
    return ability_at(session, terminal().id, needs=needs).possible


def billers_here() -> list[Biller]:
    """Return the billers that can be asked from here, in the order in which they are offered."""
    connected = biller_gateways()
    return [each for each in billers() if each.gateway in connected]


def reader_away_here(session: Session) -> bool:
    """Return whether the card reader, and nothing else, keeps a card from being asked for here."""
    return ability_at(session, terminal().id, needs=(READER,)).lacks_only(READER)


def card_here(session: Session, language: Language) -> Closed | None:
    """Return why no card can be read at this terminal now, for what needs the card itself."""
    ability = ability_at(session, terminal().id, needs=(READER,))
    if ability.possible:
        return None
    elsewhere = worded(centre_of_terminal(session).names, language)
    return Closed(reason_word(ability.reasons[0]), elsewhere=elsewhere)


def printer_here(session: Session, language: Language) -> Closed | None:
    """Return why nothing can be printed at this terminal now."""
    ability = ability_at(session, terminal().id, needs=(DeviceKind.A4_PRINTER.value,))
    if ability.possible:
        return None
    elsewhere = worded(centre_of_terminal(session).names, language)
    return Closed(reason_word(ability.reasons[0]), elsewhere=elsewhere)


def reprint_here(session: Session) -> Opening:
    """Return whether a reprint could be finished at this terminal now: its card, or staff."""
    ability = ability_at(session, terminal().id, needs=REPRINT_NEEDS)
    no_card = _OtherWays(session).instead_of_card(REPRINT_TAKES, ability)
    if not ability.possible and no_card is None:
        return Opening(Closed(reason_word(ability.reasons[0])))
    return Opening(no_card=no_card)


@dataclass
class _OtherWays:
    """What this terminal has instead of a card, asked of it once for all rows."""

    session: Session

    @cached_property
    def staff(self) -> str | None:
        return why_no_staff(self.session, terminal().site_id)

    def instead_of_card(self, takes: Sequence[str], ability: Ability) -> NoCard | None:
        """Return how a service that *takes* these goes without a card; None where it does not."""
        reader = reason_word(ability.reasons[0]) if ability.lacks_only(READER) else None
        staff = self.staff if takes else None
        match instead_of_card(takes, ability, messages=sends_messages(), staff=staff):
            case ():
                return None
            case (Rung.OWN_PHONE,) | (Rung.OWN_PHONE, Rung.NUMBER):
                return NoCard(NoCardWay.NUMBER, reader)
            case (Rung.STAFF,):
                return NoCard(NoCardWay.STAFF, reader)
            case _:
                return NoCard(NoCardWay.EITHER, reader)
