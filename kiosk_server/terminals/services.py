"""
The verbs of a terminal's life: reserve, enrol, lock, unlock, revoke; and its word about itself.

    make_enrolment_code(
        session, site_id, *, by, place="", host_place_id=None, terminal_id=None
    ) -> IssuedCode
    enrol(session, *, code, public_key, model) -> Enrolled | EnrolmentRefused
    lock / unlock / revoke(session, terminal_id, *, by, ...)
    report_states(session, terminal_id, *, devices)
    heartbeat(session, terminal_id, *, word) -> TerminalState
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id
from kiosk_server.places.queries import host_place, site
from kiosk_server.terminals import readers
from kiosk_server.terminals.history import remember_change
from kiosk_server.terminals.holding import hold
from kiosk_server.terminals.life_history import remember_state
from kiosk_server.terminals.models import DeviceState, EnrolmentCode, Terminal
from kiosk_server.terminals.rules import (
    LIFE,
    Condition,
    DeviceKind,
    MachineFacts,
    TerminalState,
    TerminalVerb,
    WithdrawalReason,
)

CODE_LIFE = timedelta(hours=24)
CODE_LENGTH = 12
_DEVICES_OF = select(DeviceState).where(DeviceState.terminal_id == bindparam("terminal_id"))


@dataclass(frozen=True)
class IssuedCode:
    """An enrolment code in clear, shown once: `7K3M-9QXT-2WHP`."""

    code: str
    terminal_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Enrolled:
    """A machine was admitted under this number and key id."""

    terminal_id: str
    key_id: str
    site_id: str
    host_place_id: str | None
    place: str


@dataclass(frozen=True)
class EnrolmentRefused:
    """A machine was not admitted; `reason` is for the audit, callers are not told which."""

    reason: str


@dataclass(frozen=True)
class DeviceReport:
    """What a terminal says about one device."""

    kind: str
    condition: Condition
    troubles: Sequence[str]
    details: Mapping[str, object]


@dataclass(frozen=True)
class HeartbeatWord:
    """What a terminal says about itself every half minute."""

    software: str
    devices: Sequence[DeviceReport]
    spool_open: int
    clock_offset_seconds: float
    machine: MachineFacts | None = None


def make_enrolment_code(
    session: Session,
    site_id: str,
    *,
    by: Actor,
    place: str = "",
    host_place_id: str | None = None,
    terminal_id: str | None = None,
) -> IssuedCode:
    """
    Return a code, good for 24 hours and once, that admits a machine of *site_id*.

    *host_place_id* is the bank or shop of that site in which it stands, *place* says where in
    there, in a few words. Without *terminal_id* the next free number is reserved. With it, a
    reserved number gets another code, or a terminal in service may come back with a new key; older
    codes of it die, and what is not said anew of its place stays while the site does. Raises
    `NotFound` for an unknown site, host place or number, `Invalid` for the host place of another
    site (P54), `WrongState` for a number that can no longer enrol.
    """
    site(session, site_id)
    _check_host_place(session, host_place_id, site_id)
    if terminal_id is None:
        terminal = _reserve(session, site_id, place)
    else:
        terminal = _terminal(session, terminal_id)
        LIFE.after(TerminalState(terminal.state), TerminalVerb.ENROL)
        if terminal.site_id != site_id:
            terminal.host_place_id = None
        terminal.site_id, terminal.place = site_id, place or terminal.place
        _kill_codes(session, terminal.id)
    terminal.host_place_id = host_place_id or terminal.host_place_id
    code = new_code(CODE_LENGTH, CROCKFORD.upper())
    now = clock.now()
    session.add(
        EnrolmentCode(
            digest=_code_digest(session, code),
            terminal_id=terminal.id,
            made_by=by.id,
            made_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    note(
        session,
        AuditEvent.ENROLMENT_CODE_MADE,
        actor=by,
        subject=_subject(terminal.id),
        facts={"site": site_id},
    )
    session.flush()
    return IssuedCode("-".join((code[:4], code[4:8], code[8:])), terminal.id, now + CODE_LIFE)


def _check_host_place(session: Session, host_place_id: str | None, site_id: str) -> None:
    if host_place_id is None or host_place(session, host_place_id).site.id == site_id:
        return
    fault = FieldFault("host_place", "host_place_of_another_site", "it belongs to another site")
    raise Invalid("host_place_invalid", fields=[fault])


def enrol(
    session: Session, *, code: str, public_key: bytes, model: str
) -> Enrolled | EnrolmentRefused:
    """
    Admit the machine that holds *code*, by its Ed25519 *public_key* (32 raw bytes).

    A refusal is a value, so that its audit entry commits. The caller limits guessing.
    """
    found = session.get(EnrolmentCode, _code_digest(session, code))
    now = clock.now()
    if found is None:
        return _refuse_enrolment(session, "code_unknown", terminal_id=None)
    # Held before its code is looked at: a revocation at the same moment must not be undone.
    terminal = session.get_one(Terminal, found.terminal_id, with_for_update=True)
    session.refresh(found)
    if found.used_at is not None:
        return _refuse_enrolment(session, "code_used", terminal_id=found.terminal_id)
    if found.expires_at <= now:
        return _refuse_enrolment(session, "code_expired", terminal_id=found.terminal_id)
    if TerminalVerb.ENROL not in LIFE.open_verbs(TerminalState(terminal.state)):
        return _refuse_enrolment(session, "terminal_not_awaited", terminal_id=terminal.id)
    holder = session.scalar(select(Terminal.id).where(Terminal.public_key == public_key))
    if holder not in (None, terminal.id):
        # Two machines with one key would be one machine to us, and a revoked key would live on.
        return _refuse_enrolment(session, "key_in_use", terminal_id=terminal.id)
    found.used_at = now
    terminal.state = LIFE.after(TerminalState(terminal.state), TerminalVerb.ENROL).value
    terminal.key_id, terminal.public_key, terminal.model = new_id(), public_key, model
    terminal.enrolled_at = now
    remember_state(session, terminal.id, TerminalState(terminal.state))
    note(
        session,
        AuditEvent.TERMINAL_ENROLLED,
        actor=_actor(terminal.id),
        subject=_subject(terminal.id),
        facts={"key_id": terminal.key_id, "model": model, "code_made_by": found.made_by},
    )
    return Enrolled(
        terminal.id, terminal.key_id, terminal.site_id, terminal.host_place_id, terminal.place
    )


def lock(session: Session, terminal_id: str, *, by: Actor, reason: WithdrawalReason) -> None:
    """Take a terminal out of service; it still reports, residents are told where else to go."""
    _change(session, terminal_id, TerminalVerb.LOCK)
    note(
        session,
        AuditEvent.TERMINAL_LOCKED,
        actor=by,
        subject=_subject(terminal_id),
        facts={"reason": reason.value},
    )


def unlock(session: Session, terminal_id: str, *, by: Actor) -> None:
    """Put a locked terminal back into service."""
    _change(session, terminal_id, TerminalVerb.UNLOCK)
    note(session, AuditEvent.TERMINAL_UNLOCKED, actor=by, subject=_subject(terminal_id))


def revoke(session: Session, terminal_id: str, *, by: Actor, reason: WithdrawalReason) -> None:
    """Shut a terminal out for good, from its next request on; its open codes die with it."""
    terminal = _change(session, terminal_id, TerminalVerb.REVOKE)
    terminal.revoked_at = clock.now()
    _kill_codes(session, terminal_id)
    note(
        session,
        AuditEvent.TERMINAL_REVOKED,
        actor=by,
        subject=_subject(terminal_id),
        facts={"reason": reason.value},
    )


def report_states(session: Session, terminal_id: str, *, devices: Iterable[DeviceReport]) -> None:
    """Take note of how *devices* are now; `since` moves only when something has changed."""
    # Held while its devices are written: a heartbeat and a change may arrive together.
    terminal = hold(session, terminal_id)
    now = clock.now()
    known = {row.kind: row for row in session.scalars(_DEVICES_OF, {"terminal_id": terminal_id})}
    for report in devices:
        kept = known.get(report.kind)
        if kept is None:
            kept = DeviceState(terminal_id=terminal_id, kind=report.kind)
            session.add(kept)
        told = (report.condition.value, list(report.troubles))
        if (kept.condition, kept.troubles) != told:
            kept.since = now
            remember_change(session, terminal_id, report.kind, report.condition, report.troubles)
        kept.condition, kept.troubles = told
        kept.details = dict(report.details)
        kept.reported_at = now
        sam_id = report.details.get("sam_id")
        # The reader that it reads with already was taken note of when it came.
        new_reader = report.kind == DeviceKind.ID_READER and sam_id != terminal.reader_sam_id
        if new_reader and isinstance(sam_id, str):
            readers.notice(session, terminal_id, sam_id)
    terminal.last_seen_at = now


def heartbeat(session: Session, terminal_id: str, *, word: HeartbeatWord) -> TerminalState:
    """Take note of a sign of life; return the terminal's state as we hold it."""
    terminal = hold(session, terminal_id)
    report_states(session, terminal_id, devices=word.devices)
    terminal.software = word.software
    terminal.spool_open = word.spool_open
    terminal.clock_offset_seconds = word.clock_offset_seconds
    if word.machine is not None:
        terminal.machine = asdict(word.machine)
    return TerminalState(terminal.state)


def _reserve(session: Session, site_id: str, place: str) -> Terminal:
    # Two who reserve at once collide on the primary key; the later one takes the next number.
    while True:
        # By length first: AT-10000 comes after AT-9999.
        by_number = select(Terminal.id).order_by(
            func.length(Terminal.id).desc(), Terminal.id.desc()
        )
        highest = session.scalar(by_number.limit(1)) or "AT-0000"
        number = int(highest.removeprefix("AT-")) + 1
        terminal = Terminal(
            id=f"AT-{number:04d}", site_id=site_id, place=place, state=TerminalState.AWAITED.value
        )
        try:
            with session.begin_nested():
                session.add(terminal)
        except IntegrityError:
            continue
        return terminal


def _terminal(session: Session, terminal_id: str) -> Terminal:
    terminal = session.get(Terminal, terminal_id)
    if terminal is None:
        raise NotFound("terminal_not_found")
    return terminal


def _change(session: Session, terminal_id: str, verb: TerminalVerb) -> Terminal:
    terminal = hold(session, terminal_id)
    state = LIFE.after(TerminalState(terminal.state), verb)
    terminal.state = state.value
    remember_state(session, terminal_id, state)
    return terminal


def _kill_codes(session: Session, terminal_id: str) -> None:
    session.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.terminal_id == terminal_id, EnrolmentCode.used_at.is_(None))
        .values(expires_at=clock.now())
    )


def _code_digest(session: Session, code: str) -> str:
    # People read 0 and O, 1, I and L alike; the alphabet has only 0 and 1.
    typed = code.strip().upper().replace("-", "").replace(" ", "")
    plain = typed.translate(str.maketrans("OIL", "011"))
    return keyring_of(session).blind_index(plain, purpose="terminal.enrolment_code")


def _refuse_enrolment(
    session: Session, reason: str, *, terminal_id: str | None
) -> EnrolmentRefused:
    note(
        session,
        AuditEvent.TERMINAL_ENROLMENT_REFUSED,
        actor=Actor(kind="unknown", id="unenrolled"),
        subject=_subject(terminal_id) if terminal_id else None,
        facts={"reason": reason},
    )
    return EnrolmentRefused(reason)


def _actor(terminal_id: str) -> Actor:
    return Actor(kind="terminal", id=terminal_id, terminal_id=terminal_id)


def _subject(terminal_id: str) -> Subject:
    return Subject("terminal", terminal_id)
