"""
Checks (检查): somebody looked a machine over, point by point; a keeper each day, a technician after
repair.

    keep_check(session, check, *, by) -> bool
    last_checks(session, terminal_ids, *, kind) -> dict[str, CheckView]
    checks_of(session, terminal_id, *, since) -> list[CheckView]
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.assets.models import TerminalCheck
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.terminals.models import Terminal

DAILY = "daily"
_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,39}")
_MOST_POINTS = 40


class DailyPoint(StrEnum):
    """What a keeper looks at each day, in the order of the walk round the machine."""

    SCREEN = "screen"
    READER = "reader"
    STRANGE_PARTS = "strange_parts"
    A4_PAPER = "a4_paper"
    SLIP_PAPER = "slip_paper"
    POWER = "power"
    WAY = "way"


class Verdict(StrEnum):
    """How a point was found."""

    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Check:
    """One check as it was made. `id` is given by whoever made it: sent twice, it is kept once."""

    id: str
    terminal_id: str
    kind: str
    points: Mapping[str, Verdict]
    at: datetime
    told: Mapping[str, object] = field(default_factory=dict)
    """What a machine tells besides: by which code, measures, and why a point failed."""


@dataclass(frozen=True)
class CheckView:
    """One check that is kept, and by whom it was made."""

    id: str
    terminal_id: str
    kind: str
    points: Mapping[str, Verdict]
    by_kind: str
    by_id: str
    at: datetime
    told: Mapping[str, Any]

    @property
    def bad(self) -> tuple[str, ...]:
        """The points that were found wanting."""
        return tuple(point for point, found in self.points.items() if found is Verdict.BAD)


def keep_check(session: Session, check: Check, *, by: Actor) -> bool:
    """
    Keep a check; return False where one of this id is there already.

    Raises `Invalid` for a check that cannot be read, `NotFound` for an unknown terminal,
    `Conflict("check_id_taken")` where the id is another terminal's.
    """
    faults = [FieldFault("id", "not_an_id")] if not _ID.fullmatch(check.id) else []
    if not check.points or len(check.points) > _MOST_POINTS:
        faults.append(FieldFault("points", "out_of_range"))
    faults += [
        FieldFault(at, "not_a_word")
        for at, word in (("kind", check.kind), *(("points", point) for point in check.points))
        if not _WORD.fullmatch(word)
    ]
    if faults:
        raise Invalid("check_invalid", fields=faults)
    if session.get(Terminal, check.terminal_id, with_for_update=True) is None:
        raise NotFound("terminal_not_found")
    kept = session.get(TerminalCheck, check.id)
    if kept is not None:
        if kept.terminal_id != check.terminal_id:
            raise Conflict("check_id_taken")
        return False
    session.add(
        TerminalCheck(
            id=check.id,
            terminal_id=check.terminal_id,
            kind=check.kind,
            points={point: found.value for point, found in check.points.items()},
            by_kind=by.kind,
            by_id=by.id,
            at=check.at,
            told=dict(check.told),
        )
    )
    bad = sum(found is Verdict.BAD for found in check.points.values())
    note(
        session,
        AuditEvent.TERMINAL_CHECKED,
        actor=by,
        subject=Subject("terminal", check.terminal_id),
        facts={"kind": check.kind, "bad": bad, **_who(check)},
    )
    session.flush()
    return True


def last_checks(
    session: Session, terminal_ids: Collection[str], *, kind: str
) -> dict[str, CheckView]:
    """Return the newest check of one kind of each of these terminals."""
    newest = (
        select(TerminalCheck.terminal_id, func.max(TerminalCheck.at).label("at"))
        .where(TerminalCheck.terminal_id.in_(terminal_ids), TerminalCheck.kind == kind)
        .group_by(TerminalCheck.terminal_id)
        .subquery()
    )
    rows = session.scalars(
        select(TerminalCheck).join(
            newest,
            (TerminalCheck.terminal_id == newest.c.terminal_id)
            & (TerminalCheck.at == newest.c.at)
            & (TerminalCheck.kind == kind),
        )
    )
    return {row.terminal_id: _view(row) for row in rows}


def checks_of(
    session: Session, terminal_id: str, *, since: datetime, limit: int = 60
) -> list[CheckView]:
    """Return the checks of a terminal *since* then, newest first, *limit* at most."""
    rows = session.scalars(
        select(TerminalCheck)
        .where(TerminalCheck.terminal_id == terminal_id, TerminalCheck.at >= since)
        .order_by(TerminalCheck.at.desc(), TerminalCheck.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def _who(check: Check) -> dict[str, str]:
    shown_to = check.told.get("code_shown_to")
    who = {"by": str(check.told["by"])} if "by" in check.told else {}
    return who | {"code_shown_to": ",".join(shown_to)} if isinstance(shown_to, list) else who


def _view(row: TerminalCheck) -> CheckView:
    return CheckView(
        id=row.id,
        terminal_id=row.terminal_id,
        kind=row.kind,
        points={point: Verdict(found) for point, found in row.points.items()},
        by_kind=row.by_kind,
        by_id=row.by_id,
        at=row.at,
        told=row.told or {},
    )
