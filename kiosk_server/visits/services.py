"""
The life of a visit: start, stay, choose, consent, state a purpose, end.

    start(session, terminal_id=, site_id=, language=, …)     -> Started(visit, secret)
    resume(session, terminal_id=, secret=, touch=True)       -> Visit | VisitOver(reason)
    dress(session, visit, language=, size=, theme=, reach=)
    extend(session, visit)                                   five more minutes, ten times
    choose_item(session, visit, code)                        -> PublishedItem
    consent(session, visit, text_version=)
    state_purpose(session, visit, purpose=, promised=)
    end(session, visit, reason=)

Cards are asked for and taken in `card_reads`, second proofs in `presence`; `take_card_read` is
offered here too, since the terminal's door calls it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Assurance, Handling
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, Refused
from kiosk_server.core.identifiers import digest, new_id, new_mark, new_token
from kiosk_server.outbox.services import emit
from kiosk_server.terminals.queries import heard_of
from kiosk_server.visits import rules
from kiosk_server.visits.actors import resident_at, terminal_actor
from kiosk_server.visits.card_reads import (
    CardReading,
    CardReadRefused,
    CardReadTaken,
    ask_for_card,
    take_card_read,
)
from kiosk_server.visits.drafts import put_draft
from kiosk_server.visits.models import Consent, EndReason, PhoneCode, Visit, VisitState
from kiosk_server.visits.open_requests import close_requests
from kiosk_server.visits.pass_ends import forget_place

__all__ = [
    "CardReadRefused",
    "CardReadTaken",
    "CardReading",
    "Started",
    "VisitOver",
    "ask_for_card",
    "choose_item",
    "consent",
    "dress",
    "end",
    "end_overdue",
    "expect_resident",
    "extend",
    "resume",
    "start",
    "state_purpose",
    "take_card_read",
]

VISIT_ENDED = "visit.ended"
"""Outbox topic: `{"visit": id}`."""


@dataclass(frozen=True)
class Started:
    """A new visit, and the secret that the browser's cookie holds: it is told once."""

    visit: Visit
    secret: str


@dataclass(frozen=True)
class VisitOver:
    """There is no visit going on behind this secret; `reason` is None where there never was."""

    reason: EndReason | None


def start(
    session: Session,
    *,
    terminal_id: str,
    site_id: str,
    language: str,
    size: str = "m",
    theme: str = "light",
    reach: str = "standard",
) -> Started:
    """Begin a visit at a terminal. One that was still going on there is ended: one at a time."""
    _refuse_unknown(language=language, size=size, theme=theme, reach=reach)
    going_on = select(Visit).where(
        Visit.terminal_id == terminal_id, Visit.state == VisitState.ACTIVE
    )
    for left_behind in session.scalars(going_on.with_for_update()).all():
        end(session, left_behind, reason=EndReason.SUPERSEDED)
    now, secret = clock.now(), new_token()
    visit = Visit(
        id=new_id(),
        terminal_id=terminal_id,
        site_id=site_id,
        session_digest=digest(secret),
        language=language,
        size=size,
        theme=theme,
        reach=reach,
        state=VisitState.ACTIVE,
        started_at=now,
        last_seen_at=now,
        ends_at=now + rules.HARD_LIMIT,
        extensions=0,
        assurance=Assurance.NONE,
        mark=new_mark(),
    )
    session.add(visit)
    note(session, AuditEvent.VISIT_STARTED, actor=resident_at(visit))
    session.flush()
    return Started(visit, secret)


def resume(
    session: Session,
    *,
    terminal_id: str,
    secret: str,
    touch: bool = True,
    touched_at: datetime | None = None,
) -> Visit | VisitOver:
    """
    Return the visit behind a cookie, held for this unit of work, or say that it is over.

    *touch* counts as a sign of life, which a page's polling is not; *touched_at* is when the
    terminal saw one behind a dead line. A visit whose time ran out is ended here. A secret shown
    at another terminal is audited.
    """
    wanted = select(Visit).where(Visit.session_digest == digest(secret)).with_for_update()
    visit = session.scalars(wanted).one_or_none()
    if visit is None:
        return VisitOver(None)
    if visit.terminal_id != terminal_id:
        note(
            session,
            AuditEvent.VISIT_REFUSED,
            actor=terminal_actor(terminal_id),
            subject=Subject("visit", visit.id),
            facts={"code": "wrong_terminal"},
        )
        return VisitOver(None)
    if touched_at is not None:
        visit.last_seen_at = rules.last_touch(
            watch_of(visit), seen_at=visit.last_seen_at, touched_at=touched_at, now=clock.now()
        )
    reason = rules.over_at(watch_of(visit), clock.now())
    if reason is not None:
        end(session, visit, reason=reason)
        return VisitOver(reason)
    if touch:
        visit.last_seen_at = clock.now()
        session.flush()
    return visit


def watch_of(visit: Visit) -> rules.Watch:
    """Return when *visit* warns and ends."""
    return rules.watch(
        size=visit.size,
        last_seen_at=visit.last_seen_at,
        ends_at=visit.ends_at,
        extensions=visit.extensions,
    )


def dress(
    session: Session,
    visit: Visit,
    *,
    language: str | None = None,
    size: str | None = None,
    theme: str | None = None,
    reach: str | None = None,
) -> None:
    """Change language or looks for the rest of this visit."""
    changes = {"language": language, "size": size, "theme": theme, "reach": reach}
    wanted = {name: value for name, value in changes.items() if value is not None}
    _refuse_unknown(**wanted)
    for name, value in wanted.items():
        setattr(visit, name, value)
    session.flush()


def extend(session: Session, visit: Visit) -> None:
    """Give five more minutes, or raise `Refused("no_more_extensions")` after ten times."""
    if not watch_of(visit).can_extend:
        raise Refused("no_more_extensions")
    visit.ends_at += rules.EXTENSION
    visit.extensions += 1
    visit.last_seen_at = clock.now()
    session.flush()


def choose_item(session: Session, visit: Visit, code: str) -> PublishedItem:
    """
    Take up the published version of an item; what was chosen before is forgotten.

    A card that was asked for under another item's notice is not read any more.
    """
    item = catalogue.find(session, code)
    if item.content.handling is None:
        raise Refused("item_not_handled_here", item=code)
    visit.item_version_id = item.version_id
    # Who came with a print code and then chose a service came for the service.
    visit.expected_resident_id = visit.reprint_right_id = visit.draft_sealed = None
    close_requests(session, visit)
    session.flush()
    return item


def consent(session: Session, visit: Visit, *, text_version: str) -> Consent:
    """Record that the person agreed to the reading notice of this very version (P34)."""
    if (
        visit.expected_resident_id is None
        and text_version != handling_of(session, visit).notice.version
    ):
        raise Refused("notice_outdated")
    for_reprint = visit.expected_resident_id is not None
    given = Consent(
        id=new_id(),
        visit_id=visit.id,
        item_version_id=None if for_reprint else visit.item_version_id,
        text_version=text_version,
        language=visit.language,
        at=clock.now(),
    )
    session.add(given)
    note(
        session,
        AuditEvent.CONSENT_GIVEN,
        actor=resident_at(visit),
        subject=Subject("item_version", given.item_version_id or "reprint"),
        facts={"text_version": text_version, "language": visit.language},
    )
    session.flush()
    return given


def state_purpose(session: Session, visit: Visit, *, purpose: str, promised: bool) -> None:
    """Keep what the result is for. `Invalid` names a purpose or a promise that is missing."""
    handling = handling_of(session, visit)
    faults = []
    if purpose not in {known.code for known in handling.purposes}:
        faults.append(FieldFault("purpose", "purpose_missing"))
    if handling.promise is not None and not promised:
        faults.append(FieldFault("promise", "promise_missing"))
    if faults:
        raise Invalid("purpose_incomplete", fields=faults)
    promise = handling.promise.version if handling.promise else None
    put_draft(session, visit, purpose=purpose, promise_version=promise)


def expect_resident(
    session: Session, visit: Visit, *, resident_id: str, reprint_right_id: str
) -> None:
    """
    Take only this person's card from now on: the visit came for a reprint.

    A visit is one person's: `Refused("not_this_card")` where another's card was read in it.
    """
    if visit.resident_id not in (None, resident_id):
        raise Refused("not_this_card")
    visit.expected_resident_id, visit.reprint_right_id = resident_id, reprint_right_id
    close_requests(session, visit)
    session.flush()


def end(session: Session, visit: Visit, *, reason: EndReason) -> None:
    """End a visit: the cookie's secret is worthless, what was typed is wiped (P52)."""
    if visit.state == VisitState.ENDED:
        return
    visit.state, visit.end_reason, visit.ended_at = VisitState.ENDED, reason, clock.now()
    visit.session_digest = visit.draft_sealed = visit.mark = None
    session.execute(delete(PhoneCode).where(PhoneCode.visit_id == visit.id))
    close_requests(session, visit)
    forget_place(session, visit)
    note(session, AuditEvent.VISIT_ENDED, actor=resident_at(visit), facts={"reason": reason.value})
    emit(session, VISIT_ENDED, {"visit": visit.id}, dedup=f"{VISIT_ENDED}:{visit.id}")


def end_overdue(session: Session) -> int:
    """End every visit whose time ran out while no page asked; return how many."""
    going_on = select(Visit).where(Visit.state == VisitState.ACTIVE)
    ended, now = 0, clock.now()
    for visit in session.scalars(going_on.with_for_update(skip_locked=True)).all():
        watched, heard_at = watch_of(visit), heard_of(session, visit.terminal_id)
        reason = rules.over_at(watched, now)
        if reason is EndReason.IDLE and rules.waits_for_line(watched, heard_at=heard_at, now=now):
            continue
        if reason is not None:
            end(session, visit, reason=reason)
            ended += 1
    return ended


def handling_of(session: Session, visit: Visit) -> Handling:
    """Return how the chosen item is handled, or raise `Refused("item_missing")`."""
    if visit.item_version_id is None:
        raise Refused("item_missing")
    handling = catalogue.version(session, visit.item_version_id).content.handling
    if handling is None:
        raise Refused("item_not_handled_here")
    return handling


def _refuse_unknown(**chosen: str) -> None:
    known = {
        "language": rules.LANGUAGES,
        "size": rules.SIZES,
        "theme": rules.THEMES,
        "reach": rules.REACHES,
    }
    faults = [
        FieldFault(name, "choice_unknown")
        for name, value in chosen.items()
        if value not in known[name]
    ]
    if faults:
        raise Invalid("looks_unknown", fields=faults)
