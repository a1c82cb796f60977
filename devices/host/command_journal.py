"""
The journal of commands (指令日志): what survives a power cut, so that nothing is done twice and
nothing that was sent before is believed again.

Every step is on disk (synchronous=FULL) before the next one is taken: taken → running → ended. The
highest sequence outlives the commands. If the file is lost to a damaged disk, whatever was issued
before that moment is refused: nobody could say any more what had been done of it.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from devices.host.command_values import AnswerState, CommandAnswer, CommandKind, Order, Outcome
from devices.host.journal_file import opened, set_aside, whole_step

_KEPT = timedelta(days=60)
_log = structlog.get_logger(__name__)

_TABLES = """
CREATE TABLE IF NOT EXISTS mark (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    sequence INTEGER NOT NULL,
    issued_after TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS command (
    id TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    step TEXT NOT NULL,
    life TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS answer (
    command TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    facts TEXT NOT NULL,
    log TEXT,
    at TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (command, number)
) STRICT;
"""
_ORDERS = "SELECT id, sequence, kind, arguments, issued_at, expires_at, life FROM command "


class Step(StrEnum):
    """How far a command has come; written before the deed that it announces."""

    TAKEN = "taken"
    RUNNING = "running"
    ENDED = "ended"


class Taking(StrEnum):
    """What the journal makes of an order."""

    NEW = "new"
    KNOWN = "known"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Begun:
    """A command that an earlier life of the host had begun, and which life that was."""

    order: Order
    life: str


class CommandJournal:
    """The journal in one SQLite file; any thread may call, each call is one durable step."""

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._disk = _opened(path, now)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disk.close()

    def take(self, order: Order) -> Taking:
        """Note an order before anything else, unless it is known or was overtaken."""
        with self._step() as disk:
            known = disk.execute("SELECT 1 FROM command WHERE id = ?", (order.id,)).fetchone()
            if known is not None:
                return Taking.KNOWN
            last, issued_after = disk.execute("SELECT sequence, issued_after FROM mark").fetchone()
            lost = issued_after is not None and order.issued_at <= _moment(issued_after)
            if order.sequence <= last or lost:
                return Taking.REPLAYED
            disk.execute("UPDATE mark SET sequence = ?", (order.sequence,))
            disk.execute(
                "INSERT INTO command (id, sequence, kind, arguments, issued_at, expires_at, step)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    order.id,
                    order.sequence,
                    order.kind.value,
                    json.dumps(dict(order.arguments)),
                    order.issued_at.isoformat(),
                    order.expires_at.isoformat(),
                    Step.TAKEN.value,
                ),
            )
            self._say(disk, order.id, AnswerState.TAKEN, None)
            return Taking.NEW

    def refuse(self, command_id: str, code: str) -> None:
        """Write down that something was not believed; once, however often it is offered."""
        with self._step() as disk:
            said = disk.execute("SELECT 1 FROM answer WHERE command = ?", (command_id,)).fetchone()
            if said is None:
                self._say(disk, command_id, AnswerState.REFUSED, code)

    def begin(self, order: Order, life: str) -> None:
        """The deed is about to be done; from here on it may have been done."""
        with self._step() as disk:
            disk.execute(
                "UPDATE command SET step = ?, life = ? WHERE id = ?",
                (Step.RUNNING.value, life, order.id),
            )
            self._say(disk, order.id, AnswerState.RUNNING, None)

    def end(self, order: Order, outcome: Outcome) -> None:
        """The deed has ended."""
        state = AnswerState.DONE if outcome.done else AnswerState.FAILED
        self._end(order, state, outcome)

    def expire(self, order: Order) -> None:
        """Its moment did not come in time."""
        self._end(order, AnswerState.EXPIRED, Outcome(done=False))

    def waiting(self) -> list[Order]:
        """What was taken and not begun, in the order in which it was sent."""
        return [each.order for each in self._orders(Step.TAKEN)]

    def begun(self) -> list[Begun]:
        """What was begun and has not ended."""
        return self._orders(Step.RUNNING)

    def unacknowledged(self) -> list[tuple[str, CommandAnswer]]:
        """Answers that the server has not confirmed, in the order of writing."""
        with self._lock:
            rows = self._disk.execute(
                "SELECT command, number, state, code, facts, at, log FROM answer"
                " WHERE acknowledged = 0 ORDER BY rowid"
            ).fetchall()
        return [
            (
                command,
                CommandAnswer(
                    number, AnswerState(state), code, json.loads(facts), _moment(at), log
                ),
            )
            for command, number, state, code, facts, at, log in rows
        ]

    def acknowledge(self, command_id: str, number: int) -> None:
        """The server has this answer; a log that it has is not kept here any longer."""
        with self._step() as disk:
            disk.execute(
                "UPDATE answer SET acknowledged = 1, log = NULL WHERE command = ? AND number = ?",
                (command_id, number),
            )

    def forget_old(self) -> int:
        """Delete what ended long ago and is fully answered; returns how many commands."""
        long_ago = (self._now() - _KEPT).isoformat()
        with self._step() as disk:
            disk.execute("DELETE FROM answer WHERE acknowledged = 1 AND at < ?", (long_ago,))
            gone = disk.execute(
                "DELETE FROM command WHERE step = ? AND expires_at < ? AND NOT EXISTS"
                " (SELECT 1 FROM answer WHERE answer.command = command.id AND acknowledged = 0)",
                (Step.ENDED.value, long_ago),
            )
            return gone.rowcount

    def _end(self, order: Order, state: AnswerState, outcome: Outcome) -> None:
        with self._step() as disk:
            disk.execute("UPDATE command SET step = ? WHERE id = ?", (Step.ENDED.value, order.id))
            self._say(disk, order.id, state, outcome)

    def _say(
        self,
        disk: sqlite3.Connection,
        command_id: str,
        state: AnswerState,
        told: Outcome | str | None,
    ) -> None:
        outcome = told if isinstance(told, Outcome) else Outcome(done=False, code=told)
        disk.execute(
            "INSERT INTO answer (command, number, state, code, facts, log, at) VALUES (?,"
            " (SELECT COALESCE(MAX(number), 0) + 1 FROM answer WHERE command = ?), ?, ?, ?, ?, ?)",
            (
                command_id,
                command_id,
                state.value,
                outcome.code,
                json.dumps(dict(outcome.facts)),
                outcome.log,
                self._now().isoformat(),
            ),
        )

    def _orders(self, step: Step) -> list[Begun]:
        with self._lock:
            rows = self._disk.execute(
                _ORDERS + "WHERE step = ? ORDER BY sequence", (step.value,)
            ).fetchall()
        return [
            Begun(
                Order(
                    id=command,
                    sequence=sequence,
                    kind=CommandKind(kind),
                    arguments=json.loads(arguments),
                    issued_at=_moment(issued_at),
                    expires_at=_moment(expires_at),
                ),
                life,
            )
            for command, sequence, kind, arguments, issued_at, expires_at, life in rows
        ]

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        with self._lock, whole_step(self._disk) as disk:
            yield disk


def _opened(path: Path, now: Callable[[], datetime]) -> sqlite3.Connection:
    try:
        return _prepared(path, issued_after=None)
    except sqlite3.OperationalError:
        # A full disk or a missing folder is no damage: nothing may be thrown away for it.
        raise
    except sqlite3.DatabaseError as fault:
        _log.error("command_journal_damaged", kind=type(fault).__name__)
        set_aside(path)
        return _prepared(path, issued_after=now())


def _prepared(path: Path, *, issued_after: datetime | None) -> sqlite3.Connection:
    def prepare(disk: sqlite3.Connection) -> None:
        disk.executescript(_TABLES)
        disk.execute(
            "INSERT INTO mark (only_row, sequence, issued_after) VALUES (1, 0, ?)"
            " ON CONFLICT (only_row) DO NOTHING",
            (issued_after.isoformat() if issued_after else None,),
        )

    return opened(path, prepare)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
