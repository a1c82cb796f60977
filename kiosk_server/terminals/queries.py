"""
What others ask about terminals.

    holder_of_key(session, key_id) -> KeyHolder | None
    find(session, terminal_id) -> TerminalView | None
    devices_of(session, terminal_id) -> tuple[DeviceView, ...]
    ability_at(session, terminal_id, *, needs) -> Ability
    abilities_at(session, terminal_id, needs) -> list[Ability]
    abilities_of(session, views, needs) -> dict[str, list[Ability]]
    views_of(session, terminal_ids) -> list[TerminalView]
    fleet(session, *, site_ids) -> list[TerminalView]
    ids_at(session, site_ids) -> list[str]
    in_service_at(session, site_id) -> list[str]
    heard_of(session, terminal_id) -> datetime | None
    silent_ids(session, now) -> list[str]
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.terminals.models import (
    DeviceState,
    EnrolmentCode,
    Terminal,
    TerminalReader,
)
from kiosk_server.terminals.reader_life import ReaderState
from kiosk_server.terminals.residue import soiled
from kiosk_server.terminals.residue_rules import RESIDUE_FOUND
from kiosk_server.terminals.rules import (
    LOCKED,
    SILENCE,
    Ability,
    Condition,
    DeviceKind,
    DeviceView,
    MachineFacts,
    Standing,
    TerminalState,
    can_do,
    standing,
    with_reader,
)

_OUT_OF_SERVICE = Ability(possible=False, reasons=(LOCKED,))
_SOILED = Ability(possible=False, reasons=(RESIDUE_FOUND,))

# Built once: every request of every terminal asks the first, every heartbeat the second.
_HOLDER = select(
    Terminal.id, Terminal.site_id, Terminal.model, Terminal.state, Terminal.public_key
).where(Terminal.key_id == bindparam("key_id"))
_DEVICES = (
    select(DeviceState, TerminalReader.state)
    .join(Terminal, Terminal.id == DeviceState.terminal_id)
    .outerjoin(
        TerminalReader,
        (DeviceState.kind == DeviceKind.ID_READER.value)
        & (TerminalReader.terminal_id == Terminal.id)
        & (TerminalReader.sam_id == Terminal.reader_sam_id),
    )
    .where(DeviceState.terminal_id.in_(bindparam("terminal_ids", expanding=True)))
    .order_by(DeviceState.kind)
)


@dataclass(frozen=True)
class TerminalIdentity:
    """Who signed a request: the machine, where it stands, and whether it is out of service."""

    id: str
    site_id: str
    model: str
    locked: bool = False


@dataclass(frozen=True)
class KeyHolder:
    """The terminal that a key id belongs to, with what verifies its signatures."""

    identity: TerminalIdentity
    public_key: bytes
    revoked: bool


@dataclass(frozen=True)
class TerminalView:
    """A terminal as a technician sees it."""

    id: str
    site_id: str
    host_place_id: str | None
    place: str
    state: TerminalState
    model: str | None
    software: str | None
    clock_offset_seconds: float | None
    machine: MachineFacts | None
    spool_open: int
    last_seen_at: datetime | None
    enrolled_at: datetime | None
    revoked_at: datetime | None
    replaces: str | None
    devices: tuple[DeviceView, ...]
    standing: Standing
    code_until: datetime | None
    """Until when an unused enrolment code admits a machine under this number."""


def holder_of_key(session: Session, key_id: str) -> KeyHolder | None:
    """Return who holds the key called *key_id*; None for a key we never admitted or replaced."""
    terminal = session.execute(_HOLDER, {"key_id": key_id}).one_or_none()
    if terminal is None or terminal.public_key is None:
        return None
    state = TerminalState(terminal.state)
    identity = TerminalIdentity(
        terminal.id, terminal.site_id, terminal.model or "", locked=state is TerminalState.LOCKED
    )
    return KeyHolder(identity, terminal.public_key, revoked=state is TerminalState.REVOKED)


def find(session: Session, terminal_id: str) -> TerminalView | None:
    """Return the terminal called *terminal_id*."""
    terminal = session.get(Terminal, terminal_id)
    return _views(session, [terminal])[0] if terminal else None


def devices_of(session: Session, terminal_id: str) -> tuple[DeviceView, ...]:
    """Return how the devices of a terminal are, as it last said."""
    return _devices(session, [terminal_id]).get(terminal_id, ())


def ability_at(session: Session, terminal_id: str, *, needs: Collection[str]) -> Ability:
    """Return whether a service that *needs* these device kinds can be finished there now."""
    return abilities_at(session, terminal_id, [needs])[0]


def abilities_at(
    session: Session, terminal_id: str, needs: Sequence[Collection[str]]
) -> list[Ability]:
    """Return the same for each service of a list, with one look at the devices."""
    terminal = session.get(Terminal, terminal_id)
    if terminal is None or terminal.state != TerminalState.IN_SERVICE.value:
        return [_OUT_OF_SERVICE for _ in needs]
    if soiled(session, [terminal_id]):
        return [_SOILED for _ in needs]
    devices, now = devices_of(session, terminal_id), clock.now()
    return [can_do(each, devices, now) for each in needs]


def abilities_of(
    session: Session, views: Sequence[TerminalView], needs: Sequence[Collection[str]]
) -> dict[str, list[Ability]]:
    """Return the same for many terminals, by id, with one look at all of them."""
    dirty, now = soiled(session, [view.id for view in views]), clock.now()
    found = {}
    for view in views:
        if view.state is not TerminalState.IN_SERVICE:
            found[view.id] = [_OUT_OF_SERVICE for _ in needs]
        elif view.id in dirty:
            found[view.id] = [_SOILED for _ in needs]
        else:
            found[view.id] = [can_do(each, view.devices, now) for each in needs]
    return found


def views_of(session: Session, terminal_ids: Sequence[str]) -> list[TerminalView]:
    """Return these terminals, in this order; those that do not exist are left out."""
    found = session.scalars(select(Terminal).where(Terminal.id.in_(terminal_ids)))
    by_id = {terminal.id: terminal for terminal in found}
    return _views(session, [by_id[each] for each in terminal_ids if each in by_id])


def fleet(session: Session, *, site_ids: Collection[str]) -> list[TerminalView]:
    """Return the terminals of these sites, those that want a person first."""
    found = session.scalars(select(Terminal).where(Terminal.site_id.in_(site_ids)))
    return sorted(_views(session, found), key=lambda view: (view.standing.rank, view.id))


def ids_at(session: Session, site_ids: Collection[str]) -> list[str]:
    """Return the terminals of these sites, in whatever state they are."""
    return list(session.scalars(select(Terminal.id).where(Terminal.site_id.in_(site_ids))))


def in_service_at(session: Session, site_id: str) -> list[str]:
    """Return the terminals in service at a site."""
    return list(
        session.scalars(
            select(Terminal.id)
            .where(Terminal.site_id == site_id, Terminal.state == TerminalState.IN_SERVICE.value)
            .order_by(Terminal.id)
        )
    )


def heard_of(session: Session, terminal_id: str) -> datetime | None:
    """Return when a terminal last told how it is; None for one that never did."""
    return session.scalar(select(Terminal.last_seen_at).where(Terminal.id == terminal_id))


def silent_ids(session: Session, now: datetime) -> list[str]:
    """Return the terminals in service that missed three heartbeats since they last spoke."""
    return list(
        session.scalars(
            select(Terminal.id)
            .where(
                Terminal.state == TerminalState.IN_SERVICE.value,
                func.coalesce(Terminal.last_seen_at, Terminal.enrolled_at) < now - SILENCE,
            )
            .order_by(Terminal.id)
        )
    )


def _views(session: Session, terminals: Iterable[Terminal]) -> list[TerminalView]:
    chosen = list(terminals)
    ids = [terminal.id for terminal in chosen]
    devices, codes = _devices(session, ids), _codes(session, ids)
    dirty = soiled(session, ids)
    now = clock.now()
    return [
        TerminalView(
            id=terminal.id,
            site_id=terminal.site_id,
            host_place_id=terminal.host_place_id,
            place=terminal.place,
            state=TerminalState(terminal.state),
            model=terminal.model,
            software=terminal.software,
            clock_offset_seconds=terminal.clock_offset_seconds,
            machine=MachineFacts(**terminal.machine) if terminal.machine else None,
            spool_open=terminal.spool_open,
            last_seen_at=terminal.last_seen_at,
            enrolled_at=terminal.enrolled_at,
            revoked_at=terminal.revoked_at,
            replaces=terminal.replaces,
            devices=devices.get(terminal.id, ()),
            standing=standing(
                TerminalState(terminal.state),
                devices.get(terminal.id, ()),
                terminal.last_seen_at,
                now,
                closed_for=RESIDUE_FOUND if terminal.id in dirty else None,
            ),
            code_until=codes.get(terminal.id),
        )
        for terminal in chosen
    ]


def _devices(session: Session, ids: Collection[str]) -> dict[str, tuple[DeviceView, ...]]:
    rows = session.execute(_DEVICES, {"terminal_ids": list(ids)})
    found: dict[str, tuple[DeviceView, ...]] = {}
    for row, reader in rows:
        view = DeviceView(
            kind=row.kind,
            condition=Condition(row.condition),
            troubles=tuple(row.troubles),
            details=row.details,
            since=row.since,
            reported_at=row.reported_at,
        )
        judged = with_reader(view, ReaderState(reader)) if reader else view
        found[row.terminal_id] = (*found.get(row.terminal_id, ()), judged)
    return found


def _codes(session: Session, ids: Collection[str]) -> dict[str, datetime]:
    rows = session.scalars(
        select(EnrolmentCode).where(
            EnrolmentCode.terminal_id.in_(ids),
            EnrolmentCode.used_at.is_(None),
            EnrolmentCode.expires_at > clock.now(),
        )
    )
    return {row.terminal_id: row.expires_at for row in rows}
