"""
Signing in with a code to a number (短信验证码登录).

    ask_code(database, number=, source=, language=, voice=)  -> CodeAsked
    check_code(session, challenge, typed)                     -> NumberProven | CodeRefused
    send_sign_in_code(database, messages, code_id)            what the outbox does with a code

Whether a number is known plays no part until its code was typed, so the door can tell nobody who
has an account. A number gets one message a minute, five an hour, ten a day; a neighbourhood and
the whole house have limits of their own, so that nobody floods strangers through us.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, note
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, TooMany
from kiosk_server.core.identifiers import digest, new_code, new_id, new_token
from kiosk_server.core.neighbourhood import neighbourhood
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.residents.models import SignInCode
from kiosk_server.residents.one_time_codes import (
    CODE_DIGITS,
    CODE_LIFE,
    MOST_WRONG_CODES,
    code_mac,
    is_code,
)
from kiosk_server.residents.phone_rules import mobile_number

SIGN_IN_CODE_ASKED = "account.sign_in_code"
"""Outbox topic: `{"code": id}`."""
RESEND_AFTER = timedelta(minutes=1)
PER_NUMBER = (
    ("sms_number_day", 10, timedelta(days=1)),
    ("sms_number_hour", 5, timedelta(hours=1)),
    ("sms_number_minute", 1, RESEND_AFTER),
)
PER_SOURCE = ("sms_source_hour", 60, timedelta(hours=1))
"""A village behind one address of its carrier signs in too: wide, against machines only."""
IN_ALL = ("sms_all_hour", 3_000, timedelta(hours=1))
_AUDITED = ("sms_refused", 20, timedelta(hours=1))
_PURPOSE = "account.sign_in_code"
STRANGER = Actor(kind="unknown", id="not_signed_in")


@dataclass(frozen=True)
class CodeAsked:
    """A code is on its way; *challenge* is the asker's half of it. *code_id* names the message."""

    challenge: str
    code_id: str
    expires_at: datetime


@dataclass(frozen=True)
class CodeWaiting:
    """A code that was asked for and may still be typed, as its asker sees it."""

    number: str
    code_id: str
    again_after: datetime


@dataclass(frozen=True)
class NumberProven:
    """Whoever answered receives what is sent to this number."""

    number: str


@dataclass(frozen=True)
class CodeRefused:
    """`code_wrong` with the tries that are left, or `code_over`: a new one must be asked for."""

    code: str
    tries_left: int = 0


def ask_code(
    database: Database, *, number: str, source: str | None, language: str, voice: bool = False
) -> CodeAsked:
    """
    Send a code to *number*, asked for from the address *source*; *voice* has it read out.

    Takes the database: a refusal is counted and audited in a unit of its own. Raises
    `Invalid("phone_number_invalid")` and `TooMany("too_many_codes")`, the same for every number.
    """
    plain = mobile_number(number)
    if plain is None:
        fault = FieldFault("number", "phone_number_invalid")
        raise Invalid("phone_number_invalid", fields=[fault])
    try:
        with database.unit_of_work() as session:
            _count(session, plain, source)
            return _make(session, plain, language=language, voice=voice)
    except TooMany as refusal:
        _audit_refusal(database, source)
        raise TooMany(
            "too_many_codes", retry_after_seconds=refusal.retry_after_seconds
        ) from refusal


def check_code(session: Session, challenge: str, typed: str) -> NumberProven | CodeRefused:
    """Compare *typed* with the code behind *challenge*. Commit whatever comes back."""
    keyring = keyring_of(session)
    asked = session.scalar(
        select(SignInCode).where(SignInCode.challenge_digest == digest(challenge)).with_for_update()
    )
    if asked is None or asked.used_at is not None or asked.expires_at <= clock.now():
        return CodeRefused("code_over")
    if asked.tries >= MOST_WRONG_CODES:
        return CodeRefused("code_over")
    if not is_code(keyring, asked.id, typed, asked.mac, purpose=_PURPOSE):
        asked.tries += 1
        session.flush()
        note(session, AuditEvent.ACCOUNT_REFUSED, actor=STRANGER, facts={"step": "code_wrong"})
        left = MOST_WRONG_CODES - asked.tries
        return CodeRefused("code_wrong" if left else "code_over", left)
    asked.used_at, asked.message_sealed = clock.now(), None
    session.flush()
    return NumberProven(
        keyring.open(asked.number_sealed, table="sign_in_code", column="number", row=asked.id)
    )


def waiting(session: Session, challenge: str) -> CodeWaiting | None:
    """Return the code that the holder of *challenge* asked for, while it can be typed."""
    asked = session.scalar(
        select(SignInCode).where(SignInCode.challenge_digest == digest(challenge))
    )
    if asked is None or asked.used_at is not None or asked.expires_at <= clock.now():
        return None
    number = keyring_of(session).open(
        asked.number_sealed, table="sign_in_code", column="number", row=asked.id
    )
    return CodeWaiting(number, asked.id, asked.expires_at - CODE_LIFE + RESEND_AFTER)


def send_sign_in_code(database: Database, messages: PhoneMessages, code_id: str) -> MessageOutcome:
    """
    Hand a code's message to the channel and wipe it here. A code that has lapsed is not sent.

    The wipe follows the hand-over: where the server dies between the two, the message goes out
    a second time under the same id, which the channel takes for one.
    """
    with database.reading() as session:
        asked = session.get(SignInCode, code_id)
        if asked is None or asked.message_sealed is None or asked.expires_at <= clock.now():
            return MessageOutcome.REFUSED
        keyring = keyring_of(session)
        cell = {"table": "sign_in_code", "row": code_id}
        number = keyring.open(asked.number_sealed, column="number", **cell)
        kept = json.loads(keyring.open(asked.message_sealed, column="message", **cell))
    outcome = messages.send(
        PhoneMessage(
            id=code_id,
            phone=number,
            template=f"sign_in_code.{kept['language']}",
            values={"code": kept["code"], "minutes": f"{CODE_LIFE.seconds // 60}"},
            voice=kept["voice"],
        )
    )
    with database.unit_of_work() as session:
        sent = session.get(SignInCode, code_id)
        if sent is not None:
            sent.message_sealed = None
    return outcome


def forget_codes(session: Session) -> int:
    """Delete codes that lapsed more than an hour ago; return how many."""
    old = SignInCode.expires_at < clock.now() - timedelta(hours=1)
    result = session.execute(delete(SignInCode).where(old))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _count(session: Session, number: str, source: str | None) -> None:
    index = keyring_of(session).blind_index(number, purpose="sign_in_code.number")
    counted = [(*limit, index) for limit in PER_NUMBER]
    counted += [(*PER_SOURCE, neighbourhood(session, source)), (*IN_ALL, "all")]
    for kind, limit, window, subject in counted:
        limits.count_attempt(session, kind, subject, limit=limit, window=window)


def _make(session: Session, number: str, *, language: str, voice: bool) -> CodeAsked:
    keyring, row, challenge = keyring_of(session), new_id(), new_token(128)
    code, expires_at = new_code(CODE_DIGITS), clock.now() + CODE_LIFE
    message = canonical_json({"code": code, "language": language, "voice": voice})
    cell = {"table": "sign_in_code", "row": row}
    session.add(
        SignInCode(
            id=row,
            challenge_digest=digest(challenge),
            number_sealed=keyring.seal(number, column="number", **cell),
            mac=code_mac(keyring, row, code, purpose=_PURPOSE),
            message_sealed=keyring.seal(message, column="message", **cell),
            expires_at=expires_at,
        )
    )
    session.flush()
    name = f"{SIGN_IN_CODE_ASKED}:{row}"
    emit(session, SIGN_IN_CODE_ASKED, {"code": row}, lane=MESSAGES, dedup=name)
    note(session, AuditEvent.ACCOUNT_CODE_ASKED, actor=STRANGER, facts={"voice": voice})
    return CodeAsked(challenge, row, expires_at)


def _audit_refusal(database: Database, source: str | None) -> None:
    # One who keeps asking must not fill the audit.
    kind, limit, window = _AUDITED
    with database.unit_of_work() as session:
        name = neighbourhood(session, source)
        if limits.attempts(session, kind, name) >= limit:
            return
        limits.count_attempt(session, kind, name, limit=limit, window=window)
        note(session, AuditEvent.ACCOUNT_REFUSED, actor=STRANGER, facts={"step": "too_many_codes"})
