"""
Digital cards (数字名片, P44): what their owner chose, and no more, for whoever scans their code.

    make_card(session, resident_id, wish, *, by)   -> DigitalCard
    stop_card(session, resident_id, card_id, *, by), stop_all(session, resident_id, *, by)
    cards_of(session, resident_id)                 -> list[CardView]
    card_shown(session, token)                     -> CardShown | None     for anybody
    look_at_proofs(session, token)                 -> CardShown | None     written into his log

A card stands on its owner's consent, on his right to speak for the organisation, and on his holding
each proof: all three are asked for again at every look. It carries no number of anything.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.certificate_types import Wording
from kiosk_server.certificates.holders import holder_of, name_of, organisation, person
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import certificate_for, holders_for
from kiosk_server.certificates.rules import Channel
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.core.masking import mask_name
from kiosk_server.residents.consents import Purpose, stands
from kiosk_server.showing.models import DigitalCard
from kiosk_server.showing.rules import TOKEN_BITS
from kiosk_server.showing.uses import NewUse, record_use

CARD_PATH = "/c/"
MOST_CARDS = 5
MOST_PROOFS = 4


class NamePart(StrEnum):
    """How much of his name a card's owner shows."""

    FULL = "full"
    MASKED = "masked"
    NONE = "none"


@dataclass(frozen=True)
class CardWish:
    """What a card is to show."""

    name_part: NamePart
    organisation_id: str | None = None
    certificate_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardView:
    """A card as its owner sees it; `token` makes its code, and is empty once it was stopped."""

    id: str
    token: str
    name: str
    organisation: str | None
    proofs: tuple[WalletCertificate, ...]
    made_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True)
class ProofShown:
    """One proof on a card: what it is called, by whom, and whether it serves today."""

    names: Wording
    issuer: str
    word: str
    """`genuine`, or why not; told only where somebody asked for it."""


@dataclass(frozen=True)
class CardShown:
    """A card as whoever scans it sees it."""

    name: str
    organisation: str | None
    proofs: tuple[ProofShown, ...]
    sample: bool


def make_card(session: Session, resident_id: str, wish: CardWish, *, by: Actor) -> DigitalCard:
    """Make a card. Raises `Refused("consent_missing")`, `Invalid("card_empty")`, `NotFound` for
    what he does not hold, `Conflict("certificate_not_serving")`, `Conflict("cards_enough")`.
    """
    if not stands(session, resident_id, Purpose.DIGITAL_CARD):
        raise Refused("consent_missing")
    shows = wish.name_part is not NamePart.NONE or wish.organisation_id or wish.certificate_ids
    if not shows or len(wish.certificate_ids) > MOST_PROOFS:
        raise Invalid("card_empty", fields=[FieldFault("proofs", "card_empty")])
    if len(_alive(session, resident_id)) >= MOST_CARDS:
        raise Conflict("cards_enough")
    if wish.organisation_id and not _speaks_for(session, resident_id, wish.organisation_id):
        raise NotFound("holder_not_found")
    for certificate_id in wish.certificate_ids:
        shown = view(session, certificate_for(session, resident_id, certificate_id))
        if not shown.verdict.genuine:
            raise Conflict("certificate_not_serving", reason=shown.verdict.word)
    row, token = new_id(), new_token(TOKEN_BITS)
    card = DigitalCard(
        id=row,
        resident_id=resident_id,
        token_digest=digest(token),
        token_sealed=keyring_of(session).seal(token, table="digital_card", column="token", row=row),
        name_part=wish.name_part.value,
        organisation_id=wish.organisation_id,
        certificate_ids=",".join(wish.certificate_ids),
        made_at=clock.now(),
    )
    session.add(card)
    session.flush()
    facts = {"name": wish.name_part.value, "proofs": len(wish.certificate_ids)}
    _note(session, AuditEvent.CARD_MADE, card, by, facts)
    return card


def stop_card(session: Session, resident_id: str, card_id: str, *, by: Actor) -> None:
    """Stop one of one's own cards; stopping it twice changes nothing. `NotFound` for others'."""
    card = session.get(DigitalCard, card_id, with_for_update=True)
    if card is None or card.resident_id != resident_id:
        raise NotFound("card_not_found")
    _stop(session, card, by)


def stop_all(session: Session, resident_id: str, *, by: Actor) -> int:
    """Stop every card of a resident; return how many were alive."""
    alive = _alive(session, resident_id)
    for card in alive:
        _stop(session, card, by)
    return len(alive)


def cards_of(session: Session, resident_id: str) -> list[CardView]:
    """Return a resident's cards, the newest first."""
    mine = select(DigitalCard).where(DigitalCard.resident_id == resident_id)
    return [_view(session, card) for card in session.scalars(mine.order_by(DigitalCard.id.desc()))]


def card_for(session: Session, resident_id: str, card_id: str) -> CardView:
    """Return one of one's own cards; `NotFound("card_not_found")` for anybody else's."""
    card = session.get(DigitalCard, card_id)
    if card is None or card.resident_id != resident_id:
        raise NotFound("card_not_found")
    return _view(session, card)


def card_shown(session: Session, token: str) -> CardShown | None:
    """Return what a card shows; None for one that is stopped, stands on nothing, or never was."""
    card = _by_token(session, token)
    return _shown(session, card) if card is not None else None


def look_at_proofs(session: Session, token: str) -> CardShown | None:
    """Return what a card shows, and write a look at each of its proofs into its owner's log."""
    card = _by_token(session, token)
    if card is None:
        return None
    for certificate in _certificates(session, card):
        word = view(session, certificate).verdict.word
        record_use(session, certificate, NewUse(Channel.CARD, word))
    return _shown(session, card)


def _alive(session: Session, resident_id: str) -> list[DigitalCard]:
    mine = select(DigitalCard).where(
        DigitalCard.resident_id == resident_id, DigitalCard.stopped_at.is_(None)
    )
    return list(session.scalars(mine.order_by(DigitalCard.id).with_for_update()))


def _by_token(session: Session, token: str) -> DigitalCard | None:
    found = session.scalar(select(DigitalCard).where(DigitalCard.token_digest == digest(token)))
    if found is None or found.stopped_at is not None:
        return None
    return found if stands(session, found.resident_id, Purpose.DIGITAL_CARD) else None


def _speaks_for(session: Session, resident_id: str, organisation_id: str) -> bool:
    return organisation(organisation_id) in holders_for(session, resident_id)


def _certificates(session: Session, card: DigitalCard) -> list[Certificate]:
    """The proofs that its owner still holds, in the order in which he chose them."""
    chosen = [name for name in card.certificate_ids.split(",") if name]
    found = [session.get(Certificate, each) for each in chosen]
    may = holders_for(session, card.resident_id)
    return [each for each in found if each is not None and holder_of(each) in may]


def _named(session: Session, card: DigitalCard) -> str:
    if card.name_part == NamePart.NONE:
        return ""
    name = name_of(session, person(card.resident_id))
    return name if card.name_part == NamePart.FULL else mask_name(name)


def _organisation(session: Session, card: DigitalCard) -> str | None:
    if card.organisation_id is None:
        return None
    if not _speaks_for(session, card.resident_id, card.organisation_id):
        return None
    return name_of(session, organisation(card.organisation_id))


def _shown(session: Session, card: DigitalCard) -> CardShown:
    proofs = [view(session, each) for each in _certificates(session, card)]
    return CardShown(
        name=_named(session, card),
        organisation=_organisation(session, card),
        proofs=tuple(
            ProofShown(
                each.type.names if each.from_platform else {"zh": each.title},
                each.issuer,
                each.verdict.word,
            )
            for each in proofs
        ),
        sample=any(each.sample for each in proofs),
    )


def _view(session: Session, card: DigitalCard) -> CardView:
    alive = card.stopped_at is None
    token = keyring_of(session).open(
        card.token_sealed, table="digital_card", column="token", row=card.id
    )
    return CardView(
        id=card.id,
        token=token if alive else "",
        name=_named(session, card),
        organisation=_organisation(session, card),
        proofs=tuple(view(session, each) for each in _certificates(session, card)),
        made_at=card.made_at,
        stopped_at=card.stopped_at,
    )


def _stop(session: Session, card: DigitalCard, by: Actor) -> None:
    if card.stopped_at is None:
        card.stopped_at = clock.now()
        session.flush()
        _note(session, AuditEvent.CARD_STOPPED, card, by, {})


def _note(
    session: Session,
    event: AuditEvent,
    card: DigitalCard,
    by: Actor,
    facts: dict[str, str | int],
) -> None:
    note(session, event, actor=by, subject=Subject("digital_card", card.id), facts=dict(facts))
