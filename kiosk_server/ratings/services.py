"""
Rate a case or pass: both are one touch, and neither is asked for twice (P40).

    rate(session, case_id=, level=, tags=, text=, channel=)  -> Rating
    skip(session, case_id)

A rating is never changed or deleted: there is no service for it. It bears no resident, no visit
and no terminal; its text is sealed.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.cases.models import Case, CaseState
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.ratings import rules
from kiosk_server.ratings.models import FollowUp, Rating, RatingSkip


class Channel(StrEnum):
    """Where a rating was given."""

    KIOSK = "kiosk"
    QR = "qr"
    MOBILE = "mobile"


_RATABLE = (CaseState.DECIDED, CaseState.COMPLETED)


def rate(
    session: Session,
    *,
    case_id: str,
    level: int,
    tags: Sequence[str] = (),
    text: str = "",
    channel: Channel = Channel.KIOSK,
) -> Rating:
    """
    Keep the resident's own rating of a decided case.

    `Invalid` names every fault; `Conflict("already_rated")` where one stands, which is not changed.
    A bad rating opens a follow-up with a day by which it is answered.
    """
    faults = rules.rating_faults(level, tags, text)
    if faults:
        raise Invalid("rating_invalid", fields=faults)
    _ratable(session, case_id)
    if is_rated(session, case_id):
        raise Conflict("already_rated")
    row = new_id()
    sealed = keyring_of(session).seal(text.strip(), table="rating", column="text", row=row)
    rating = Rating(
        id=row,
        case_id=case_id,
        level=level,
        tags=sorted(tags),
        text_sealed=sealed if text.strip() else None,
        channel=channel,
        source="active",
        at=clock.now(),
    )
    session.add(rating)
    session.flush()
    if level in rules.BAD:
        today = clock.beijing_today()
        session.add(
            FollowUp(
                id=new_id(),
                rating_id=rating.id,
                opened_at=clock.now(),
                provisional_due=rules.provisional_due(today),
            )
        )
    # The actor is not named: the audit must not tell staff who rated.
    note(
        session,
        AuditEvent.RATING_GIVEN,
        actor=SYSTEM,
        subject=Subject("rating", rating.id),
        facts={"level": level, "channel": channel.value},
    )
    session.flush()
    return rating


def skip(session: Session, case_id: str) -> None:
    """Keep that the resident does not want to rate; skipping twice is skipping."""
    _ratable(session, case_id)
    if session.get(RatingSkip, case_id) is None:
        session.add(RatingSkip(case_id=case_id, at=clock.now()))
        session.flush()


def is_rated(session: Session, case_id: str) -> bool:
    """Return whether a rating of this case stands."""
    return session.scalar(select(Rating.id).where(Rating.case_id == case_id)) is not None


def may_ask(session: Session, case_id: str) -> bool:
    """Return whether the resident may still be asked: neither rated nor skipped."""
    return not is_rated(session, case_id) and session.get(RatingSkip, case_id) is None


def _ratable(session: Session, case_id: str) -> Case:
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound("case_not_found")
    if case.state not in _RATABLE:
        raise WrongState(state=case.state, verb="rate")
    return case
