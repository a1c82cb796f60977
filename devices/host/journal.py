"""The journal of papers (打印日志): what survives a power cut, so that nothing prints twice.

It knows a job by its number alone: no title, no name, no page of a document. Every step is on
disk (synchronous=FULL) before the next one is taken, and a report gets its sequence here before
it is sent, so that a repeated report is known as such.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from devices.host.ports import PaperKind, PrintReport, ReportState

_KEPT = timedelta(days=30)

_TABLES = """
CREATE TABLE IF NOT EXISTS paper (
    number INTEGER PRIMARY KEY,
    job TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    step TEXT NOT NULL,
    printer_ref TEXT,
    cancel_wanted INTEGER NOT NULL DEFAULT 0,
    began_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS report (
    job TEXT NOT NULL REFERENCES paper (job) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    trouble TEXT,
    pages_done INTEGER NOT NULL,
    at TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, sequence)
) STRICT;
"""

_ENTRIES = "SELECT job, kind, step, printer_ref, cancel_wanted FROM paper "
_REPORTS = "SELECT job, sequence, state, trouble, pages_done, at FROM report "


class Step(StrEnum):
    """How far a paper has come; written before the deed that it announces."""

    INTENDED = "intended"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in the journal."""

    job: str
    kind: PaperKind
    step: Step
    printer_ref: str | None
    cancel_wanted: bool


class Journal:
    """The journal in one SQLite file; any thread may call, each call is one durable step."""

    def __init__(self, path: Path | str, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._disk = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._disk.execute("PRAGMA journal_mode=WAL")
        self._disk.execute("PRAGMA synchronous=FULL")
        self._disk.execute("PRAGMA foreign_keys=ON")
        self._disk.execute("PRAGMA secure_delete=ON")
        self._disk.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disk.close()

    def intend(self, job: str, kind: PaperKind) -> bool:
        """Take a job on; returns False, and changes nothing, for one that is known already."""
        with self._step() as disk:
            taken = disk.execute(
                "INSERT INTO paper (job, kind, step, began_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (job) DO NOTHING",
                (job, kind.value, Step.INTENDED.value, self._now().isoformat()),
            )
            return taken.rowcount == 1

    def wish_cancel(self, job: str) -> None:
        """Note that the server does not want *job* any more; a job never taken ends unprinted."""
        with self._step() as disk:
            disk.execute("UPDATE paper SET cancel_wanted = 1 WHERE job = ?", (job,))

    def submitting(self, job: str) -> None:
        """The document is about to go to the printer; from here on it may be on paper."""
        self._move(job, Step.SUBMITTING)

    def not_submitted(self, job: str) -> None:
        """The printer has certainly not taken the document: the job may be offered again."""
        self._move(job, Step.INTENDED)

    def submitted(self, job: str, printer_ref: str) -> None:
        """The printer holds the job and calls it *printer_ref*."""
        with self._step() as disk:
            disk.execute(
                "UPDATE paper SET step = ?, printer_ref = ? WHERE job = ?",
                (Step.SUBMITTED.value, printer_ref, job),
            )

    def report(
        self, job: str, state: ReportState, *, trouble: str | None = None, pages_done: int = 0
    ) -> None:
        """Write a report down, to be sent; an end also ends the job, in the same step."""
        with self._step() as disk:
            if state.is_end:
                disk.execute("UPDATE paper SET step = ? WHERE job = ?", (Step.ENDED.value, job))
            disk.execute(
                "INSERT INTO report (job, sequence, state, trouble, pages_done, at) VALUES (?,"
                " (SELECT COALESCE(MAX(sequence), 0) + 1 FROM report WHERE job = ?), ?, ?, ?, ?)",
                (job, job, state.value, trouble, pages_done, self._now().isoformat()),
            )

    def drop(self, job: str) -> None:
        """End a job that the server says it does not want: there is nothing to report."""
        self._move(job, Step.ENDED)

    def entry(self, job: str) -> Entry | None:
        """What the journal knows of a job."""
        return next(iter(self._entries("WHERE job = ?", (job,))), None)

    def next_open(self, kind: PaperKind) -> Entry | None:
        """The oldest job of this kind that has not ended."""
        found = self._entries(
            "WHERE kind = ? AND step <> ? ORDER BY number LIMIT 1",
            (kind.value, Step.ENDED.value),
        )
        return next(iter(found), None)

    def open_jobs(self) -> int:
        """How many jobs have not ended."""
        return len(self._entries("WHERE step <> ?", (Step.ENDED.value,)))

    def last_report(self, job: str) -> PrintReport | None:
        """The latest report of a job, sent or not."""
        found = self._reports("WHERE job = ? ORDER BY sequence DESC LIMIT 1", (job,))
        return found[0][1] if found else None

    def unacknowledged(self) -> list[tuple[str, PrintReport]]:
        """Reports that the server has not confirmed, in the order of writing."""
        return self._reports("WHERE acknowledged = 0 ORDER BY rowid", ())

    def acknowledge(self, job: str, sequence: int) -> None:
        """The server has this report."""
        with self._step() as disk:
            disk.execute(
                "UPDATE report SET acknowledged = 1 WHERE job = ? AND sequence = ?",
                (job, sequence),
            )

    def forget_old(self) -> int:
        """Delete jobs that ended long ago and are fully reported; returns how many."""
        with self._step() as disk:
            gone = disk.execute(
                "DELETE FROM paper WHERE step = ? AND began_at < ? AND NOT EXISTS"
                " (SELECT 1 FROM report WHERE report.job = paper.job AND acknowledged = 0)",
                (Step.ENDED.value, (self._now() - _KEPT).isoformat()),
            )
            return gone.rowcount

    def _move(self, job: str, step: Step) -> None:
        with self._step() as disk:
            disk.execute("UPDATE paper SET step = ? WHERE job = ?", (step.value, job))

    def _entries(self, where: str, values: tuple[object, ...]) -> list[Entry]:
        with self._lock:
            rows = self._disk.execute(
                _ENTRIES + where,
                values,
            ).fetchall()
        return [
            Entry(job, PaperKind(kind), Step(step), ref, bool(cancel))
            for job, kind, step, ref, cancel in rows
        ]

    def _reports(self, where: str, values: tuple[object, ...]) -> list[tuple[str, PrintReport]]:
        with self._lock:
            rows = self._disk.execute(
                _REPORTS + where,
                values,
            ).fetchall()
        return [
            (
                job,
                PrintReport(
                    sequence, ReportState(state), trouble, pages, datetime.fromisoformat(at)
                ),
            )
            for job, sequence, state, trouble, pages, at in rows
        ]

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._disk.execute("BEGIN IMMEDIATE")
            try:
                yield self._disk
            except BaseException:
                self._disk.execute("ROLLBACK")
                raise
            self._disk.execute("COMMIT")
