"""
Organisations that verify (核验单位): they apply, an administrator decides.

    apply(session, application, offered)            anybody
    decide(session, organisation_id, verb, by=…)     approve, refuse, suspend, resume, close
    set_scenes(session, organisation_id, scenes, offered, by=…)
    forget_contacts(session)                         a chore

Which scenes there are, the caller says (`offered`): this room knows them as words.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.organisation_codes import is_unified_code
from kiosk_server.partners.models import PartnerOrganisation
from kiosk_server.partners.rules import (
    CONTACT_KEPT,
    ORGANISATION_LIFE,
    OrganisationKind,
    OrganisationState,
    OrganisationVerb,
    packed,
    unknown_scenes,
)

LONGEST_NAME, LONGEST_PERSON, LONGEST_PHONE, LONGEST_WORDS = 60, 40, 20, 200
_APPLICANT = Actor(kind="unknown", id="applicant")
_NEEDS_REASON = (OrganisationVerb.REFUSE, OrganisationVerb.SUSPEND)


@dataclass(frozen=True)
class Contact:
    """Whom to call at an organisation."""

    person: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Application:
    """What an organisation says of itself; `code` is its 统一社会信用代码."""

    name: str
    code: str
    kind: str
    purpose: str
    contact: Contact
    scenes: tuple[str, ...]


def apply(session: Session, application: Application, offered: Collection[str]) -> bool:
    """Enter an application; False where one of this organisation stands already.

    Raises `Invalid` naming every faulty field. The caller tells both answers alike: who verifies
    here is not told to strangers.
    """
    faults = _faults(application, offered)
    if faults:
        raise Invalid(fields=faults)
    row, now = new_id(), clock.now()
    contact = {"person": application.contact.person, "phone": application.contact.phone}
    entered = PartnerOrganisation(
        id=row,
        name=application.name,
        code=application.code,
        kind=application.kind,
        purpose=application.purpose,
        contact_sealed=keyring_of(session).seal(
            json.dumps(contact), table="partner_organisation", column="contact", row=row
        ),
        wanted_scenes=packed(application.scenes),
        state=OrganisationState.APPLIED.value,
        applied_at=now,
        moved_at=now,
    )
    try:
        with session.begin_nested():
            session.add(entered)
    except IntegrityError:
        return False
    subject = Subject("partner", row)
    note(session, AuditEvent.PARTNER_APPLIED, actor=_APPLICANT, subject=subject)
    return True


def decide(
    session: Session, organisation_id: str, verb: OrganisationVerb, *, by: Actor, reason: str = ""
) -> None:
    """Move an organisation along its life; a refusal and a suspension need a reason in words.

    Raises `NotFound`, `WrongState`, `Invalid("reason_missing")`, and `Conflict("no_scene_granted")`
    for an approval before any scene was granted.
    """
    found = _held(session, organisation_id)
    after = ORGANISATION_LIFE.after(OrganisationState(found.state), verb)
    if verb in _NEEDS_REASON and not 0 < len(reason.strip()) <= LONGEST_WORDS:
        raise Invalid("reason_missing", fields=[FieldFault("reason", "reason_missing")])
    if after is OrganisationState.APPROVED and not found.scenes:
        raise Conflict("no_scene_granted")
    found.state, found.moved_at, found.moved_by = after.value, clock.now(), by.id
    found.reason = reason.strip() if verb in _NEEDS_REASON else ""
    _note(session, found, AuditEvent.PARTNER_MOVED, by, {"state": found.state})


def set_scenes(
    session: Session,
    organisation_id: str,
    scenes: Collection[str],
    offered: Collection[str],
    *,
    by: Actor,
) -> None:
    """Grant exactly these scenes; what is taken away ends for its people and programs at once.

    Raises `NotFound`, `Invalid("scene_unknown")`.
    """
    found = _held(session, organisation_id)
    if unknown_scenes(scenes, offered):
        raise Invalid("scene_unknown", fields=[FieldFault("scenes", "scene_unknown")])
    found.scenes = packed(scenes)
    _note(session, found, AuditEvent.PARTNER_SCENES_SET, by, {"scenes": found.scenes})


def contact_of(session: Session, organisation: PartnerOrganisation) -> Contact | None:
    """Return whom to call, in clear; None where that is no longer kept."""
    if organisation.contact_sealed is None:
        return None
    told = json.loads(
        keyring_of(session).open(
            organisation.contact_sealed,
            table="partner_organisation",
            column="contact",
            row=organisation.id,
        )
    )
    return Contact(told["person"], told["phone"])


def forget_contacts(session: Session) -> int:
    """Forget whom to call where an organisation ended long ago; return at how many."""
    ended = [state.value for state in ORGANISATION_LIFE.ends()]
    old = select(PartnerOrganisation).where(
        PartnerOrganisation.state.in_(ended),
        PartnerOrganisation.moved_at < _contact_limit(),
        PartnerOrganisation.contact_sealed.is_not(None),
    )
    found = session.scalars(old).all()
    for each in found:
        each.contact_sealed = None
    return len(found)


def approved(session: Session, organisation_id: str) -> PartnerOrganisation | None:
    """Return the organisation if it may look with a name now."""
    found = session.get(PartnerOrganisation, organisation_id)
    stands = found is not None and found.state == OrganisationState.APPROVED.value
    return found if stands else None


def require_approved(session: Session, organisation_id: str) -> PartnerOrganisation:
    """Return the organisation; `NotFound`, or `Conflict("partner_not_approved")`."""
    found = _held(session, organisation_id)
    if found.state != OrganisationState.APPROVED.value:
        raise Conflict("partner_not_approved")
    return found


def _held(session: Session, organisation_id: str) -> PartnerOrganisation:
    found = session.get(PartnerOrganisation, organisation_id, with_for_update=True)
    if found is None:
        raise NotFound("partner_not_found")
    return found


def _faults(application: Application, offered: Collection[str]) -> list[FieldFault]:
    texts = {
        "name": (application.name, LONGEST_NAME),
        "person": (application.contact.person, LONGEST_PERSON),
        "purpose": (application.purpose, LONGEST_WORDS),
    }
    faults = [
        FieldFault(at, "length")
        for at, (text, longest) in texts.items()
        if not 0 < len(text.strip()) <= longest
    ]
    if not is_unified_code(application.code):
        faults.append(FieldFault("code", "not_a_unified_code"))
    phone = application.contact.phone.replace("-", "").removeprefix("+")
    if not (phone.isdecimal() and phone.isascii() and 7 <= len(phone) <= LONGEST_PHONE):
        faults.append(FieldFault("phone", "not_a_phone"))
    if application.kind not in set(OrganisationKind):
        faults.append(FieldFault("kind", "missing"))
    if unknown_scenes(application.scenes, offered):
        faults.append(FieldFault("scenes", "scene_unknown"))
    return faults


def _contact_limit() -> datetime:
    return clock.now() - CONTACT_KEPT


def _note(
    session: Session,
    organisation: PartnerOrganisation,
    event: AuditEvent,
    by: Actor,
    facts: dict[str, FactValue],
) -> None:
    note(session, event, actor=by, subject=Subject("partner", organisation.id), facts=facts)
