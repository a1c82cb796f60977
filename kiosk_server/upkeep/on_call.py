"""
Who is on call (值班) for which division, and in which order they are called.

    enter(session, division_code, *, staff_id, phone, rank, by) -> str
    remove(session, duty_id, *, by)
    find(session, duty_id) -> Duty | None
    list_for(session, division_code) -> list[Duty]
    within(session, division_code) -> list[Duty]
    phone_of(session, duty_id) -> str | None, masked_phone_of(session, duty_id) -> str

A village is called for by its own people first, then by those of the township, then of the city.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_phone
from kiosk_server.staff.queries import colleague, colleagues
from kiosk_server.staff.rules import covers
from kiosk_server.upkeep.models import OnCallDuty

HIGHEST_RANK = 99
_PHONE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True)
class Duty:
    """One person on one list. The number stays sealed until a message goes to it."""

    id: str
    division_code: str
    rank: int
    staff_id: str
    name: str


def enter(
    session: Session, division_code: str, *, staff_id: str, phone: str, rank: int, by: Actor
) -> str:
    """
    Put a member of staff on the list of a division; return the duty's id.

    *phone* is a mobile number of mainland China; *rank* 1 is called first. Raises `Invalid` naming
    every faulty field, `Conflict` for somebody who is on this list already.
    """
    number = re.sub(r"[\s-]", "", phone).removeprefix("+86")
    member = colleague(session, staff_id)
    faults = []
    if member is None or not member.active:
        faults.append(FieldFault("staff", "not_found"))
    if not _PHONE.fullmatch(number):
        faults.append(FieldFault("phone", "not_a_mobile"))
    if not 1 <= rank <= HIGHEST_RANK:
        faults.append(FieldFault("rank", "out_of_range"))
    if faults:
        raise Invalid(fields=faults)
    there = select(OnCallDuty.id).where(
        OnCallDuty.division_code == division_code, OnCallDuty.staff_id == staff_id
    )
    if session.scalar(there) is not None:
        raise Conflict("already_on_call")
    duty_id = new_id()
    session.add(
        OnCallDuty(
            id=duty_id,
            division_code=division_code,
            rank=rank,
            staff_id=staff_id,
            phone_sealed=keyring_of(session).seal(
                number, table="on_call_duty", column="phone", row=duty_id
            ),
            entered_at=clock.now(),
        )
    )
    _note(session, AuditEvent.ON_CALL_ENTERED, division_code, staff_id, by)
    session.flush()
    return duty_id


def remove(session: Session, duty_id: str, *, by: Actor) -> None:
    """Take somebody off a list; the phone goes with the row."""
    duty = session.get(OnCallDuty, duty_id, with_for_update=True)
    if duty is None:
        raise NotFound("duty_not_found")
    session.delete(duty)
    _note(session, AuditEvent.ON_CALL_REMOVED, duty.division_code, duty.staff_id, by)


def find(session: Session, duty_id: str) -> Duty | None:
    """Return one duty."""
    row = session.get(OnCallDuty, duty_id)
    return next(iter(_duties(session, [row])), None) if row else None


def list_for(session: Session, division_code: str) -> list[Duty]:
    """Return whom to call for a terminal in *division_code*, in order, nobody twice."""
    rows = [row for row in _all(session) if covers(row.division_code, division_code)]
    rows.sort(key=lambda row: (-_depth(row.division_code), row.rank, row.id))
    first: dict[str, OnCallDuty] = {}
    for row in rows:
        first.setdefault(row.staff_id, row)
    return _duties(session, first.values())


def within(session: Session, division_code: str) -> list[Duty]:
    """Return every duty on the lists within *division_code*."""
    return _duties(
        session, [row for row in _all(session) if covers(division_code, row.division_code)]
    )


def phone_of(session: Session, duty_id: str) -> str | None:
    """Return the number to call, in clear; None for a duty that ended meanwhile."""
    row = session.get(OnCallDuty, duty_id)
    if row is None:
        return None
    return keyring_of(session).open(
        row.phone_sealed, table="on_call_duty", column="phone", row=row.id
    )


def masked_phone_of(session: Session, duty_id: str) -> str:
    """Return the number as a list shows it: enough to see that it is the right one."""
    return mask_phone(phone_of(session, duty_id) or "")


def _all(session: Session) -> list[OnCallDuty]:
    order = (OnCallDuty.division_code, OnCallDuty.rank, OnCallDuty.id)
    return list(session.scalars(select(OnCallDuty).order_by(*order)))


def _duties(session: Session, rows: Iterable[OnCallDuty]) -> list[Duty]:
    chosen = list(rows)
    people = colleagues(session, [row.staff_id for row in chosen])
    return [
        Duty(
            id=row.id,
            division_code=row.division_code,
            rank=row.rank,
            staff_id=row.staff_id,
            name=people[row.staff_id].name,
        )
        for row in chosen
        # An account that was closed answers no call.
        if people[row.staff_id].active
    ]


def _depth(division_code: str) -> int:
    return len(division_code.rstrip("0"))


def _note(
    session: Session, event: AuditEvent, division_code: str, staff_id: str, by: Actor
) -> None:
    note(
        session,
        event,
        actor=by,
        subject=Subject("staff", staff_id),
        facts={"division": division_code},
    )
