"""
The PIN of a phone (亮证密码): six digits that keep whoever finds it unlocked from showing with it.

    set_pin(database, holder, new, old=)  -> PinRefused | None
    unlock(database, holder, typed)       -> PinRefused | None     shows for five minutes
    is_right(database, holder, typed)     -> PinRefused | None     for one answer
    require_unlocked(session, holder)

It belongs to one signed-in phone and is no part of signing in: who forgot it signs out and in
again, and proves anew who he is. Hashes are computed between units of work.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import FieldFault, Invalid, Refused
from kiosk_server.core.limits import attempts, count_attempt, forgive
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.showing.models import ShowPin
from kiosk_server.showing.rules import UNLOCKED_FOR
from kiosk_server.staff.passwords import hash_of, matches

PIN_DIGITS = 6
MOST_WRONG_PINS = 5
LOCKED_FOR = timedelta(minutes=15)
_WRONG = "show_pin"


@dataclass(frozen=True)
class PinRefused:
    """`pin_wrong` with the tries that are left, or `pin_missing`: none was set on this phone."""

    code: str
    tries_left: int = 0


def has_pin(session: Session, holder: PhoneHolder) -> bool:
    """Whether this phone has a PIN."""
    return session.get(ShowPin, holder.phone_id) is not None


def is_unlocked(session: Session, holder: PhoneHolder) -> bool:
    """Whether this phone may show without another PIN now."""
    pin = session.get(ShowPin, holder.phone_id)
    return pin is not None and pin.unlocked_until is not None and pin.unlocked_until > clock.now()


def require_unlocked(session: Session, holder: PhoneHolder) -> None:
    """Go on if this phone may show; `Refused("pin_needed")` otherwise."""
    if not is_unlocked(session, holder):
        raise Refused("pin_needed")


def set_pin(
    database: Database, holder: PhoneHolder, new: str, *, old: str = ""
) -> PinRefused | None:
    """Set the PIN of this phone; where one is set, `old` must be it. The phone then may show.

    Raises `Invalid("pin_weak")` for what is no six digits or is guessed first.
    """
    if is_weak(new):
        raise Invalid("pin_weak", fields=[FieldFault("pin", "pin_weak")])
    with database.reading() as session:
        stands = has_pin(session, holder)
    if stands:
        refused = is_right(database, holder, old)
        if refused is not None:
            return refused
    hashed, now = hash_of(new), clock.now()
    with database.unit_of_work() as session:
        row = session.merge(
            ShowPin(
                phone_id=holder.phone_id,
                pin_hash=hashed,
                set_at=now,
                unlocked_until=now + UNLOCKED_FOR,
            )
        )
        note(
            session,
            AuditEvent.SHOW_PIN_SET,
            actor=holder.actor,
            subject=Subject("account_phone", row.phone_id),
        )
    return None


def unlock(database: Database, holder: PhoneHolder, typed: str) -> PinRefused | None:
    """Let this phone show for five minutes if the PIN is right; raises as `is_right`."""
    refused = is_right(database, holder, typed)
    if refused is None:
        with database.unit_of_work() as session:
            row = session.get_one(ShowPin, holder.phone_id)
            row.unlocked_until = clock.now() + UNLOCKED_FOR
    return refused


def lock(session: Session, holder: PhoneHolder) -> None:
    """Let this phone ask for its PIN again."""
    row = session.get(ShowPin, holder.phone_id)
    if row is not None:
        row.unlocked_until = None


def is_right(database: Database, holder: PhoneHolder, typed: str) -> PinRefused | None:
    """Compare a PIN; `TooMany("too_many_show_pin")` for a quarter of an hour after five wrong."""
    with database.unit_of_work() as session:
        if attempts(session, _WRONG, holder.phone_id) >= MOST_WRONG_PINS:
            _count(session, holder)
        row = session.get(ShowPin, holder.phone_id)
        if row is None:
            return PinRefused("pin_missing")
        kept = row.pin_hash
        # Counted before it is compared: tries sent side by side are all counted.
        left = _count(session, holder)
    right = matches(kept, typed.strip())
    with database.unit_of_work() as session:
        if right:
            forgive(session, _WRONG, holder.phone_id)
            return None
        if left == 0:
            phone = Subject("account_phone", holder.phone_id)
            note(session, AuditEvent.SHOW_PIN_LOCKED, actor=holder.actor, subject=phone)
    return PinRefused("pin_wrong", left)


def is_weak(pin: str) -> bool:
    """Whether a PIN is no six digits, one digit only, or a run of neighbours."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def _count(session: Session, holder: PhoneHolder) -> int:
    return count_attempt(session, _WRONG, holder.phone_id, limit=MOST_WRONG_PINS, window=LOCKED_FOR)
