"""
Known without a card (手机验证码): a number typed, and a code to the phone on record for it.

    ask_number_code(session, visit, number)  -> NumberCodeAsked | NumberCodeRefused
    check_number_code(session, visit, code)  -> KnownByPhone | CodeWrong | CodeExpired | VisitEnded

Less sure than a card, so an item says whether it takes it. Only who was seen here with a card
before is known by a number, since the name comes from there. The answer is the same for every
well-formed number: whether it is known, and which phone is its own, nobody learns by typing.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.catalogue.content import Assurance
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Refused, TooMany
from kiosk_server.core.limits import count_attempt
from kiosk_server.residents import services as residents
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.card_reads import has_consent, kinds_served
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.errand_state import errand_of, note_known
from kiosk_server.visits.helping import takes
from kiosk_server.visits.ladder_rules import BY_PHONE
from kiosk_server.visits.models import Visit, VisitState
from kiosk_server.visits.presence import (
    CodeExpired,
    CodeWrong,
    VisitEnded,
    compare_code,
    make_code,
    note_refusal,
)

NUMBER_CODE_ASKED = "visit.number_code"
"""Outbox topic: `{"phone_code": id}`."""
NUMBER_CHARACTERS = 18
_NUMERIC = (CardKind.RESIDENT, CardKind.HMT, CardKind.FOREIGNER_2023)
"""Kinds whose number a keypad with an X can type."""


@dataclass(frozen=True)
class NumberCodeAsked:
    """If a phone is on record for the number, a code is on its way to it."""


@dataclass(frozen=True)
class NumberCodeRefused:
    """Not asked: `number_invalid`, or `too_many_codes` for this visit, number or terminal."""

    code: str
    retry_after_seconds: int = 0


@dataclass(frozen=True)
class KnownByPhone:
    """The visit is known to be this person's, by his phone."""


def ask_number_code(
    session: Session, visit: Visit, number: str
) -> NumberCodeAsked | NumberCodeRefused:
    """
    Ask for a code to the phone on record for *number*; who it is, the worker finds out.

    Raises `Refused`: `visit_over`, `consent_missing`, `phone_not_taken` by this item.
    """
    _check_open(session, visit)
    number = number.strip().upper()
    served = kinds_served(session, visit)
    if not any(is_valid(kind, number) for kind in _NUMERIC if kind in served):
        return NumberCodeRefused("number_invalid")
    index = keyring_of(session).blind_index(number, purpose="visit.number_code")
    hour, day = timedelta(hours=1), timedelta(days=1)
    try:
        count_attempt(session, "number_visit", visit.id, limit=3, window=hour)
        count_attempt(session, "number_person", index, limit=4, window=day)
        count_attempt(session, "number_terminal", visit.terminal_id, limit=20, window=hour)
    except TooMany as refusal:
        note_refusal(session, visit, "too_many_number_codes")
        return NumberCodeRefused("too_many_codes", refusal.retry_after_seconds)
    make_code(session, visit, {"number": number}, masked_phone="", topic=NUMBER_CODE_ASKED)
    put_draft(session, visit, number=number)
    return NumberCodeAsked()


def check_number_code(
    session: Session, visit: Visit, code: str
) -> KnownByPhone | CodeWrong | CodeExpired | VisitEnded:
    """Compare *code*; where it is right, the visit is the person's to whom the number belongs."""
    _check_open(session, visit)
    number = draft_of(session, visit).get("number")
    resident = residents.find(session, number=number) if number else None
    outcome = compare_code(session, visit, code, of_number=True)
    if outcome is not None:
        return outcome
    if resident is None:
        return CodeExpired()
    visit.resident_id, visit.assurance = resident.id, Assurance.PHONE
    visit.last_seen_at = clock.now()
    put_draft(session, visit, number=None)
    if errand_of(session, visit) is not None:
        note_known(session, visit)
    note(
        session,
        AuditEvent.IDENTITY_BY_PHONE,
        actor=resident_at(visit),
        subject=Subject("resident", resident.id),
    )
    session.flush()
    return KnownByPhone()


def _check_open(session: Session, visit: Visit) -> None:
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    # A visit is one person's: who was known in it by a card is not replaced by a number.
    if BY_PHONE not in takes(session, visit) or visit.resident_id is not None:
        raise Refused("phone_not_taken")
    if not has_consent(session, visit):
        raise Refused("consent_missing")
