"""
Which ID readers a terminal may read with (读卡器更换核准).

    notice(session, terminal_id, sam_id) -> bool
    propose / confirm / refuse(session, terminal_id, *, sam_id, by)
    stand_of(session, terminal_id) -> ReaderStand

A reader is known by its security module. Nothing of this asks the terminal: it may be offline.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Refused
from kiosk_server.terminals.models import Terminal, TerminalReader
from kiosk_server.terminals.reader_life import READER_LIFE, ReaderState, ReaderVerb

_SAM_ID = re.compile(r"[0-9A-Za-z.-]{1,64}")


@dataclass(frozen=True)
class ReaderView:
    """One reader at one terminal; people are named by their staff ids."""

    sam_id: str
    state: ReaderState
    seen_at: datetime
    proposed_by: str | None
    settled_by: str | None


@dataclass(frozen=True)
class ReaderStand:
    """The reader that a terminal reads with now, and the one that it may read with."""

    present: ReaderView | None = None
    accepted: ReaderView | None = None


def notice(session: Session, terminal_id: str, sam_id: str) -> bool:
    """
    Take note of the reader that a terminal reads with now; return whether it is accepted.

    The first reader ever seen at a terminal is accepted with it. Raises `NotFound` for an unknown
    terminal; what is no SAM number is no reader, and not accepted.
    """
    if not _SAM_ID.fullmatch(sam_id):
        return False
    terminal = session.get(Terminal, terminal_id)
    if terminal is None or terminal.reader_sam_id != sam_id:
        terminal = _held(session, terminal_id)
    if terminal.reader_sam_id != sam_id:
        _begin(session, terminal, sam_id)
    return _reader(session, terminal_id, sam_id).state == ReaderState.ACCEPTED


def propose(session: Session, terminal_id: str, *, sam_id: str, by: Actor) -> None:
    """Say that the reader at a terminal is ours; it serves once somebody else has confirmed it."""
    reader = _present(session, terminal_id, sam_id)
    _change(reader, ReaderVerb.PROPOSE)
    reader.proposed_by, reader.settled_by = by.id, None
    _note(session, AuditEvent.READER_PROPOSED, reader, by)
    session.flush()


def confirm(session: Session, terminal_id: str, *, sam_id: str, by: Actor) -> None:
    """
    Accept the reader that another person has proposed; the one before it serves no more.

    Raises `Refused("second_person_wanted")` for who proposed it himself.
    """
    reader = _present(session, terminal_id, sam_id)
    READER_LIFE.after(ReaderState(reader.state), ReaderVerb.CONFIRM)
    if reader.proposed_by == by.id:
        raise Refused("second_person_wanted")
    replaced = _accepted(session, terminal_id)
    if replaced is not None:
        _change(replaced, ReaderVerb.REPLACE)
    _change(reader, ReaderVerb.CONFIRM)
    reader.settled_by = by.id
    facts: dict[str, FactValue] = {"replaced": replaced.sam_id if replaced else None}
    proposed_by = reader.proposed_by
    _note(session, AuditEvent.READER_ACCEPTED, reader, by, proposed_by=proposed_by, **facts)
    session.flush()


def refuse(session: Session, terminal_id: str, *, sam_id: str, by: Actor) -> None:
    """Keep the reader at a terminal out; one person is enough for that."""
    reader = _present(session, terminal_id, sam_id)
    _change(reader, ReaderVerb.REFUSE)
    reader.settled_by = by.id
    _note(session, AuditEvent.READER_REFUSED, reader, by, proposed_by=reader.proposed_by)
    session.flush()


def stand_of(session: Session, terminal_id: str) -> ReaderStand:
    """Return which reader a terminal reads with, and which it may."""
    terminal = session.get(Terminal, terminal_id)
    if terminal is None or terminal.reader_sam_id is None:
        return ReaderStand()
    present = _reader(session, terminal_id, terminal.reader_sam_id)
    accepted = _accepted(session, terminal_id)
    return ReaderStand(_view(present), _view(accepted) if accepted else None)


def _begin(session: Session, terminal: Terminal, sam_id: str) -> None:
    first, terminal.reader_sam_id = terminal.reader_sam_id is None, sam_id
    reader = session.get(TerminalReader, (terminal.id, sam_id))
    if reader is None:
        state = ReaderState.ACCEPTED if first else ReaderState.WAITING
        reader = TerminalReader(terminal_id=terminal.id, sam_id=sam_id, state=state.value)
        session.add(reader)
    reader.seen_at = clock.now()
    _lapse_others(session, terminal.id, sam_id)
    event = AuditEvent.READER_ACCEPTED if first else AuditEvent.READER_SEEN
    machine = Actor(kind="terminal", id=terminal.id, terminal_id=terminal.id)
    _note(session, event, reader, machine, state=reader.state, first=first)
    session.flush()


def _held(session: Session, terminal_id: str) -> Terminal:
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None:
        raise NotFound("terminal_not_found")
    return terminal


def _present(session: Session, terminal_id: str, sam_id: str) -> TerminalReader:
    # What somebody saw on his page may be gone: nobody answers for a reader unseen.
    if _held(session, terminal_id).reader_sam_id != sam_id:
        raise Conflict("reader_changed")
    return _reader(session, terminal_id, sam_id)


def _reader(session: Session, terminal_id: str, sam_id: str) -> TerminalReader:
    return session.get_one(TerminalReader, (terminal_id, sam_id))


def _accepted(session: Session, terminal_id: str) -> TerminalReader | None:
    return session.scalar(
        select(TerminalReader).where(
            TerminalReader.terminal_id == terminal_id,
            TerminalReader.state == ReaderState.ACCEPTED.value,
        )
    )


def _lapse_others(session: Session, terminal_id: str, sam_id: str) -> None:
    stale = select(TerminalReader).where(
        TerminalReader.terminal_id == terminal_id,
        TerminalReader.sam_id != sam_id,
        TerminalReader.state == ReaderState.PROPOSED.value,
    )
    for reader in session.scalars(stale):
        _change(reader, ReaderVerb.LAPSE)
        reader.proposed_by = None


def _change(reader: TerminalReader, verb: ReaderVerb) -> None:
    reader.state = READER_LIFE.after(ReaderState(reader.state), verb).value


def _note(
    session: Session, event: AuditEvent, reader: TerminalReader, by: Actor, **facts: FactValue
) -> None:
    subject = Subject("terminal", reader.terminal_id)
    note(session, event, actor=by, subject=subject, facts={"sam_id": reader.sam_id, **facts})


def _view(reader: TerminalReader) -> ReaderView:
    return ReaderView(
        sam_id=reader.sam_id,
        state=ReaderState(reader.state),
        seen_at=reader.seen_at,
        proposed_by=reader.proposed_by,
        settled_by=reader.settled_by,
    )
