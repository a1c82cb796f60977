"""
What an administrator reads of organisations that verify.

    organisations(session, state=, after=)   rows of the list, those that wait for a decision first
    count_waiting(session)
    organisation_view(session, id)           one organisation with all that it was given
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.partners.models import (
    PartnerCredential,
    PartnerDevice,
    PartnerInvitation,
    PartnerMember,
    PartnerOrganisation,
)
from kiosk_server.partners.organisations import Contact, contact_of
from kiosk_server.partners.people import name_of
from kiosk_server.partners.quotas import used_today
from kiosk_server.partners.rules import (
    ORGANISATION_LIFE,
    OrganisationState,
    OrganisationVerb,
    unpacked,
)
from kiosk_server.partners.signs import SignView, signs_of

PAGE = 50


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation in the list."""

    id: str
    name: str
    code: str
    kind: str
    state: OrganisationState
    applied_at: datetime
    scenes: frozenset[str]
    """What was granted; what it asks for while nothing is decided."""


@dataclass(frozen=True)
class MemberView:
    """One person: whether he has chosen a password, whether a link of his still serves."""

    id: str
    login: str
    name: str = field(repr=False)
    joined_at: datetime | None
    link_until: datetime | None
    revoked: bool
    used_today: int


@dataclass(frozen=True)
class DeviceView:
    """One bound device."""

    id: str
    name: str
    bound_at: datetime
    last_seen_at: datetime
    revoked: bool


@dataclass(frozen=True)
class CredentialView:
    """One program's credential, with the looks of its running day."""

    id: str
    name: str
    scenes: frozenset[str]
    per_minute: int
    per_day: int
    used_today: int
    secret_made_at: datetime
    last_used_at: datetime | None
    revoked: bool


@dataclass(frozen=True)
class OrganisationView:
    """One organisation as its page shows it."""

    row: OrganisationRow
    wanted: frozenset[str]
    granted: frozenset[str]
    purpose: str
    contact: Contact | None = field(repr=False)
    moved_at: datetime
    moved_by: str | None
    reason: str
    verbs: frozenset[OrganisationVerb]
    members: tuple[MemberView, ...]
    devices: tuple[DeviceView, ...]
    credentials: tuple[CredentialView, ...]
    signs: tuple[SignView, ...]

    @property
    def looks_today(self) -> int:
        """How often its people and programs have looked in their running days."""
        programs = sum(each.used_today for each in self.credentials)
        return programs + sum(each.used_today for each in self.members)


def organisations(
    session: Session, *, state: OrganisationState | None = None, after: str | None = None
) -> list[OrganisationRow]:
    """Return a page of organisations; of one *state* the newest first, from those before *after*.

    Without a state those that wait for a decision come first, and *after* is not looked at.
    """
    table = PartnerOrganisation
    wanted = select(table)
    if state is not None:
        wanted = wanted.where(table.state == state.value)
        if after is not None:
            wanted = wanted.where(table.id < after)
    waiting_first = case((table.state == OrganisationState.APPLIED.value, 0), else_=1)
    order = (table.id.desc(),) if state is not None else (waiting_first, table.id.desc())
    return [_row(each) for each in session.scalars(wanted.order_by(*order).limit(PAGE))]


def count_waiting(session: Session) -> int:
    """Return how many applications wait for a decision."""
    waiting = PartnerOrganisation.state == OrganisationState.APPLIED.value
    return session.scalar(select(func.count()).select_from(PartnerOrganisation).where(waiting)) or 0


def organisation_view(session: Session, organisation_id: str) -> OrganisationView:
    """Return one organisation, whom to call in clear; `NotFound("partner_not_found")`."""
    found = session.get(PartnerOrganisation, organisation_id)
    if found is None:
        raise NotFound("partner_not_found")
    return OrganisationView(
        row=_row(found),
        wanted=unpacked(found.wanted_scenes),
        granted=unpacked(found.scenes),
        purpose=found.purpose,
        contact=contact_of(session, found),
        moved_at=found.moved_at,
        moved_by=found.moved_by,
        reason=found.reason,
        verbs=ORGANISATION_LIFE.open_verbs(OrganisationState(found.state)),
        members=_members(session, found.id),
        devices=_devices(session, found.id),
        credentials=_credentials(session, found.id),
        signs=tuple(signs_of(session, found.id)),
    )


def _row(found: PartnerOrganisation) -> OrganisationRow:
    state = OrganisationState(found.state)
    shown = found.wanted_scenes if state is OrganisationState.APPLIED else found.scenes
    return OrganisationRow(
        found.id, found.name, found.code, found.kind, state, found.applied_at, unpacked(shown)
    )


def _members(session: Session, organisation_id: str) -> tuple[MemberView, ...]:
    links = {
        row.member_id: row.ends_at
        for row in session.scalars(
            select(PartnerInvitation).where(
                PartnerInvitation.organisation_id == organisation_id,
                PartnerInvitation.used_at.is_(None),
                PartnerInvitation.ends_at > clock.now(),
            )
        )
    }
    own = select(PartnerMember).where(PartnerMember.organisation_id == organisation_id)
    return tuple(
        MemberView(
            each.id,
            each.login,
            name_of(session, each),
            each.joined_at,
            links.get(each.id),
            each.revoked_at is not None,
            used_today(session, each.id),
        )
        for each in session.scalars(own.order_by(PartnerMember.id))
    )


def _devices(session: Session, organisation_id: str) -> tuple[DeviceView, ...]:
    own = select(PartnerDevice).where(PartnerDevice.organisation_id == organisation_id)
    return tuple(
        DeviceView(
            each.id, each.name, each.bound_at, each.last_seen_at, each.revoked_at is not None
        )
        for each in session.scalars(own.order_by(PartnerDevice.id))
    )


def _credentials(session: Session, organisation_id: str) -> tuple[CredentialView, ...]:
    own = select(PartnerCredential).where(PartnerCredential.organisation_id == organisation_id)
    return tuple(
        CredentialView(
            each.id,
            each.name,
            unpacked(each.scenes),
            each.per_minute,
            each.per_day,
            used_today(session, each.id),
            each.secret_made_at,
            each.last_used_at,
            each.revoked_at is not None,
        )
        for each in session.scalars(own.order_by(PartnerCredential.id))
    )
