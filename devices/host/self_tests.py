"""
The guided self-test (引导自检): every device once, what a person must see or hear said by him.

Paper, card and code go by the trials of the set-up; here stand what has no paper: a picture, a
voice, the screen, the line, storage. A test that cannot be made is skipped, with a reason.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from devices.contracts.document_scanner import DocumentScanner
from devices.host.check_values import CheckResult, Verdict
from devices.host.device_trials import DeviceTrials, TrialKind, TrialState
from devices.host.scanner_check import check_scanner

LEAST_DISK_MB = 512

_log = structlog.get_logger(__name__)


class SelfTest(StrEnum):
    """What is tested, in the order in which a technician is led."""

    SCREEN = "screen"
    LINE = "line"
    STORAGE = "storage"
    PAGE = "page"
    SLIP = "slip"
    CODE = "code"
    CARD = "card"
    PICTURE = "picture"
    VOICE = "voice"


class SkipReason(StrEnum):
    """Why a test was not made."""

    NOTHING_TO_HAND = "nothing_to_hand"
    """No card, no paper, nobody to help."""
    BROKEN_ALREADY = "broken_already"
    NOT_NOW = "not_now"


_ON_THE_WIRE: Mapping[SelfTest, tuple[str, str]] = {
    SelfTest.SCREEN: ("screen", "picture"),
    SelfTest.LINE: ("line", "round_trip"),
    SelfTest.STORAGE: ("machine", "storage"),
    SelfTest.PAGE: ("a4_printer", "page"),
    SelfTest.SLIP: ("receipt_printer", "slip"),
    SelfTest.CODE: ("qr_scanner", "code"),
    SelfTest.CARD: ("id_reader", "card"),
    SelfTest.PICTURE: ("document_scanner", "picture"),
    SelfTest.VOICE: ("speaker", "voice"),
}
_BY_TRIAL: Mapping[SelfTest, TrialKind] = {
    SelfTest.PAGE: TrialKind.PAGE,
    SelfTest.SLIP: TrialKind.SLIP,
    SelfTest.CODE: TrialKind.CODE,
    SelfTest.CARD: TrialKind.CARD,
}
_LOOKED_AT = frozenset({SelfTest.SCREEN, SelfTest.PAGE, SelfTest.SLIP, SelfTest.VOICE})
"""The machine cannot know: whoever stands there says how it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one test stands. `code` names what was against it, or why it was skipped."""

    state: TrialState
    code: str | None = None
    measured: float | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What the tests without paper stand on: the line's round trip in milliseconds or the code of
    its failure, free disk in MB, a spoken sentence (None: no voice), the document scanner."""

    round_trip: Callable[[], float | str]
    disk_free_mb: Callable[[], int | None]
    speak: Callable[[], bool] | None
    scanner: DocumentScanner | None


class SelfTests:
    """The tests of one terminal; any thread may call."""

    def __init__(self, trials: DeviceTrials, reach: Reach) -> None:
        self._trials = trials
        self._reach = reach
        self._lock = threading.Lock()
        self._own: dict[SelfTest, Standing] = {}
        self._skipped: dict[SelfTest, SkipReason] = {}
        self._begun: set[SelfTest] = set()

    def begin_anew(self) -> None:
        """Forget earlier results: another person, another day."""
        with self._lock:
            self._own.clear()
            self._skipped.clear()
            self._begun.clear()

    @property
    def running(self) -> bool:
        """Whether a test goes on."""
        with self._lock:
            own = any(each.state is TrialState.RUNNING for each in self._own.values())
        return own or self._trials.running

    def standings(self) -> Mapping[SelfTest, Standing]:
        """Every test and where it stands."""
        trials = self._trials.results()
        found = {}
        for test in SelfTest:
            if (kind := _BY_TRIAL.get(test)) is not None:
                tried = trials[kind]
                mine = test in self._begun or tried.state is TrialState.ABSENT
                state = tried.state if mine else TrialState.NOT_TRIED
                standing = Standing(state, tried.code if mine else None)
            else:
                standing = self._own.get(test, Standing(self._first(test)))
            why = self._skipped.get(test)
            found[test] = Standing(standing.state, why.value, skipped=True) if why else standing
        return found

    def begin(self, test: SelfTest) -> bool:
        """Begin a test; returns whether it began: not while another goes on, nor of nothing."""
        if self.running or self._first(test) is TrialState.ABSENT:
            return False
        with self._lock:
            self._skipped.pop(test, None)
            self._begun.add(test)
        if (kind := _BY_TRIAL.get(test)) is not None:
            return self._trials.begin(kind)
        with self._lock:
            self._own[test] = Standing(TrialState.RUNNING)
        threading.Thread(
            target=self._run, args=(test,), name=f"self-test {test.value}", daemon=True
        ).start()
        return True

    def judge(self, test: SelfTest, *, good: bool) -> bool:
        """Take down what whoever looked or listened says; returns whether it was asked."""
        if (kind := _BY_TRIAL.get(test)) is not None:
            return self._trials.judge(kind, good=good)
        with self._lock:
            standing = self._own.get(test)
            if standing is None or standing.state is not TrialState.PASSED:
                return False
            state = TrialState.CONFIRMED if good else TrialState.FAILED
            self._own[test] = Standing(state, None if good else "not_right", standing.measured)
            return True

    def skip(self, test: SelfTest, why: SkipReason) -> None:
        """This one is not made, for a reason."""
        with self._lock:
            self._skipped[test] = why

    def results(self) -> tuple[CheckResult, ...]:
        """What goes into the report; what was not made stands there as skipped."""
        return tuple(
            CheckResult(*_ON_THE_WIRE[test], *_verdict(standing), standing.measured)
            for test, standing in self.standings().items()
        )

    def _first(self, test: SelfTest) -> TrialState:
        missing = {
            SelfTest.PICTURE: self._reach.scanner is None,
            SelfTest.VOICE: self._reach.speak is None,
        }
        return TrialState.ABSENT if missing.get(test) else TrialState.NOT_TRIED

    def _run(self, test: SelfTest) -> None:
        # A fault of ours counts as a test that failed, and is the log's matter beside it.
        standing = Standing(TrialState.FAILED, "fault")
        try:
            standing = self._made(test)
        finally:
            with self._lock:
                self._own[test] = standing
            _log.info("self_tested", test=test.value, state=standing.state.value)

    def _made(self, test: SelfTest) -> Standing:
        code: str | None = None
        measured: float | None = None
        if test is SelfTest.LINE:
            trip = self._reach.round_trip()
            code, measured = (trip, None) if isinstance(trip, str) else (None, round(trip, 1))
        elif test is SelfTest.STORAGE:
            free = self._reach.disk_free_mb()
            code = "disk_low" if free is None or free < LEAST_DISK_MB else None
            measured = None if free is None else float(free)
        elif test is SelfTest.PICTURE and self._reach.scanner is not None:
            seen = check_scanner(self._reach.scanner)
            code, measured = seen.code, round(seen.seconds, 2)
        elif test is SelfTest.VOICE and self._reach.speak is not None:
            code = None if self._reach.speak() else "no_voice"
        if code is not None:
            return Standing(TrialState.FAILED, code, measured)
        state = TrialState.PASSED if test in _LOOKED_AT else TrialState.CONFIRMED
        return Standing(state, None, measured)


def timed(call: Callable[[], str | None]) -> float | str:
    """Return how many milliseconds *call* took, or the code that it gave for its failure."""
    began = time.monotonic()
    code = call()
    return (time.monotonic() - began) * 1000 if code is None else code


def _verdict(standing: Standing) -> tuple[Verdict, str | None]:
    if standing.skipped:
        return Verdict.SKIPPED, standing.code
    match standing.state:
        case TrialState.CONFIRMED:
            return Verdict.PASS, None
        case TrialState.FAILED:
            return Verdict.FAIL, standing.code
        case TrialState.ABSENT:
            return Verdict.SKIPPED, "not_fitted"
        case TrialState.PASSED:
            return Verdict.SKIPPED, "not_confirmed"
        case TrialState.NOT_TRIED | TrialState.RUNNING:
            return Verdict.SKIPPED, "not_tried"
