"""The journal of papers (打印日志): what survives a power cut, so that nothing prints twice.

It knows a job by its number alone: no title, no name, no page of a document. Every step is on
disk (synchronous=FULL) before the next one is taken, and a report gets its sequence here before
it is sent, so that a repeated report is known as such.

A journal that is damaged is set aside and begun anew, in doubt: what the server wants at that
moment may have come out already, so the printer is asked before anything is sent to it.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from devices.host.journal_file import JournalDamaged, is_emptied, opened, set_aside, whole_step
from devices.host.ports import PaperKind, PrintReport, ReportState

_KEPT = timedelta(days=30)
_PAST_LOST = 100_000
"""Beyond the sequences of any lost journal, so that the server hears what follows as news."""

_log = structlog.get_logger(__name__)

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
CREATE TABLE IF NOT EXISTS doubt (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1)
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
        self._disk = _opened(Path(path))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disk.close()

    def intend(self, job: str, kind: PaperKind) -> bool:
        """Take a job on; returns False, and changes nothing, for one that is known already."""
        with self._step() as disk:
            doubtful = disk.execute("SELECT 1 FROM doubt").fetchone() is not None
            step = Step.SUBMITTING if doubtful else Step.INTENDED
            taken = disk.execute(
                "INSERT INTO paper (job, kind, step, began_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (job) DO NOTHING",
                (job, kind.value, step.value, self._now().isoformat()),
            )
            if doubtful and taken.rowcount == 1:
                disk.execute(
                    "INSERT INTO report (job, sequence, state, pages_done, at, acknowledged)"
                    " VALUES (?, ?, ?, 0, ?, 1)",
                    (job, _PAST_LOST, ReportState.TAKEN.value, self._now().isoformat()),
                )
            return taken.rowcount == 1

    def all_taken_on(self) -> None:
        """Everything that the server wants is known here: what it wants later is new."""
        with self._lock:
            doubtful = self._disk.execute("SELECT 1 FROM doubt").fetchone() is not None
        if doubtful:
            with self._step() as disk:
                disk.execute("DELETE FROM doubt")

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
        with self._lock, whole_step(self._disk) as disk:
            yield disk


def _opened(path: Path) -> sqlite3.Connection:
    if is_emptied(path):
        return _anew(path)
    try:
        return opened(path, _prepare)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as fault:
        return _anew(path, kind=type(fault).__name__)


def _anew(path: Path, **why: str) -> sqlite3.Connection:
    _log.error("journal_damaged", **why)
    set_aside(path)
    disk = opened(path, _prepare)
    disk.execute("INSERT INTO doubt (only_row) VALUES (1)")
    return disk


def _prepare(disk: sqlite3.Connection) -> None:
    disk.executescript(_TABLES)
    try:
        for _, kind, step, _, _ in disk.execute(_ENTRIES):
            PaperKind(kind), Step(step)
        for _, _, state, _, _, at in disk.execute(_REPORTS):
            ReportState(state), datetime.fromisoformat(at)
    except (sqlite3.OperationalError, ValueError, TypeError) as fault:
        # Another program's tables, or words that no journal writes.
        raise JournalDamaged(type(fault).__name__) from fault
