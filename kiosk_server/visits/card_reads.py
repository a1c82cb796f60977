"""
Ask one terminal for one card, and take what it signed.

    ask_for_card(session, visit)                                  -> CardAsked(nonce, needs, …)
    take_card_read(session, terminal_id, reading, unprintable=…)  -> CardReadTaken | CardReadRefused

The nonce serves once. A refusal is a value, so that its audit row commits with the used nonce;
the surface turns it into a problem. What the item does not need is dropped before anything
else looks at it, and is stored nowhere (P37).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Assurance
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, Refused
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.core.masking import mask_name
from kiosk_server.residents import services as residents
from kiosk_server.residents.numbers import CardKind
from kiosk_server.terminals import readers
from kiosk_server.visits import rules
from kiosk_server.visits.actors import terminal_actor
from kiosk_server.visits.errand_state import NOTICE_OF, errand_of
from kiosk_server.visits.ladder import card_rung, fail
from kiosk_server.visits.models import (
    CardRead,
    CardReadRequest,
    Consent,
    RequestState,
    Visit,
    VisitState,
)

NONCE_BITS = 128
_MOST_FIELD_CHARACTERS = 120
_LONGEST_MASKED_NAME = 60


@dataclass(frozen=True)
class CardAsked:
    """What the page hands to the device host: `nonce` is told once, `needs` are card fields."""

    nonce: str
    needs: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True)
class CardReading:
    """What a terminal says that it read. The representation shows nothing personal."""

    nonce: str = field(repr=False)
    kind: str
    fields: Mapping[str, str | None] = field(repr=False)
    """Card field -> text; days are ISO 8601; `valid_until` None is 长期."""
    sam_id: str
    terminal: str
    """The terminal's own word; it must agree with the key that signed."""


@dataclass(frozen=True)
class CardReadTaken:
    """The card was taken; the page may show `masked_name`."""

    read_id: str
    masked_name: str


@dataclass(frozen=True)
class CardReadRefused:
    """
    The card was not taken. `code` is one of nonce_unknown, nonce_used, nonce_stale,
    wrong_terminal, visit_over, card_kind_not_served, number_invalid, card_expired,
    name_unprintable, not_this_card, reader_not_accepted.
    """

    code: str


def ask_for_card(session: Session, visit: Visit) -> CardAsked:
    """
    Issue a nonce for one reading at this visit's terminal; an earlier one serves no more.

    Raises `Refused("consent_missing")` before the reading notice was agreed to.
    """
    if not has_consent(session, visit):
        raise Refused("consent_missing")
    nonce, expires_at = new_token(NONCE_BITS), clock.now() + rules.NONCE_LIFE
    session.execute(
        update(CardReadRequest)
        .where(CardReadRequest.visit_id == visit.id, CardReadRequest.state == RequestState.OPEN)
        .values(state=RequestState.CLOSED)
    )
    needs = _needs(session, visit)
    session.add(
        CardReadRequest(
            nonce_digest=digest(nonce),
            visit_id=visit.id,
            terminal_id=visit.terminal_id,
            needs=list(needs),
            state=RequestState.OPEN,
            expires_at=expires_at,
        )
    )
    session.flush()
    return CardAsked(nonce, needs, expires_at)


def take_card_read(
    session: Session,
    terminal_id: str,
    reading: CardReading,
    *,
    unprintable: Callable[[str], tuple[str, ...]],
) -> CardReadTaken | CardReadRefused:
    """
    Take a reading that the terminal *terminal_id* signed; every refusal is audited.

    *unprintable* names the characters of a text that no font of ours can set. Raises `Invalid`
    where the terminal sent no such kind, or not the fields that were asked for.
    """
    accepted = readers.notice(session, terminal_id, reading.sam_id)
    asked = session.get(CardReadRequest, digest(reading.nonce))
    if asked is None:
        return _refuse(session, terminal_id, None, "nonce_unknown", reading)
    # The visit is locked before its requests, here as in `services.end`: no deadlock.
    visit = session.get_one(Visit, asked.visit_id, with_for_update=True)
    session.refresh(asked)
    code = _nonce_fault(asked, visit, terminal_id, reading)
    if code is not None:
        return _refuse(session, terminal_id, visit.id, code, reading)
    if not _use_up(session, asked.nonce_digest):
        return _refuse(session, terminal_id, visit.id, "nonce_used", reading)
    if not accepted:
        return _refuse(session, terminal_id, visit.id, "reader_not_accepted", reading)
    kind = _kind(reading)
    if kind not in kinds_served(session, visit):
        return _refuse(session, terminal_id, visit.id, "card_kind_not_served", reading)
    fields = _needed_fields(asked.needs, reading)
    code = _card_fault(session, visit, kind, fields, unprintable)
    if code is not None:
        return _refuse(session, terminal_id, visit.id, code, reading)
    return _take(session, visit, reading, fields)


def forget_old_requests(session: Session, *, after: timedelta = timedelta(days=1)) -> int:
    """Delete requests that lapsed longer than *after* ago; return how many."""
    lapsed = select(CardReadRequest).where(CardReadRequest.expires_at < clock.now() - after)
    found = session.scalars(lapsed).all()
    for request in found:
        session.delete(request)
    return len(found)


def _needs(session: Session, visit: Visit) -> tuple[str, ...]:
    if visit.expected_resident_id is not None:
        return rules.REPRINT_FIELDS
    if visit.item_version_id is None:
        if errand_of(session, visit) is not None:
            return rules.ERRAND_FIELDS
        raise Refused("item_missing")
    handling = catalogue.version(session, visit.item_version_id).content.handling
    if handling is None:
        raise Refused("item_not_handled_here")
    return handling.card_fields


def has_consent(session: Session, visit: Visit) -> bool:
    """Return whether the reading notice of what the visit came for was agreed to."""
    version = None if visit.expected_resident_id is not None else visit.item_version_id
    given = select(Consent.id).where(
        Consent.visit_id == visit.id, Consent.item_version_id.is_not_distinct_from(version)
    )
    if version is None:
        # A reprint and an errand have no item: the words agreed to tell them apart.
        errand = errand_of(session, visit)
        if errand is None:
            given = given.where(Consent.text_version.not_in(NOTICE_OF.values()))
        else:
            given = given.where(Consent.text_version == NOTICE_OF[errand])
    return session.scalars(given.limit(1)).first() is not None


def _nonce_fault(
    asked: CardReadRequest, visit: Visit, terminal_id: str, reading: CardReading
) -> str | None:
    # A foreign terminal must not burn the nonce of the one that was asked.
    if terminal_id != asked.terminal_id or reading.terminal != terminal_id:
        return "wrong_terminal"
    if asked.state == RequestState.USED:
        return "nonce_used"
    if is_over(visit):
        return "visit_over"
    lapsed = asked.state == RequestState.CLOSED or asked.expires_at <= clock.now()
    return "nonce_stale" if lapsed else None


def _needed_fields(needs: Sequence[str], reading: CardReading) -> dict[str, str | None]:
    fields, missing = rules.kept_fields(reading.fields, needs)
    faults = [FieldFault(f"fields.{name}", "field_missing") for name in missing]
    faults += [
        FieldFault(f"fields.{name}", "field_too_long")
        for name, text in fields.items()
        if text is not None and len(text) > _MOST_FIELD_CHARACTERS
    ]
    if faults:
        raise Invalid("card_reading_invalid", fields=faults)
    return fields


def _kind(reading: CardReading) -> CardKind:
    try:
        return CardKind(reading.kind)
    except ValueError:
        faults = [FieldFault("kind", "kind_unknown")]
        raise Invalid("card_reading_invalid", fields=faults) from None


def _use_up(session: Session, nonce_digest: str) -> bool:
    used = session.execute(
        update(CardReadRequest)
        .where(
            CardReadRequest.nonce_digest == nonce_digest,
            CardReadRequest.state == RequestState.OPEN,
        )
        .values(state=RequestState.USED)
    )
    return cast("CursorResult[object]", used).rowcount == 1


def is_over(visit: Visit) -> bool:
    """Return whether *visit* has ended, or should have."""
    watched = rules.watch(
        size=visit.size,
        last_seen_at=visit.last_seen_at,
        ends_at=visit.ends_at,
        extensions=visit.extensions,
    )
    return visit.state != VisitState.ACTIVE or rules.over_at(watched, clock.now()) is not None


def _card_fault(
    session: Session,
    visit: Visit,
    kind: CardKind,
    fields: Mapping[str, str | None],
    unprintable: Callable[[str], tuple[str, ...]],
) -> str | None:
    try:
        code = rules.card_fault(
            kind,
            fields,
            today=clock.beijing_today(),
            unprintable=unprintable,
        )
    except ValueError:
        faults = [FieldFault("fields.valid_until", "day_unreadable")]
        raise Invalid("card_reading_invalid", fields=faults) from None
    expected = visit.expected_resident_id or visit.resident_id
    if code is None and expected is not None:
        holder = residents.find(session, number=fields["number"] or "")
        if holder is None or holder.id != expected:
            return "not_this_card"
    return code


def kinds_served(session: Session, visit: Visit) -> tuple[str, ...]:
    """Return the kinds of card that serve for what the visit came for."""
    # A reprint takes the holder's card, whatever its kind: `not_this_card` guards it.
    if visit.expected_resident_id is not None or visit.item_version_id is None:
        return tuple(CardKind)
    handling = catalogue.version(session, visit.item_version_id).content.handling
    return handling.card_kinds if handling else ()


def _take(
    session: Session, visit: Visit, reading: CardReading, fields: Mapping[str, str | None]
) -> CardReadTaken:
    name, number = fields["name"] or "", fields["number"] or ""
    resident = residents.find_or_register(
        session, number=number, name=name, kind=CardKind(reading.kind)
    )
    read = CardRead(
        id=new_id(),
        visit_id=visit.id,
        resident_id=resident.id,
        kind=reading.kind,
        sam_id=reading.sam_id[:64],
        masked_name=mask_name(name)[:_LONGEST_MASKED_NAME],
        at=clock.now(),
    )
    session.add(read)
    visit.resident_id = resident.id
    visit.last_seen_at = clock.now()
    if visit.assurance != Assurance.CARD_AND_PRESENCE:
        # Who was known by another way has now shown a card: that is what counts from here on.
        visit.assurance = Assurance.CARD
    note(
        session,
        AuditEvent.CARD_READ,
        actor=terminal_actor(visit.terminal_id, visit.id),
        subject=Subject("resident", resident.id),
        facts={"read": read.id, "kind": reading.kind, "fields": " ".join(sorted(fields))},
    )
    session.flush()
    return CardReadTaken(read.id, read.masked_name)


def _refuse(
    session: Session, terminal_id: str, visit_id: str | None, code: str, reading: CardReading
) -> CardReadRefused:
    known_kind = reading.kind if reading.kind in set(CardKind) else "unknown"
    note(
        session,
        AuditEvent.CARD_READ_REFUSED,
        actor=terminal_actor(terminal_id, visit_id),
        facts={"code": code, "kind": known_kind},
    )
    if visit_id is not None:
        visit = session.get_one(Visit, visit_id)
        fail(session, visit, card_rung(session, visit), code)
    return CardReadRefused(code)
