"""
What is suggested to a resident, and why; each reason can be switched off.

    suggestions_for(session, resident_id)              -> list[TagSeen]     empty without consent
    switch(session, resident_id, tag, on=, *, by)
    forget_switches(session, resident_id)              -> int

Nothing is kept but what was switched off: suggestions are reckoned as they are looked at, from the
wallet and the cases of the one who looks.
"""

from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.cases.models import Case, Outcome
from kiosk_server.cases.own import cases_of
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.rights import RightKind, rights_of
from kiosk_server.certificates.wallet import wallet_of
from kiosk_server.core import clock
from kiosk_server.residents.consents import Purpose, stands
from kiosk_server.residents.models import Resident
from kiosk_server.suggestions.models import TagSwitch
from kiosk_server.suggestions.rules import (
    Known,
    KnownCase,
    KnownCertificate,
    Suggestion,
    Tag,
    tags_of,
)


@dataclass(frozen=True)
class TagSeen:
    """One reason with what it suggests; nothing where its resident switched it off."""

    tag: Tag
    on: bool
    suggestions: tuple[Suggestion, ...]


def suggestions_for(session: Session, resident_id: str) -> list[TagSeen]:
    """Return what may be due for one resident, reason by reason; nothing without his consent."""
    if not stands(session, resident_id, Purpose.SUGGESTIONS):
        return []
    off = _switched_off(session, resident_id)
    return [
        TagSeen(tag, tag not in off, () if tag in off else tuple(made))
        for tag, made in tags_of(_known(session, resident_id)).items()
    ]


def switch(session: Session, resident_id: str, tag: Tag, *, on: bool, by: Actor) -> None:
    """Let a reason suggest again, or nothing more."""
    session.get_one(Resident, resident_id, with_for_update=True)
    row = session.get(TagSwitch, (resident_id, tag.value))
    if on and row is not None:
        session.delete(row)
    elif not on and row is None:
        session.add(TagSwitch(resident_id=resident_id, tag=tag.value, off_at=clock.now()))
    else:
        return
    session.flush()
    facts = {"tag": tag.value, "on": on}
    subject = Subject("resident", resident_id)
    note(session, AuditEvent.TAG_SWITCHED, actor=by, subject=subject, facts=facts)


def forget_switches(session: Session, resident_id: str) -> int:
    """Delete what a resident switched off, as he asks or takes his consent back."""
    result = session.execute(delete(TagSwitch).where(TagSwitch.resident_id == resident_id))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _switched_off(session: Session, resident_id: str) -> set[Tag]:
    mine = select(TagSwitch.tag).where(TagSwitch.resident_id == resident_id)
    return {Tag(each) for each in session.scalars(mine)}


def _known(session: Session, resident_id: str) -> Known:
    kinds = [each.kind for each in rights_of(session, resident_id)]
    wallet = wallet_of(session, person(resident_id))
    return Known(
        today=clock.beijing_today(),
        certificates=[
            KnownCertificate(
                each.id,
                each.type.id,
                each.days_left,
                genuine=each.verdict.genuine,
                issued_here=not each.from_platform,
            )
            for entry in wallet.entries
            for each in entry.certificates
        ],
        cases=[_case(each) for each in cases_of(session, resident_id)],
        children=kinds.count(RightKind.GUARDIAN),
        firms=kinds.count(RightKind.AGENT),
    )


def _case(case: Case) -> KnownCase:
    decided = case.decided_at
    return KnownCase(
        case.id,
        case.outcome == Outcome.REFUSED,
        clock.to_beijing(decided).date() if decided else None,
    )
