"""
The journal of checks (检查日志): what was checked here, kept until the server has it and longer.

What is written is on disk (synchronous=FULL) before anybody is told that it was. A damaged file is
set aside: checks in it are lost to the server, and nothing else depends on them.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from devices.host.check_values import CheckKind, CheckRecord, CheckResult, ScreenRole, Verdict
from devices.host.journal_file import opened, set_aside, whole_step

_KEPT = timedelta(days=60)
_NO_WINDOW = -1
"""Nobody had typed a code: the machine was being set up."""
_COLUMNS = "id, kind, at, by_role, code_window, results"
_TABLE = """
CREATE TABLE IF NOT EXISTS check_made (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    by_role TEXT NOT NULL,
    code_window INTEGER NOT NULL,
    results TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT;
"""
_log = structlog.get_logger(__name__)


class CheckJournal:
    """The journal in one SQLite file; any thread may call, each call is one durable step."""

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._disk = _opened(path)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disk.close()

    def write(self, record: CheckRecord) -> None:
        """Keep a check. Raises sqlite3.OperationalError where the disk takes nothing."""
        results = json.dumps([each.as_json() for each in record.results])
        with self._lock, whole_step(self._disk) as disk:
            disk.execute(
                f"INSERT INTO check_made ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    record.id,
                    record.kind.value,
                    record.at.isoformat(),
                    record.by.value,
                    _NO_WINDOW if record.code_window is None else record.code_window,
                    results,
                ),
            )

    def unacknowledged(self) -> list[CheckRecord]:
        """What the server has not confirmed, in the order of writing."""
        return self._select("WHERE acknowledged = 0 ORDER BY number")

    def knows(self, check_id: str) -> bool:
        """Whether this one was written."""
        return bool(self._select("WHERE id = ?", check_id))

    def last(self, kind: CheckKind) -> CheckRecord | None:
        """The newest check of *kind*."""
        found = self._select("WHERE kind = ? ORDER BY number DESC LIMIT 1", kind.value)
        return found[0] if found else None

    def acknowledge(self, check_id: str) -> None:
        """The server has this one, or will never take it."""
        with self._lock, whole_step(self._disk) as disk:
            disk.execute("UPDATE check_made SET acknowledged = 1 WHERE id = ?", (check_id,))

    def forget_old(self) -> None:
        """Delete what the server has had for long, but for how the machine was accepted."""
        long_ago = (self._now() - _KEPT).isoformat()
        with self._lock, whole_step(self._disk) as disk:
            disk.execute(
                "DELETE FROM check_made WHERE acknowledged = 1 AND at < ? AND kind <> ?",
                (long_ago, CheckKind.ACCEPTANCE.value),
            )

    def _select(self, which: str, *values: str) -> list[CheckRecord]:
        with self._lock:
            rows = self._disk.execute(
                f"SELECT {_COLUMNS} FROM check_made {which}",  # noqa: S608 - our own words
                values,
            ).fetchall()
        return [
            CheckRecord(
                id=check_id,
                kind=CheckKind(kind),
                at=datetime.fromisoformat(at),
                by=ScreenRole(role),
                code_window=None if window == _NO_WINDOW else window,
                results=tuple(_result(each) for each in json.loads(results)),
            )
            for check_id, kind, at, role, window, results in rows
        ]


def _result(found: Mapping[str, str | float | None]) -> CheckResult:
    code, measured = found["code"], found["measured"]
    return CheckResult(
        device=str(found["device"]),
        test=str(found["test"]),
        result=Verdict(str(found["result"])),
        code=None if code is None else str(code),
        measured=None if measured is None else float(measured),
    )


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return opened(path, _prepare)
    except sqlite3.OperationalError:
        # A full disk or a missing folder is no damage: nothing may be thrown away for it.
        raise
    except sqlite3.DatabaseError as fault:
        _log.error("check_journal_damaged", kind=type(fault).__name__)
        set_aside(path)
        return opened(path, _prepare)


def _prepare(disk: sqlite3.Connection) -> None:
    disk.executescript(_TABLE)
