"""
What is done at the technician's pages (现场维护): coming in, tests, paper, the daily check.

Whatever was done is in the journal of checks before the page says so, and from there it reaches
the server whenever there is a line. A keeper may load paper and do the daily check, no more.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import structlog

from devices.contracts.states import DeviceKind, DeviceStatus, Trouble
from devices.host.check_journal import CheckJournal
from devices.host.check_values import (
    CheckKind,
    CheckRecord,
    CheckResult,
    Verdict,
    new_check_id,
)
from devices.host.device_trials import TrialState
from devices.host.readiness_reports import ReadinessReports
from devices.host.screen_codes import CodeOutcome, CodeTaken, ScreenCodes
from devices.host.self_tests import SelfTest, SelfTests, Standing
from devices.host.technician_session import Present, TechnicianSession
from devices.host.visit_watch import VisitWatch

_log = structlog.get_logger(__name__)


class Paper(StrEnum):
    """What paper is loaded into."""

    A4 = "a4_printer"
    SLIP = "receipt_printer"


SHEETS: Mapping[Paper, tuple[int, ...]] = {Paper.A4: (100, 250, 500), Paper.SLIP: (1,)}
"""Sheets of A4, or rolls."""
PAPER_TEST: Mapping[Paper, SelfTest] = {Paper.A4: SelfTest.PAGE, Paper.SLIP: SelfTest.SLIP}


class DailyPoint(StrEnum):
    """What a keeper looks at each day; the same points as on the server's page."""

    SCREEN = "screen"
    READER = "reader"
    STRANGE_PARTS = "strange_parts"
    A4_PAPER = "a4_paper"
    SLIP_PAPER = "slip_paper"
    POWER = "power"
    WAY = "way"


_PAPER_POINTS = {
    DailyPoint.A4_PAPER: DeviceKind.A4_PRINTER,
    DailyPoint.SLIP_PAPER: DeviceKind.RECEIPT_PRINTER,
}
_PAPER_TROUBLES = frozenset({Trouble.PAPER_OUT, Trouble.PAPER_LOW})


@dataclass
class _Hands:
    """What the person at the screen has chosen so far."""

    daily: dict[DailyPoint, bool] = field(default_factory=dict)
    sheets: dict[Paper, int] = field(default_factory=dict)


class TechnicianWork:
    """The work of whoever has come in; any thread may call. `written` hears of each new check."""

    def __init__(
        self,
        codes: ScreenCodes,
        session: TechnicianSession,
        tests: SelfTests,
        journal: CheckJournal,
        reports: ReadinessReports,
        *,
        visits: VisitWatch,
        statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]],
        now: Callable[[], datetime],
        written: Callable[[], None],
    ) -> None:
        self._codes = codes
        self._session = session
        self.tests = tests
        self._journal = journal
        self.reports = reports
        self._visits = visits
        self._statuses = statuses
        self._now = now
        self._written = written
        self._lock = threading.Lock()
        self._hands = _Hands()

    def enter(self, typed: str) -> tuple[CodeOutcome, str]:
        """Judge a code; a good one brings the secret of the session, once the entry is written.

        Raises sqlite3.OperationalError where the journal takes nothing: then nobody has come in.
        """
        outcome = self._codes.judge(typed)
        if not isinstance(outcome, CodeTaken):
            _log.warning("technician_refused", outcome=type(outcome).__name__)
            return outcome, ""
        present = Present(outcome.role, outcome.window)
        self._write(present, CheckKind.ENTRY, (CheckResult("screen", "entry", Verdict.PASS),))
        with self._lock:
            self._hands = _Hands()
        self.tests.begin_anew()
        self.reports.begin_anew()
        _log.info("technician_came", role=outcome.role.value)
        return outcome, self._session.begin(outcome)

    def present(self, secret: str) -> Present | None:
        """Who holds this secret, if he is still there."""
        return self._session.find(secret)

    @property
    def visit_under_way(self) -> bool:
        """Whether somebody's visit goes on: nothing is done before it has ended."""
        return self._visits.under_way

    def take_the_machine(self) -> None:
        """Close the door to residents."""
        self._session.take_the_machine()

    def end_visit(self) -> None:
        """The person has left: what was not sent is given up, as when nobody touches for long."""
        self.take_the_machine()
        self._visits.end()

    def leave(self) -> None:
        """Whoever was here goes; residents may come."""
        self._session.end()
        _log.info("technician_left")

    def report_tests(self, present: Present) -> CheckRecord:
        """Write the self-test down as it stands."""
        return self._write(present, CheckKind.SELF_TEST, self.tests.results())

    def last_tests(self) -> CheckRecord | None:
        """The newest self-test that is written down."""
        return self._journal.last(CheckKind.SELF_TEST)

    def load(self, paper: Paper, sheets: int) -> bool:
        """Paper is in and the door closed: begin the page that shows it; returns whether it
        began."""
        if sheets not in SHEETS[paper]:
            return False
        with self._lock:
            self._hands.sheets[paper] = sheets
        return self.tests.begin(PAPER_TEST[paper])

    def loading(self, paper: Paper) -> tuple[int, Standing]:
        """How many sheets were said to be loaded, 0 before that, and how the page went."""
        with self._lock:
            sheets = self._hands.sheets.get(paper, 0)
        return sheets, self.tests.standings()[PAPER_TEST[paper]]

    def loaded(self, paper: Paper, present: Present, *, good: bool) -> CheckRecord | None:
        """Write down that paper was loaded and how its page came out; None where none has."""
        sheets, standing = self.loading(paper)
        printed = standing.state in {TrialState.PASSED, TrialState.FAILED}
        if not sheets or not printed:
            return None
        self.tests.judge(PAPER_TEST[paper], good=good)
        fine = good and standing.state is TrialState.PASSED
        verdict = Verdict.PASS if fine else Verdict.FAIL
        code = None if fine else standing.code or "not_right"
        result = CheckResult(paper.value, "paper", verdict, code, float(sheets))
        record = self._write(present, CheckKind.PAPER_LOADED, (result,))
        with self._lock:
            self._hands.sheets.pop(paper, None)
        return record

    def daily(self) -> Mapping[DailyPoint, bool | None]:
        """Each point: good, not good, or not answered; a printer answers for its own paper only
        when it is short."""
        with self._lock:
            chosen = dict(self._hands.daily)
        return {
            point: chosen.get(point, False if self._short(point) else None) for point in DailyPoint
        }

    def choose(self, point: DailyPoint, *, good: bool) -> None:
        """Take down how one point was found."""
        with self._lock:
            self._hands.daily[point] = good

    def finish_daily(self, present: Present) -> CheckRecord | None:
        """Write the daily check down; None while a point is not answered."""
        found = self.daily()
        results = []
        for point, good in found.items():
            if good is None:
                return None
            verdict, code = (Verdict.PASS, None) if good else (Verdict.FAIL, "not_right")
            results.append(CheckResult("machine", point.value, verdict, code))
        record = self._write(present, CheckKind.DAILY, tuple(results))
        with self._lock:
            self._hands.daily.clear()
        return record

    def _short(self, point: DailyPoint) -> bool:
        status = self._statuses().get(_PAPER_POINTS[point]) if point in _PAPER_POINTS else None
        return status is not None and bool(_PAPER_TROUBLES & set(status.troubles))

    def _write(
        self, present: Present, kind: CheckKind, results: tuple[CheckResult, ...]
    ) -> CheckRecord:
        record = CheckRecord(
            new_check_id(), kind, self._now(), present.role, present.window, results
        )
        self._journal.write(record)
        self._written()
        return record
