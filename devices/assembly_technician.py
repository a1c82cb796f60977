"""The technician's pages of one terminal, put together: code, session, tests, journal, report."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask import Blueprint

from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.agent.machine import Machine
from devices.api.own_pages import OwnPages
from devices.api.technician_routes import pages_for
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.check_journal import CheckJournal
from devices.host.check_reporting import CheckReporter
from devices.host.closure import Closure
from devices.host.device_trials import DeviceTrials
from devices.host.duties import Duty
from devices.host.ports import LineDead, Refused
from devices.host.registry import Fleet
from devices.host.screen_codes import ScreenCodes
from devices.host.screen_key_renewal import ScreenKeyRenewal
from devices.host.self_tests import Reach, SelfTests, timed
from devices.host.speaking import Speaking
from devices.host.technician_session import TechnicianSession
from devices.host.technician_work import TechnicianWork
from devices.host.visit_watch import VisitWatch
from devices.prompts import Language
from devices.settings import HostSettings

JOURNAL_FILE = "checks.sqlite3"
OCCASION = "self-test"
_PROMPT = "attract-title"


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
        speaking: Speaking,
        statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]],
        now: Callable[[], datetime],
    ) -> None:
        self._counter = counter
        self._codes = ScreenCodes(settings.state, now)
        self._session = TechnicianSession(closure)
        self._journal = CheckJournal(settings.state / JOURNAL_FILE, now=now)
        renewal = ScreenKeyRenewal(counter, self._codes, identity.key_id)
        self._reporter = CheckReporter(counter, self._journal, renewal.renew)
        receipt = settings.drivers.receipt_printer
        trials = DeviceTrials(
            fleet,
            terminal=identity.terminal,
            slip_width_mm=receipt.width_mm if receipt is not None else 80,
            now=now,
            occasion=OCCASION,
        )
        machine = Machine(settings.state)
        reach = Reach(
            round_trip=lambda: timed(self._ask),
            disk_free_mb=lambda: machine.facts().disk_free_mb,
            speak=(lambda: speaking.ask([_PROMPT], Language.ZH)) if speaking.audible else None,
            scanner=fleet.document_scanner,
        )
        self._work = TechnicianWork(
            self._codes,
            self._session,
            SelfTests(trials, reach),
            self._journal,
            visits=visits,
            statuses=statuses,
            now=now,
            written=self._reporter.wake,
        )

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

    def _ask(self) -> str | None:
        match self._counter.wants():
            case LineDead():
                return "line_dead"
            case Refused():
                return "refused"
            case _:
                return None
