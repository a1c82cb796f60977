"""
Who works here, for rooms that name people.

    colleague(session, staff_id) -> Colleague | None
    colleagues(session, staff_ids) -> dict[str, Colleague]
    colleague_called(session, login) -> Colleague | None
    somebody_may(session, right, division_code) -> bool
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.staff.models import StaffMember
from kiosk_server.staff.rules import Holder, Right, may, roles_of


@dataclass(frozen=True)
class Colleague:
    """A member of staff, as others may know him; `active`: his account is not closed."""

    id: str
    login: str
    name: str
    division_code: str
    active: bool


def colleague(session: Session, staff_id: str) -> Colleague | None:
    """Return the member of staff with this id."""
    return colleagues(session, [staff_id]).get(staff_id)


def colleagues(session: Session, staff_ids: Collection[str]) -> dict[str, Colleague]:
    """Return the members of staff with these ids, closed accounts too: the past names people."""
    if not staff_ids:
        return {}
    found = session.scalars(select(StaffMember).where(StaffMember.id.in_(set(staff_ids))))
    return {member.id: _known(member) for member in found}


def colleague_called(session: Session, login: str) -> Colleague | None:
    """Return the member of staff who signs in as *login*."""
    wanted = select(StaffMember).where(StaffMember.login == login.strip().casefold())
    member = session.scalar(wanted)
    return _known(member) if member else None


def somebody_may(session: Session, right: Right, division_code: str) -> bool:
    """Return whether any open account has *right* in the division called *division_code*."""
    members = session.scalars(select(StaffMember).where(StaffMember.disabled_at.is_(None)))
    return any(
        may(
            Holder(member.id, member.name, roles_of(member.roles), member.division_code),
            right,
            division_code,
        )
        for member in members
    )


def _known(member: StaffMember) -> Colleague:
    return Colleague(
        member.id, member.login, member.name, member.division_code, member.disabled_at is None
    )
