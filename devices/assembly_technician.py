"""The technician's pages of one terminal, put together: code, session, tests, journal, report."""

import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from flask import Blueprint

from devices.agent.clock import ServerClock
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.agent.machine import Machine
from devices.api.own_pages import OwnPages
from devices.api.technician_routes import pages_for
from devices.assembly_guidance import GuidanceParts
from devices.assembly_office import SOFTWARE
from devices.assembly_self_tests import LineWords, self_tests
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host import acceptance
from devices.host.check_journal import CheckJournal
from devices.host.check_reporting import CheckReporter
from devices.host.check_values import CheckKind
from devices.host.closure import Closure
from devices.host.duties import Duty
from devices.host.ports import ServerDoor
from devices.host.readiness import Computer, MachineFacts
from devices.host.readiness_reports import ReadinessReports
from devices.host.registry import Fleet
from devices.host.residue import ResidueReport
from devices.host.screen_codes import ScreenCodes
from devices.host.screen_key_renewal import ScreenKeyRenewal
from devices.host.technician_session import TechnicianSession
from devices.host.technician_work import TechnicianWork
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

_log = structlog.get_logger(__name__)

JOURNAL_FILE = "checks.sqlite3"


@dataclass(frozen=True)
class MachineWords:
    """What the rest of the terminal says of itself, whenever it is asked."""

    statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]]
    residue: Callable[[], ResidueReport]
    line: ServerDoor
    line_alive: Callable[[], bool | None]
    papers_open: Callable[[], int]
    clock: ServerClock
    moved_to: Callable[[], str | None]


class TechnicianParts:
    """The parts, wired; nothing of it is there on a terminal that is not enrolled."""

    def __init__(
        self,
        settings: HostSettings,
        identity: Identity,
        counter: ServerCounter,
        *,
        fleet: Fleet,
        closure: Closure,
        visits: VisitWatch,
        guidance: GuidanceParts,
        around: MachineWords,
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._around = around
        now = around.clock.now
        self._codes = ScreenCodes(settings.state, now)
        self._session = TechnicianSession(closure)
        self._journal = CheckJournal(settings.state / JOURNAL_FILE, now=now)
        self._reports = ReadinessReports(
            settings.state, self._facts, self._journal, fleet.a4_printer, written=self._wake
        )
        renewal = ScreenKeyRenewal(counter, self._codes, identity.key_id)
        self._reporter = CheckReporter(counter, self._journal, renewal.renew, self._reports.paper)
        tests = self_tests(
            settings,
            identity.terminal,
            LineWords(counter.wants, around.line, lambda: around.clock.offset_seconds),
            fleet=fleet,
            speaking=guidance.speaking,
            lamps=guidance.lamps,
            now=now,
        )
        self._work = TechnicianWork(
            self._codes,
            self._session,
            tests,
            self._journal,
            self._reports,
            visits=visits,
            statuses=around.statuses,
            now=now,
            written=self._wake,
        )
        self.accepted()

    @property
    def arrival_address(self) -> Callable[[], str | None]:
        """Where a technician's phone says that it is here."""
        return self._codes.arrival_address

    def pages(self, own: OwnPages) -> Blueprint:
        """The routes of the technician's pages."""
        return pages_for(self._work)(own)

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return Duty("checks", self._reporter.run), Duty("technician", self._session.run)

    def stop(self) -> None:
        """Tell the duties to end."""
        self._reporter.stop()
        self._session.stop()

    def close(self) -> None:
        """Let go of the journal, after the duties have ended."""
        self._journal.close()

    def accepted(self) -> None:
        """Take the acceptance sheet that is kept into the journal, once; the server hears of it."""
        sheet = acceptance.kept_record(self._settings.state)
        if sheet is None or self._journal.knows(sheet.id):
            return
        try:
            self._journal.write(sheet)
        except sqlite3.OperationalError as fault:
            # The sheet itself is on disk: the next start tries again.
            _log.warning("acceptance_not_journalled", kind=type(fault).__name__)
            return
        self._wake()

    def _wake(self) -> None:
        self._reporter.wake()

    def _facts(self, report_id: str) -> MachineFacts:
        seen = Machine(self._settings.state).facts()
        system = platform.uname()
        kept = ((kind, self._journal.last(kind)) for kind in CheckKind)
        return MachineFacts(
            id=report_id,
            at=self._around.clock.now(),
            terminal=self._identity.terminal,
            site=self._around.moved_to() or self._identity.site_name,
            software=SOFTWARE,
            px_per_mm=self._settings.model.px_per_mm,
            computer=Computer(
                f"{system.system} {system.release} {system.machine}",
                seen.disk_free_mb,
                seen.memory_free_mb,
                seen.temperature_celsius,
                seen.uptime_seconds,
            ),
            devices=self._around.statuses(),
            line_alive=self._around.line_alive(),
            clock_offset_seconds=self._around.clock.offset_seconds,
            residue=self._around.residue(),
            checks={kind: record for kind, record in kept if record is not None},
            papers_open=self._around.papers_open(),
        )
