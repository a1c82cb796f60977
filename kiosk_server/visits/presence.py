"""
The second proof: a one-time code to the phone that the record source holds, or an outside face
comparison. Who has neither is told a named window.

    ask_phone_code(session, visit, phone=)        -> PhoneCodeSent | PhoneCodeRefused
    check_phone_code(session, visit, code)        -> Proven | CodeWrong | CodeExpired | VisitEnded
    begin_face(database, check, visit_id=)        the ticket stands in the visit's draft
    face_outcome(database, check, visit_id=, …)   -> Proven | NotProven(likeness)
    send_phone_code(database, messages, code_id)  what the outbox does with a code

The last three talk to the outside: they open units of work of their own and hold none meanwhile.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.catalogue.content import Assurance
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.core.errors import Refused, TooMany
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.core.limits import count_attempt
from kiosk_server.core.masking import mask_phone
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.residents.one_time_codes import (
    CODE_DIGITS,
    CODE_LIFE,
    MOST_WRONG_CODES,
    code_mac,
)
from kiosk_server.visits import ladder, rules, services
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.ladder_rules import Rung
from kiosk_server.visits.models import EndReason, PhoneCode, PresenceProof, Visit, VisitState
from kiosk_server.visits.ports import (
    Likeness,
    PresenceCheck,
)

PHONE_CODE_ASKED = "visit.phone_code"
"""Outbox topic: `{"phone_code": id}`."""
_LIMITS = (
    ("phone_code_visit", "id", 3, timedelta(minutes=30)),
    ("phone_code_resident", "resident_id", 6, timedelta(hours=24)),
    ("phone_code_terminal", "terminal_id", 40, timedelta(hours=1)),
)
_FACE_TRIES = 3


@dataclass(frozen=True)
class PhoneCodeSent:
    """A code is on its way to the masked phone."""

    masked_phone: str
    expires_at: datetime


@dataclass(frozen=True)
class PhoneCodeRefused:
    """Too many codes were asked for, by visit, person or terminal."""

    code: str
    retry_after_seconds: int


@dataclass(frozen=True)
class Proven:
    """The holder stands here."""

    method: str
    simulated: bool


@dataclass(frozen=True)
class CodeWrong:
    """Not this code; the visit ends when none are left."""

    tries_left: int


@dataclass(frozen=True)
class CodeExpired:
    """There is no code that still holds: a new one must be asked for."""


@dataclass(frozen=True)
class VisitEnded:
    """Five wrong codes: the visit is over."""


@dataclass(frozen=True)
class NotProven:
    """The outside comparison did not find the holder, or not yet, or does not answer."""

    likeness: Likeness


def ask_phone_code(
    session: Session, visit: Visit, *, phone: str
) -> PhoneCodeSent | PhoneCodeRefused:
    """Make a one-time code for *phone* and put its message into the outbox."""
    _need_card(visit)
    try:
        for kind, attribute, limit, window in _LIMITS:
            count_attempt(session, kind, getattr(visit, attribute), limit=limit, window=window)
    except TooMany as refusal:
        note_refusal(session, visit, "too_many_codes")
        return PhoneCodeRefused("too_many_codes", refusal.retry_after_seconds)
    asked = make_code(
        session, visit, {"phone": phone}, masked_phone=mask_phone(phone), topic=PHONE_CODE_ASKED
    )
    return PhoneCodeSent(asked.masked_phone, asked.expires_at)


def make_code(
    session: Session, visit: Visit, to: Mapping[str, str], *, masked_phone: str, topic: str
) -> PhoneCode:
    """Make a one-time code and put its message into the outbox; *to* is sealed with the code."""
    keyring, row, code = keyring_of(session), new_id(), new_code(CODE_DIGITS)
    asked = PhoneCode(
        id=row,
        visit_id=visit.id,
        mac=_code_mac(session, row, code, masked_phone),
        masked_phone=masked_phone,
        message_sealed=keyring.seal(
            canonical_json({**to, "code": code, "language": visit.language}),
            table="visit_phone_code",
            column="message",
            row=row,
        ),
        expires_at=clock.now() + CODE_LIFE,
    )
    session.add(asked)
    session.flush()
    emit(session, topic, {"phone_code": row}, lane=MESSAGES, dedup=f"{topic}:{row}")
    return asked


def check_phone_code(
    session: Session, visit: Visit, code: str
) -> Proven | CodeWrong | CodeExpired | VisitEnded:
    """Compare *code* with the last one sent to the holder's phone."""
    _need_card(visit)
    outcome = compare_code(session, visit, code)
    if outcome is None:
        return prove(session, visit, method="phone_code", simulated=False)
    return outcome


def compare_code(
    session: Session, visit: Visit, typed: str, *, of_number: bool = False
) -> CodeWrong | CodeExpired | VisitEnded | None:
    """
    Compare *typed* with the last code of its kind; None where it is right, and used up.

    *of_number*: the code for a number that was typed. One kind never serves for the other, and
    all wrong codes of a visit count together.
    """
    asked = _last_code(session, visit, of_number=of_number)
    if asked is None:
        return CodeExpired()
    mac = _code_mac(session, asked.id, typed.strip(), asked.masked_phone)
    if hmac.compare_digest(asked.mac, mac):
        asked.used_at = clock.now()
        return None
    asked.tries += 1
    session.flush()
    tries = session.scalar(select(func.sum(PhoneCode.tries)).where(PhoneCode.visit_id == visit.id))
    left = MOST_WRONG_CODES - int(tries or 0)
    note_refusal(session, visit, "number_code_wrong" if of_number else "phone_code_wrong")
    if left <= 0:
        services.end(session, visit, reason=EndReason.CODES)
        return VisitEnded()
    return CodeWrong(left)


def begin_face(database: Database, check: PresenceCheck, *, visit_id: str) -> None:
    """Start an outside comparison; raises `TooMany` after three in one visit."""
    with database.unit_of_work() as session:
        _need_card(session.get_one(Visit, visit_id))
        count_attempt(
            session, "face_visit", visit_id, limit=_FACE_TRIES, window=timedelta(minutes=30)
        )
    ticket = check.begin(visit_id)
    with database.unit_of_work() as session:
        put_draft(
            session, session.get_one(Visit, visit_id, with_for_update=True), face_ticket=ticket
        )


def face_outcome(
    database: Database, check: PresenceCheck, *, visit_id: str, said: str | None = None
) -> Proven | NotProven:
    """Ask for the comparison's outcome; *said* is a simulation's button. A ticket serves once."""
    with database.reading() as session:
        ticket = draft_of(session, session.get_one(Visit, visit_id)).get("face_ticket")
    if ticket is None:
        raise Refused("face_not_begun")
    likeness = check.outcome(ticket, said=said)
    if likeness is Likeness.WAITING:
        return NotProven(likeness)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        _need_card(visit)
        if draft_of(session, visit).get("face_ticket") != ticket:
            raise Refused("face_not_begun")
        put_draft(session, visit, face_ticket=None)
        if likeness is Likeness.SAME:
            return prove(session, visit, method="face", simulated=check.simulated)
        note_refusal(session, visit, f"face_{likeness.value}")
        return NotProven(likeness)


def send_phone_code(database: Database, messages: PhoneMessages, code_id: str) -> MessageOutcome:
    """
    Hand a code's message to the channel and wipe it here. A code that has lapsed is not sent.

    The wipe follows the hand-over: where the server dies between the two, the message goes out
    a second time under the same id, which the channel takes for one.
    """
    with database.reading() as session:
        asked = session.get(PhoneCode, code_id)
        if asked is None or asked.message_sealed is None or asked.expires_at <= clock.now():
            return MessageOutcome.REFUSED
        kept = json.loads(
            keyring_of(session).open(
                asked.message_sealed, table="visit_phone_code", column="message", row=code_id
            )
        )
    outcome = messages.send(
        PhoneMessage(
            id=code_id,
            phone=kept["phone"],
            template=f"phone_code.{kept['language']}",
            values={"code": kept["code"], "minutes": "5"},
        )
    )
    with database.unit_of_work() as session:
        sent = session.get(PhoneCode, code_id)
        if sent is not None:
            sent.message_sealed = None
    return outcome


def _need_card(visit: Visit) -> None:
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    if visit.resident_id is None or not rules.holder_known(Assurance(visit.assurance)):
        raise Refused("card_first")


def _last_code(session: Session, visit: Visit, *, of_number: bool) -> PhoneCode | None:
    standing = (
        select(PhoneCode)
        .where(
            PhoneCode.visit_id == visit.id,
            # Who types a number is not told which phone belongs to it.
            PhoneCode.masked_phone == "" if of_number else PhoneCode.masked_phone != "",
            PhoneCode.used_at.is_(None),
            PhoneCode.expires_at > clock.now(),
        )
        .order_by(PhoneCode.id.desc())
    )
    return session.scalars(standing.limit(1).with_for_update()).first()


def _code_mac(session: Session, row: str, code: str, masked_phone: str) -> str:
    purpose = "visit.phone_code" if masked_phone else "visit.number_code"
    return code_mac(keyring_of(session), row, code, purpose=purpose)


def prove(session: Session, visit: Visit, *, method: str, simulated: bool) -> Proven:
    """Keep that the holder of the card stands here, and by which method it was found."""
    session.add(
        PresenceProof(
            id=new_id(),
            visit_id=visit.id,
            resident_id=visit.resident_id,
            method=method,
            simulated=simulated,
            at=clock.now(),
        )
    )
    visit.assurance = Assurance.CARD_AND_PRESENCE
    note(
        session,
        AuditEvent.PRESENCE_PROVEN,
        actor=resident_at(visit),
        facts={"method": method, "simulated": simulated},
    )
    session.flush()
    return Proven(method, simulated)


_COUNTED = {
    "too_many_codes": (Rung.CODE, "too_many"),
    "phone_code_wrong": (Rung.CODE, "code_wrong"),
    "too_many_number_codes": (Rung.NUMBER, "too_many"),
    "number_code_wrong": (Rung.NUMBER, "code_wrong"),
    "face_other": (Rung.FACE, "other"),
    "face_unclear": (Rung.FACE, "unclear"),
    "face_down": (Rung.FACE, "down"),
}


def note_refusal(session: Session, visit: Visit, code: str) -> None:
    """Audit that a proof failed, and count it where the ladder counts it."""
    if code in _COUNTED:
        ladder.fail(session, visit, *_COUNTED[code])
    note(session, AuditEvent.PRESENCE_REFUSED, actor=resident_at(visit), facts={"code": code})
