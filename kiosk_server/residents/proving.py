"""
Whoever is signed in proves who he is (实名绑定): by name and number, or by a code that a terminal
or a window shows him after it has seen his card.

    check_name(database, source, holder, name=, number=, kind=)  -> NameProven | NameRefused
    make_binding_code(session, resident_id, way=, by=)           -> BindingCodeMade
    use_binding_code(session, holder, typed)                     -> NameProven | NameRefused
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, Refused, TooMany
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.residents import accounts
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.models import AccountPhone, BindingCode, PhoneAccount, Resident
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.residents.phone_rules import BINDING_CODE_DIGITS, BINDING_CODE_LIFE
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.residents.ports import RealName, RealNameAnswer, RealNameCheck
from kiosk_server.residents.services import find_or_register

_TRIES, _PERIOD = 5, timedelta(hours=1)
_INDEX = "binding_code"
LONGEST_NAME = 60


@dataclass(frozen=True)
class NameProven:
    """The phone's holder is this resident, at this level."""

    resident_id: str
    level: Level


@dataclass(frozen=True)
class NameRefused:
    """`name_differs` (one of the three is another's), `name_check_silent`, `binding_code_wrong`."""

    code: str


@dataclass(frozen=True)
class BindingCodeMade:
    """Eight digits to be shown to the person who stands there, and until when they serve."""

    code: str
    expires_at: datetime


def check_name(
    database: Database,
    source: RealNameCheck,
    holder: PhoneHolder,
    *,
    name: str,
    number: str,
    kind: CardKind = CardKind.RESIDENT,
) -> NameProven | NameRefused:
    """
    Have name, identity number and the account's number compared, and bind where they agree.

    Raises `Invalid` for what cannot be right, `Refused("phone_number_missing")` for an account
    without a number, `TooMany("too_many_name_checks")` after five in an hour. No transaction is
    held while the source is asked.
    """
    name, number = _plain(name, number, kind)
    with database.unit_of_work() as session:
        account = session.get_one(PhoneAccount, holder.account_id)
        phone_number = accounts.number_of(session, account)
        if phone_number is None:
            raise Refused("phone_number_missing")
        _count(session, "name_check", holder.account_id)
    answer = source.check(RealName(new_id(), name, number, phone_number))
    with database.unit_of_work() as session:
        if answer is not RealNameAnswer.SAME:
            code = "name_differs" if answer is RealNameAnswer.DIFFERENT else "name_check_silent"
            return _refuse(session, holder, code)
        resident = find_or_register(session, number=number, name=name, kind=kind)
        return _prove(session, holder, resident, Way.NAME_CHECK)


def make_binding_code(
    session: Session, resident_id: str, *, way: Way, by: Actor
) -> BindingCodeMade:
    """
    Make the code for a resident whom *by* knows to stand there; an older one serves no more.

    *way* is `Way.ID_CARD` at a terminal that read the card, `Way.WINDOW` at a window.
    """
    now = clock.now()
    session.execute(
        update(BindingCode)
        .where(BindingCode.resident_id == resident_id, BindingCode.used_at.is_(None))
        .values(used_at=now)
    )
    code = new_code(BINDING_CODE_DIGITS)
    made = BindingCode(
        id=new_id(),
        resident_id=resident_id,
        code_index=keyring_of(session).blind_index(code, purpose=_INDEX),
        way=way.value,
        expires_at=now + BINDING_CODE_LIFE,
    )
    session.add(made)
    session.flush()
    note(
        session,
        AuditEvent.BINDING_CODE_MADE,
        actor=by,
        subject=Subject("resident", resident_id),
        facts={"way": way.value},
    )
    return BindingCodeMade(code, made.expires_at)


def use_binding_code(session: Session, holder: PhoneHolder, typed: str) -> NameProven | NameRefused:
    """Bind who is signed in to the resident behind *typed*. Commit whatever comes back.

    Raises `TooMany("too_many_name_checks")` after five tries in an hour.
    """
    _count(session, "binding_code", holder.account_id)
    code = "".join(typed.split())
    index = keyring_of(session).blind_index(code, purpose=_INDEX)
    found = session.scalars(
        select(BindingCode)
        .where(
            BindingCode.code_index == index,
            BindingCode.used_at.is_(None),
            BindingCode.expires_at > clock.now(),
        )
        .with_for_update()
    ).all()
    # Two people could be shown the same digits at once: then neither is taken for the other.
    if len(found) != 1:
        return _refuse(session, holder, "binding_code_wrong")
    found[0].used_at = clock.now()
    resident = session.get_one(Resident, found[0].resident_id)
    return _prove(session, holder, resident, Way(found[0].way))


def forget_binding_codes(session: Session) -> int:
    """Delete codes that lapsed more than a day ago; return how many."""
    old = BindingCode.expires_at < clock.now() - timedelta(days=1)
    result = session.execute(delete(BindingCode).where(old))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _plain(name: str, number: str, kind: CardKind) -> tuple[str, str]:
    name, number = " ".join(name.split()), number.strip().upper()
    faults = []
    if not 2 <= len(name) <= LONGEST_NAME:
        faults.append(FieldFault("name", "name_invalid"))
    if not is_valid(kind, number):
        faults.append(FieldFault("number", "number_invalid"))
    if faults:
        raise Invalid(fields=faults)
    return name, number


def _count(session: Session, kind: str, account_id: str) -> None:
    try:
        limits.count_attempt(session, kind, account_id, limit=_TRIES, window=_PERIOD)
    except TooMany as refusal:
        raise TooMany(
            "too_many_name_checks", retry_after_seconds=refusal.retry_after_seconds
        ) from refusal


def _prove(session: Session, holder: PhoneHolder, resident: Resident, way: Way) -> NameProven:
    phone = session.get_one(AccountPhone, holder.phone_id, with_for_update=True)
    accounts.prove(session, phone, resident, way=way)
    limits.forgive(session, "name_check", holder.account_id)
    limits.forgive(session, "binding_code", holder.account_id)
    return NameProven(resident.id, Level(phone.level))


def _refuse(session: Session, holder: PhoneHolder, code: str) -> NameRefused:
    note(session, AuditEvent.ACCOUNT_REFUSED, actor=holder.actor, facts={"step": code})
    return NameRefused(code)
