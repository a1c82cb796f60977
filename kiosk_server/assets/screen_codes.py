"""
The code for a machine's own screen (维护码): what opens the technician's pages without the line.

HOTP (RFC 4226 §5.3) with SHA-256 and eight digits, counted in windows of two hours, under a key
that is one terminal's own and dies with its signing key. A code is good in the window in which it
is given out and in the next one. Who asked for it is kept, for the machine cannot know.

    screen_key(session, terminal_id) -> ScreenKey
    show_code(session, terminal_id, *, role, by) -> ShownCode
    asked_by(session, terminal_id, *, role, window) -> list[str]
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.models import ScreenCodeAsked
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals.models import Terminal

WINDOW = timedelta(hours=2)
DIGITS = 8
_PURPOSE = "terminal.screen_code"


class ScreenRole(StrEnum):
    """How far a code opens the machine's pages."""

    TECHNICIAN = "technician"
    KEEPER = "keeper"


@dataclass(frozen=True)
class ScreenKey:
    """What a terminal checks codes with; `key_id` is the signing key that it goes with."""

    key: bytes
    key_id: str


@dataclass(frozen=True)
class ShownCode:
    """A code in clear, `1234 5678`, and until when the machine takes it."""

    code: str
    good_until: datetime


def window_of(moment: datetime) -> int:
    """Return the number of the window that holds *moment*."""
    return int(moment.timestamp()) // int(WINDOW.total_seconds())


def code_for(key: bytes, role: ScreenRole, window: int) -> str:
    """Return the eight digits of one window."""
    digest = hmac.digest(key, f"{role.value}/{window}".encode(), hashlib.sha256)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def screen_key(session: Session, terminal_id: str) -> ScreenKey:
    """Return the key of one terminal. Raises `NotFound` for one that has no signing key."""
    terminal = session.get(Terminal, terminal_id)
    if terminal is None or terminal.key_id is None or terminal.revoked_at is not None:
        raise NotFound("terminal_not_found")
    # Derived and not kept: a copy of the database opens no machine.
    told = f"{terminal.id}/{terminal.key_id}".encode()
    return ScreenKey(keyring_of(session).mac(told, purpose=_PURPOSE), terminal.key_id)


def show_code(session: Session, terminal_id: str, *, role: ScreenRole, by: Actor) -> ShownCode:
    """Return the code of this hour, and keep who asked for it."""
    key = screen_key(session, terminal_id)
    now = clock.now()
    window = window_of(now)
    session.add(
        ScreenCodeAsked(
            id=new_id(),
            terminal_id=terminal_id,
            role=role.value,
            window_number=window,
            staff_id=by.id,
            at=now,
        )
    )
    note(
        session,
        AuditEvent.TERMINAL_SCREEN_CODE_SHOWN,
        actor=by,
        subject=Subject("terminal", terminal_id),
        facts={"role": role.value},
    )
    session.flush()
    code = code_for(key.key, role, window)
    end = datetime.fromtimestamp((window + 2) * WINDOW.total_seconds(), UTC)
    return ShownCode(f"{code[:4]} {code[4:]}", end)


def asked_by(session: Session, terminal_id: str, *, role: ScreenRole, window: int) -> list[str]:
    """Return the ids of the staff who were shown the code of that window."""
    found = session.scalars(
        select(ScreenCodeAsked.staff_id)
        .where(
            ScreenCodeAsked.terminal_id == terminal_id,
            ScreenCodeAsked.role == role.value,
            ScreenCodeAsked.window_number == window,
        )
        .order_by(ScreenCodeAsked.id)
    )
    return list(dict.fromkeys(found))
