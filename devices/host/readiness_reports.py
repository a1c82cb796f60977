"""
The readiness reports of this terminal (开机就绪报告): made here, kept here, printed, and sent on.

A report is on disk before it is printed, and stands in the journal of checks as ready or not; with
that check its paper goes to the server when there is a line. The newest few stay on the machine.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import structlog

from devices.contracts.document_printer import DocumentPrinter
from devices.host.check_journal import CheckJournal
from devices.host.check_values import CheckKind, CheckRecord, CheckResult, Verdict, new_check_id
from devices.host.durable_file import write_durably
from devices.host.readiness import Against, MachineFacts, against
from devices.host.readiness_paper import readiness_pdf
from devices.host.technician_session import Present
from devices.host.watched_paper import come_out
from devices.protocols.pdf_pages import count_pages

FOLDER = "readiness"
_KEPT = 12

_log = structlog.get_logger(__name__)


class ReportState(StrEnum):
    """Where the newest report stands."""

    NONE = "none"
    RUNNING = "running"
    PRINTED = "printed"
    KEPT = "kept"
    """It is kept and will be sent, and did not come out of a printer."""
    FAILED = "failed"
    """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class ReportStanding:
    """`code` says why it was not printed or not kept, `reasons` what stands against serving."""

    state: ReportState
    code: str | None = None
    reasons: tuple[Against, ...] = ()


class ReadinessReports:
    """Makes one report at a time, in a thread of its own; any thread may call."""

    def __init__(
        self,
        state: Path,
        facts: Callable[[str], MachineFacts],
        journal: CheckJournal,
        printer: DocumentPrinter | None,
        *,
        written: Callable[[], None],
        print_paper: Callable[..., str | None] = come_out,
    ) -> None:
        """*facts* gathers what a report of this id tells; *written* hears of each new check."""
        self._folder = state / FOLDER
        self._facts = facts
        self._journal = journal
        self._printer = printer
        self._written = written
        self._print_paper = print_paper
        self._lock = threading.Lock()
        self._standing = ReportStanding(ReportState.NONE)

    @property
    def standing(self) -> ReportStanding:
        """Where the newest report stands."""
        with self._lock:
            return self._standing

    def begin_anew(self) -> None:
        """Another person: what the last one made is not his, but what is being made goes on."""
        with self._lock:
            if self._standing.state is not ReportState.RUNNING:
                self._standing = ReportStanding(ReportState.NONE)

    def begin(self, present: Present) -> bool:
        """Make, keep and print a report; returns whether it began: not while another is made."""
        with self._lock:
            if self._standing.state is ReportState.RUNNING:
                return False
            self._standing = ReportStanding(ReportState.RUNNING)
        threading.Thread(
            target=self._run, args=(present,), name="readiness report", daemon=True
        ).start()
        return True

    def paper(self, check_id: str) -> bytes | None:
        """The PDF of the report of this check, while it is kept."""
        path = self._folder / f"{check_id}.pdf"
        try:
            return path.read_bytes() if path.exists() else None
        except OSError:
            return None

    def _run(self, present: Present) -> None:
        standing = ReportStanding(ReportState.FAILED, code="fault")
        try:
            standing = self._made(present)
        finally:
            with self._lock:
                self._standing = standing
            _log.info("readiness_reported", state=standing.state.value)

    def _made(self, present: Present) -> ReportStanding:
        facts = self._facts(new_check_id())
        reasons = tuple(against(facts))
        record = CheckRecord(
            facts.id,
            CheckKind.READINESS,
            facts.at,
            present.role,
            present.window,
            (
                CheckResult(
                    "machine",
                    "ready",
                    Verdict.FAIL if reasons else Verdict.PASS,
                    reasons[0].code if reasons else None,
                    float(len(reasons)),
                ),
            ),
        )
        try:
            pdf = readiness_pdf(facts)
            self._keep(facts.id, pdf)
            self._journal.write(record)
        except (OSError, sqlite3.OperationalError):
            return ReportStanding(ReportState.FAILED, code="storage_full")
        self._written()
        code = self._printed(facts.id, pdf)
        state = ReportState.PRINTED if code is None else ReportState.KEPT
        return ReportStanding(state, code, reasons)

    def _keep(self, report_id: str, pdf: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._folder / f"{report_id}.pdf", pdf)
        kept = sorted(self._folder.glob("*.pdf"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)

    def _printed(self, report_id: str, pdf: bytes) -> str | None:
        if self._printer is None:
            return "not_fitted"
        job_name = f"readiness-{report_id}"
        return self._print_paper(self._printer, pdf, job_name=job_name, pages=count_pages(pdf))
