"""
Whom a site lets go first (绿色通道, P41): the five groups of the policy, and those the site adds.

    priority_groups(session, site_id)        -> list[PriorityGroup]   what every surface offers
    priority_of(session, site_id, code)      -> Priority | None       what is written down
    add_group(session, site_id, names, by=)  end_group(session, site_id, code, by=)

A booking says of a site's own groups no more than `other`: which one it was serves nobody later.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bookings.life import Priority
from kiosk_server.bookings.models import SitePriority
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id

LANGUAGES = ("zh", "ug", "en")
LONGEST_NAME = 30
MOST_GROUPS = 12
Names = Mapping[str, str]
_OF_POLICY: Mapping[Priority, Names] = {
    Priority.SOLDIER: {"zh": "军人", "ug": "ھەربىي", "en": "Soldiers"},
    Priority.RESCUE: {
        "zh": "消防救援人员",
        "ug": "ئوت ئۆچۈرۈش-قۇتقۇزۇش خادىمى",
        "en": "Rescue staff",
    },
    Priority.MEDICAL: {"zh": "医务人员", "ug": "داۋالاش خادىمى", "en": "Medical staff"},
    Priority.ELDERLY: {"zh": "老年人", "ug": "ياشانغانلار", "en": "Older people"},
    Priority.DISABLED: {"zh": "残疾人", "ug": "مېيىپلار", "en": "Disabled people"},
}


@dataclass(frozen=True)
class PriorityGroup:
    """One group: *code* is what a form sends, *priority* what a booking says."""

    code: str
    priority: Priority
    names: Names


def priority_groups(session: Session, site_id: str) -> list[PriorityGroup]:
    """Return whom *site_id* lets go first: those of the policy, then its own as they were added."""
    of_policy = [PriorityGroup(each.value, each, names) for each, names in _OF_POLICY.items()]
    wanted = select(SitePriority).where(
        SitePriority.site_id == site_id, SitePriority.ended_at.is_(None)
    )
    own = [
        PriorityGroup(row.id, Priority.OTHER, row.names)
        for row in session.scalars(wanted.order_by(SitePriority.id))
    ]
    return of_policy + own


def priority_of(session: Session, site_id: str, code: str) -> Priority | None:
    """Return what a booking says of the group called *code*; None for one that is not there."""
    found = (each for each in priority_groups(session, site_id) if each.code == code)
    return next((each.priority for each in found), None)


def add_group(session: Session, site_id: str, names: Names, *, by: Actor) -> SitePriority:
    """Let one more group go first; `Invalid("priority_invalid")` names what is missing."""
    told = {language: " ".join(names.get(language, "").split()) for language in LANGUAGES}
    faults = [
        FieldFault(language, "name_missing")
        for language, name in told.items()
        if not 1 <= len(name) <= LONGEST_NAME
    ]
    standing = priority_groups(session, site_id)
    if any(each.names["zh"] == told["zh"] for each in standing):
        faults.append(FieldFault("zh", "name_taken"))
    count = select(func.count()).where(
        SitePriority.site_id == site_id, SitePriority.ended_at.is_(None)
    )
    if (session.scalar(count) or 0) >= MOST_GROUPS:
        faults.append(FieldFault("zh", "groups_enough"))
    if faults:
        raise Invalid("priority_invalid", fields=faults)
    row = SitePriority(id=new_id(), site_id=site_id, names=told, entered_at=clock.now())
    session.add(row)
    session.flush()
    _note(session, AuditEvent.SITE_PRIORITY_SET, row, by)
    return row


def end_group(session: Session, site_id: str, code: str, *, by: Actor) -> None:
    """Let a site's own group go first no longer; `NotFound("priority_not_found")`."""
    row = session.get(SitePriority, code, with_for_update=True)
    if row is None or row.site_id != site_id or row.ended_at is not None:
        raise NotFound("priority_not_found")
    row.ended_at = clock.now()
    session.flush()
    _note(session, AuditEvent.SITE_PRIORITY_ENDED, row, by)


def _note(session: Session, event: AuditEvent, row: SitePriority, by: Actor) -> None:
    facts = {"group": row.id}
    note(session, event, actor=by, subject=Subject("site", row.site_id), facts=facts)
