"""
The right to a second print (打印码、重打): eight digits, 24 hours, any terminal, the same card.

    grant(session, job_id)               -> Granted(code, expires_at): the code is told once
    redeem(session, visit, code)         -> ReprintFound | ReprintCodeWrong | ReprintLocked | Ended
    right_of_visit(session, visit)       -> ReprintRight, once the same person's card was read
    use(session, right, visit, document) -> PrintJob, marked 重打
    use_in_visit(session, job_id)        -> ReprintRight for printing again at once, without a code

The code alone prints nothing. Refusals are values, so that counts and audit rows commit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound, Refused, TooMany
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.core.limits import attempts, count_attempt
from kiosk_server.printing import rules, services
from kiosk_server.printing.models import JobKind, JobState, PrintJob, ReprintRight
from kiosk_server.printing.services import Document
from kiosk_server.visits import services as visits
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import EndReason, Visit

_MOST_AT_TERMINAL = 30
_BY_TERMINAL = "reprint_terminal"


@dataclass(frozen=True)
class Granted:
    """A right, and its code: told once, kept as a keyed digest."""

    right_id: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class ReprintFound:
    """The code is right; the visit now asks for the same person's card."""

    right_id: str


@dataclass(frozen=True)
class ReprintCodeWrong:
    """No standing right has this code; the visit ends when no try is left."""

    tries_left: int


@dataclass(frozen=True)
class ReprintLocked:
    """Too many wrong codes at this terminal."""

    retry_after_seconds: int


@dataclass(frozen=True)
class ReprintVisitEnded:
    """Five wrong codes: the visit is over."""


RedeemOutcome = ReprintFound | ReprintCodeWrong | ReprintLocked | ReprintVisitEnded


def grant(session: Session, job_id: str) -> Granted:
    """
    Give the right to a second print of *job_id*; asked again, a new code replaces the old one.

    A job that hangs in trouble is taken back. Raises `Refused("reprint_not_open")` where the first
    print is on its way or came out, and where the right was used.
    """
    job, right = right_for(session, job_id)
    code = _free_code(session)
    right.code_mac = _mac(session, code)
    right.expires_at = clock.now() + rules.REPRINT_LIFE
    visit = session.get_one(Visit, job.visit_id)
    note(
        session,
        AuditEvent.REPRINT_GRANTED,
        actor=resident_at(visit),
        subject=Subject("print_job", job.id),
        facts={"right": right.id},
    )
    session.flush()
    return Granted(right.id, code, right.expires_at)


def redeem(session: Session, visit: Visit, code: str) -> RedeemOutcome:
    """
    Look for the right behind a typed code and let the visit ask for its holder's card.

    A terminal at which too many wrong codes were typed takes none, right ones included: an answer
    would still tell a guesser which is which. Any other terminal takes the right one.
    """
    hour = timedelta(hours=1)
    try:
        if attempts(session, _BY_TERMINAL, visit.terminal_id) < _MOST_AT_TERMINAL:
            right = _standing(session, code)
            if right is not None:
                visits.expect_resident(
                    session, visit, resident_id=right.resident_id, reprint_right_id=right.id
                )
                return ReprintFound(right.id)
        count_attempt(
            session, _BY_TERMINAL, visit.terminal_id, limit=_MOST_AT_TERMINAL, window=hour
        )
        left = count_attempt(
            session, "reprint_visit", visit.id, limit=rules.MOST_WRONG_CODES, window=hour
        )
    except TooMany as refusal:
        _note_refusal(session, visit, refusal.code)
        return ReprintLocked(refusal.retry_after_seconds)
    _note_refusal(session, visit, "reprint_code_wrong")
    if left == 0:
        visits.end(session, visit, reason=EndReason.CODES)
        return ReprintVisitEnded()
    return ReprintCodeWrong(left)


def right_of_visit(session: Session, visit: Visit) -> ReprintRight:
    """
    Return the right that this visit came for, held for use.

    Raises `Refused("card_first")` before the holder's own card was read, `"reprint_used"` and
    `"reprint_expired"` for a right that no longer stands.
    """
    if visit.reprint_right_id is None:
        raise NotFound("reprint_not_found")
    right = session.get_one(ReprintRight, visit.reprint_right_id, with_for_update=True)
    if visit.resident_id != right.resident_id:
        raise Refused("card_first")
    _refuse_fallen(right)
    return right


def case_of_visit(session: Session, visit: Visit) -> str | None:
    """Return the case whose paper this visit came for; None where it came for none."""
    right = session.get(ReprintRight, visit.reprint_right_id) if visit.reprint_right_id else None
    return right.case_id if right is not None else None


def use_in_visit(session: Session, visit: Visit, job_id: str) -> ReprintRight:
    """Return the right to print *job_id* of this same visit again at once, without a code."""
    job, right = right_for(session, job_id)
    if job.visit_id != visit.id or visit.resident_id != right.resident_id:
        raise Refused("card_first")
    return right


def use(session: Session, right: ReprintRight, visit: Visit, document: Document) -> PrintJob:
    """Use up *right* and ask for the second print; two at once get one."""
    _refuse_fallen(right)
    failed = session.get_one(PrintJob, right.job_id) if right.job_id else None
    used = session.execute(
        update(ReprintRight)
        .where(ReprintRight.id == right.id, ReprintRight.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if cast("CursorResult[object]", used).rowcount != 1:
        raise Refused("reprint_used")
    job = services.request(
        session,
        visit,
        document,
        kind=JobKind.A4,
        case_id=right.case_id,
        certificate_id=failed.certificate_id if failed else None,
        reprint=True,
    )
    right.used_job_id = job.id
    note(
        session,
        AuditEvent.REPRINT_USED,
        actor=resident_at(visit),
        subject=Subject("print_job", job.id),
        facts={"right": right.id, "first_job": right.job_id},
    )
    session.flush()
    return job


def right_for(session: Session, job_id: str) -> tuple[PrintJob, ReprintRight]:
    """Return a print that failed and the right that it leaves, both held; raises as `grant`."""
    job = session.get(PrintJob, job_id, with_for_update=True)
    if job is None:
        raise NotFound("print_job_not_found")
    state = JobState(job.state)
    open_ = rules.may_print_again(
        JobKind(job.kind), state, trouble=job.trouble, came_out=job.came_out
    )
    visit = session.get_one(Visit, job.visit_id)
    if not open_ or job.case_id is None or visit.resident_id is None:
        raise Refused("reprint_not_open")
    if state in rules.OPEN:
        services.cancel(session, job.id)
    right = session.scalars(
        select(ReprintRight).where(ReprintRight.job_id == job.id).with_for_update()
    ).one_or_none()
    if right is None:
        now = clock.now()
        right = ReprintRight(
            id=new_id(),
            job_id=job.id,
            case_id=job.case_id,
            resident_id=visit.resident_id,
            granted_at=now,
            expires_at=now + rules.REPRINT_LIFE,
        )
        session.add(right)
        session.flush()
    if right.used_at is not None:
        raise Refused("reprint_used")
    return job, right


def _standing(session: Session, code: str) -> ReprintRight | None:
    digits = rules.reading_code(code)
    if digits is None:
        return None
    wanted = select(ReprintRight).where(
        ReprintRight.code_mac == _mac(session, digits),
        ReprintRight.used_at.is_(None),
        ReprintRight.expires_at > clock.now(),
    )
    return session.scalars(wanted).first()


def _free_code(session: Session) -> str:
    while True:
        code = new_code(rules.REPRINT_DIGITS)
        if _standing(session, code) is None:
            return code


def _mac(session: Session, digits: str) -> str:
    return keyring_of(session).mac(digits.encode(), purpose="print.reprint_code").hex()


def _refuse_fallen(right: ReprintRight) -> None:
    if right.used_at is not None:
        raise Refused("reprint_used")
    if right.expires_at <= clock.now():
        raise Refused("reprint_expired")


def _note_refusal(session: Session, visit: Visit, code: str) -> None:
    note(session, AuditEvent.REPRINT_REFUSED, actor=resident_at(visit), facts={"code": code})
