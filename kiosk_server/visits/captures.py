"""
Ask one terminal for one document that the person lays down (采集材料), and keep what it signed.

    ask_for_capture(session, visit, purpose=, most_pages=)  -> CaptureAsked(nonce, …)
    take_capture(session, terminal_id, capture)             -> CaptureTaken | CaptureRefused
    hand_over(session, visit, capture_id)                   -> the file's id; a case has it now
    drop_of_visit(session, visit_id), forget_captures(session)

The document goes from the device host to the server and never through the page. It is sealed like
every file and lives until the visit ends or half an hour has gone by, unless a case takes it (P52).
Sent twice under one nonce it is kept once; another one under the same nonce is refused.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.files import services as files
from kiosk_server.visits import rules
from kiosk_server.visits.actors import resident_at, terminal_actor
from kiosk_server.visits.capture_rules import (
    MEDIA_TYPE,
    MOST_PAGES,
    NONCE_LIFE,
    UNCLAIMED_LIFE,
    document_fault,
)
from kiosk_server.visits.models import Capture, CaptureRequest, RequestState, Visit, VisitState
from kiosk_server.visits.services import watch_of

NONCE_BITS = 128
FILE_PURPOSE = "capture"


@dataclass(frozen=True)
class CaptureAsked:
    """What the page hands to the device host: `nonce` is told once."""

    nonce: str
    most_pages: int
    expires_at: datetime


@dataclass(frozen=True)
class CapturedPages:
    """What a terminal says that it took in. The representation shows nothing of it."""

    nonce: str = field(repr=False)
    pdf: bytes = field(repr=False)
    digest: str
    """SHA-256 of the document in hexadecimal, as the terminal made it."""
    pages: int
    terminal: str


@dataclass(frozen=True)
class CaptureTaken:
    """The document is kept, until a case takes it or it is forgotten."""

    capture_id: str


@dataclass(frozen=True)
class CaptureRefused:
    """
    The document was not kept. `code` is one of nonce_unknown, nonce_used, nonce_stale,
    wrong_terminal, visit_over, digest_wrong, document_too_large, document_unreadable,
    too_many_pages.
    """

    code: str


def ask_for_capture(
    session: Session, visit: Visit, *, purpose: str, most_pages: int = MOST_PAGES
) -> CaptureAsked:
    """
    Issue a nonce for one document at this visit's terminal; an earlier one serves no more.

    *purpose* names the material that is wanted, as a word and nothing personal.
    """
    nonce, expires_at = new_token(NONCE_BITS), clock.now() + NONCE_LIFE
    session.execute(
        update(CaptureRequest)
        .where(CaptureRequest.visit_id == visit.id, CaptureRequest.state == RequestState.OPEN)
        .values(state=RequestState.CLOSED)
    )
    asked = CaptureRequest(
        nonce_digest=digest(nonce),
        visit_id=visit.id,
        terminal_id=visit.terminal_id,
        purpose=purpose,
        most_pages=min(most_pages, MOST_PAGES),
        state=RequestState.OPEN,
        expires_at=expires_at,
    )
    session.add(asked)
    session.flush()
    return CaptureAsked(nonce, asked.most_pages, expires_at)


def take_capture(
    session: Session, terminal_id: str, capture: CapturedPages
) -> CaptureTaken | CaptureRefused:
    """Keep a document that the terminal *terminal_id* signed; every refusal is audited."""
    asked = session.get(CaptureRequest, digest(capture.nonce))
    if asked is None:
        return _refuse(session, terminal_id, None, "nonce_unknown")
    # The visit is locked before its requests, as for card reads: no deadlock.
    visit = session.get_one(Visit, asked.visit_id, with_for_update=True)
    session.refresh(asked)
    code = _nonce_fault(asked, visit, terminal_id, capture)
    if code is None and (kept := _kept(session, asked, capture)) is not None:
        return CaptureTaken(kept.id)
    code = code or _document_fault(asked, capture)
    if code is None and not _use_up(session, asked.nonce_digest):
        code = "nonce_used"
    if code is not None:
        return _refuse(session, terminal_id, visit.id, code)
    return _keep(session, asked, visit, capture)


def hand_over(session: Session, visit: Visit, capture_id: str) -> str:
    """
    Give a document of *visit* to the case that takes it, and return its file's id.

    From now on the file lives as long as the case says. Raises `NotFound`.
    """
    capture = session.get(Capture, capture_id, with_for_update=True)
    if capture is None or capture.visit_id != visit.id:
        raise NotFound("capture_not_found")
    file_id = capture.file_id
    session.delete(capture)
    session.flush()
    return file_id


def drop_of_visit(session: Session, visit_id: str) -> int:
    """Forget the documents of a visit that no case has taken; return how many."""
    return _drop(session, Capture.visit_id == visit_id)


def forget_captures(session: Session, *, requests_after: timedelta = timedelta(days=1)) -> int:
    """Forget documents that nobody came for, and requests that lapsed long ago; return how many
    documents that were.
    """
    now = clock.now()
    lapsed = CaptureRequest.expires_at < now - requests_after
    session.execute(delete(CaptureRequest).where(lapsed))
    return _drop(session, Capture.expires_at <= now)


def _nonce_fault(
    asked: CaptureRequest, visit: Visit, terminal_id: str, capture: CapturedPages
) -> str | None:
    # A foreign terminal must not burn the nonce of the one that was asked.
    if terminal_id != asked.terminal_id or capture.terminal != terminal_id:
        return "wrong_terminal"
    now = clock.now()
    if visit.state != VisitState.ACTIVE or rules.over_at(watch_of(visit), now) is not None:
        return "visit_over"
    stale = asked.state == RequestState.CLOSED or asked.expires_at <= now
    return "nonce_stale" if stale else None


def _kept(session: Session, asked: CaptureRequest, capture: CapturedPages) -> Capture | None:
    """The same document, where the terminal never heard that it had been taken."""
    same = select(Capture).where(
        Capture.nonce_digest == asked.nonce_digest, Capture.digest == capture.digest
    )
    return session.scalars(same).one_or_none()


def _document_fault(asked: CaptureRequest, capture: CapturedPages) -> str | None:
    if not hmac.compare_digest(hashlib.sha256(capture.pdf).hexdigest(), capture.digest):
        return "digest_wrong"
    return document_fault(capture.pdf, pages=capture.pages, most_pages=asked.most_pages)


def _use_up(session: Session, nonce_digest: str) -> bool:
    used = session.execute(
        update(CaptureRequest)
        .where(
            CaptureRequest.nonce_digest == nonce_digest,
            CaptureRequest.state == RequestState.OPEN,
        )
        .values(state=RequestState.USED)
    )
    return cast("CursorResult[object]", used).rowcount == 1


def _keep(
    session: Session, asked: CaptureRequest, visit: Visit, capture: CapturedPages
) -> CaptureTaken:
    file = files.store(session, capture.pdf, MEDIA_TYPE, FILE_PURPOSE)
    now = clock.now()
    kept = Capture(
        id=new_id(),
        visit_id=visit.id,
        nonce_digest=asked.nonce_digest,
        file_id=file.id,
        purpose=asked.purpose,
        pages=capture.pages,
        digest=capture.digest,
        taken_at=now,
        expires_at=now + UNCLAIMED_LIFE,
    )
    session.add(kept)
    visit.last_seen_at = now
    note(
        session,
        AuditEvent.CAPTURE_TAKEN,
        actor=resident_at(visit),
        subject=Subject("capture", kept.id),
        facts={"purpose": kept.purpose, "pages": kept.pages, "file": file.id},
    )
    session.flush()
    return CaptureTaken(kept.id)


def _drop(session: Session, which: ColumnElement[bool]) -> int:
    found = session.scalars(select(Capture).where(which).with_for_update(skip_locked=True)).all()
    for capture in found:
        session.delete(capture)
        session.flush()
        files.delete(session, capture.file_id)
    return len(found)


def _refuse(session: Session, terminal_id: str, visit_id: str | None, code: str) -> CaptureRefused:
    note(
        session,
        AuditEvent.CAPTURE_REFUSED,
        actor=terminal_actor(terminal_id, visit_id),
        facts={"code": code},
    )
    return CaptureRefused(code)
