"""
Ask one terminal for one code that the person shows (扫码), and take what it signed.

    ask_for_scan(session, visit, purpose)                          -> ScanAsked(nonce, expires_at)
    take_scan(session, terminal_id, reading, purposes=…)           -> ScanTaken | ScanRefused

What was scanned goes from the device host to the server and never through the page. It is a
stranger's text: it is handed to the deed of the purpose that was asked for and kept nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.visits import rules
from kiosk_server.visits.actors import terminal_actor
from kiosk_server.visits.models import RequestState, ScanRequest, Visit, VisitState
from kiosk_server.visits.services import watch_of

NONCE_BITS = 128


class ScanPurpose(StrEnum):
    """What a page may ask a person to show a code for."""

    REPRINT = "reprint"
    SIGN_IN = "sign_in"
    CHECK_IN = "check_in"


Deed = Callable[[Session, Visit, str], str | None]
"""What a scanned text does in a visit; None when done, else the code of what stood against it."""


@dataclass(frozen=True)
class ScanAsked:
    """What the page hands to the device host: `nonce` is told once."""

    nonce: str
    expires_at: datetime


@dataclass(frozen=True)
class ScanReading:
    """What a terminal says that it scanned. The representation shows nothing of it."""

    nonce: str = field(repr=False)
    text: str = field(repr=False)
    terminal: str


@dataclass(frozen=True)
class ScanTaken:
    """The scan did what it was asked for."""

    purpose: ScanPurpose


@dataclass(frozen=True)
class ScanRefused:
    """
    The scan did nothing. `code` is one of nonce_unknown, nonce_used, nonce_stale, wrong_terminal,
    visit_over, or what the deed of its purpose says.
    """

    code: str


def ask_for_scan(session: Session, visit: Visit, purpose: ScanPurpose) -> ScanAsked:
    """Issue a nonce for one scan at this visit's terminal; an earlier one serves no more."""
    nonce, expires_at = new_token(NONCE_BITS), clock.now() + rules.NONCE_LIFE
    session.execute(
        update(ScanRequest)
        .where(ScanRequest.visit_id == visit.id, ScanRequest.state == RequestState.OPEN)
        .values(state=RequestState.CLOSED)
    )
    session.add(
        ScanRequest(
            nonce_digest=digest(nonce),
            visit_id=visit.id,
            terminal_id=visit.terminal_id,
            purpose=purpose.value,
            state=RequestState.OPEN,
            expires_at=expires_at,
        )
    )
    session.flush()
    return ScanAsked(nonce, expires_at)


def take_scan(
    session: Session,
    terminal_id: str,
    reading: ScanReading,
    *,
    purposes: Mapping[ScanPurpose, Deed],
) -> ScanTaken | ScanRefused:
    """Take a scan that the terminal *terminal_id* signed; every refusal is audited."""
    asked = session.get(ScanRequest, digest(reading.nonce))
    if asked is None:
        return _refuse(session, terminal_id, None, "nonce_unknown")
    # The visit is locked before its requests, as for card reads: no deadlock.
    visit = session.get_one(Visit, asked.visit_id, with_for_update=True)
    session.refresh(asked)
    code = _nonce_fault(asked, visit, terminal_id, reading)
    if code is None and not _use_up(session, asked.nonce_digest):
        code = "nonce_used"
    if code is not None:
        return _refuse(session, terminal_id, visit.id, code)
    purpose = ScanPurpose(asked.purpose)
    code = purposes[purpose](session, visit, reading.text)
    if code is not None:
        return _refuse(session, terminal_id, visit.id, code)
    visit.last_seen_at = clock.now()
    session.flush()
    return ScanTaken(purpose)


def forget_old_scans(session: Session, *, after: timedelta = timedelta(days=1)) -> int:
    """Delete requests that lapsed longer than *after* ago; return how many."""
    found = session.scalars(
        select(ScanRequest).where(ScanRequest.expires_at < clock.now() - after)
    ).all()
    for request in found:
        session.delete(request)
    return len(found)


def _nonce_fault(
    asked: ScanRequest, visit: Visit, terminal_id: str, reading: ScanReading
) -> str | None:
    # A foreign terminal must not burn the nonce of the one that was asked.
    if terminal_id != asked.terminal_id or reading.terminal != terminal_id:
        return "wrong_terminal"
    if asked.state == RequestState.USED:
        return "nonce_used"
    now = clock.now()
    if visit.state != VisitState.ACTIVE or rules.over_at(watch_of(visit), now) is not None:
        return "visit_over"
    stale = asked.state == RequestState.CLOSED or asked.expires_at <= now
    return "nonce_stale" if stale else None


def _use_up(session: Session, nonce_digest: str) -> bool:
    used = session.execute(
        update(ScanRequest)
        .where(ScanRequest.nonce_digest == nonce_digest, ScanRequest.state == RequestState.OPEN)
        .values(state=RequestState.USED)
    )
    return cast("CursorResult[object]", used).rowcount == 1


def _refuse(session: Session, terminal_id: str, visit_id: str | None, code: str) -> ScanRefused:
    note(
        session,
        AuditEvent.SCAN_REFUSED,
        actor=terminal_actor(terminal_id, visit_id),
        facts={"code": code},
    )
    return ScanRefused(code)
