"""
The guided self-test (引导自检): every device once, what a person must see or hear said by him.

Paper, card and code go by the trials of the set-up; the others are deeds of this machine
(`machine_tests`), and the touch grid is told by its page. A test that cannot be made is skipped,
with a reason.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from devices.host.check_values import CheckResult, Verdict
from devices.host.device_trials import DeviceTrials, TrialKind, TrialResult, TrialState

GRID_COLUMNS, GRID_ROWS = 6, 10
GRID_CELLS = frozenset(range(GRID_COLUMNS * GRID_ROWS))
"""The cells of the touch grid, row by row from the upper left corner."""

_log = structlog.get_logger(__name__)


class SelfTest(StrEnum):
    """What is tested, in the order in which a technician is led."""

    SCREEN = "screen"
    TOUCH = "touch"
    RULER = "ruler"
    LINE = "line"
    RATE = "rate"
    CLOCK = "clock"
    STORAGE = "storage"
    MEMORY = "memory"
    FONTS = "fonts"
    PAGE = "page"
    SLIP = "slip"
    CODE = "code"
    CARD = "card"
    SLOT = "slot"
    PICTURE = "picture"
    VOICE = "voice"
    LAMPS = "lamps"
    CONTACTS = "contacts"


class SkipReason(StrEnum):
    """Why a test was not made."""

    NOTHING_TO_HAND = "nothing_to_hand"
    """No card, no paper, nobody to help."""
    BROKEN_ALREADY = "broken_already"
    NOT_NOW = "not_now"


_ON_THE_WIRE: Mapping[SelfTest, tuple[str, str]] = {
    SelfTest.SCREEN: ("screen", "picture"),
    SelfTest.TOUCH: ("screen", "touch"),
    SelfTest.RULER: ("screen", "ruler"),
    SelfTest.LINE: ("line", "round_trip"),
    SelfTest.RATE: ("line", "rate"),
    SelfTest.CLOCK: ("machine", "clock"),
    SelfTest.STORAGE: ("machine", "storage"),
    SelfTest.MEMORY: ("machine", "memory"),
    SelfTest.FONTS: ("machine", "fonts"),
    SelfTest.PAGE: ("a4_printer", "page"),
    SelfTest.SLIP: ("receipt_printer", "slip"),
    SelfTest.CODE: ("qr_scanner", "code"),
    SelfTest.CARD: ("id_reader", "card"),
    SelfTest.SLOT: ("card_slot", "chip"),
    SelfTest.PICTURE: ("document_scanner", "picture"),
    SelfTest.VOICE: ("speaker", "voice"),
    SelfTest.LAMPS: ("cabinet", "lamps"),
    SelfTest.CONTACTS: ("cabinet", "contacts"),
}
_BY_TRIAL: Mapping[SelfTest, TrialKind] = {
    SelfTest.PAGE: TrialKind.PAGE,
    SelfTest.SLIP: TrialKind.SLIP,
    SelfTest.CODE: TrialKind.CODE,
    SelfTest.CARD: TrialKind.CARD,
}
_LOOKED_AT = frozenset(
    {
        SelfTest.SCREEN,
        SelfTest.RULER,
        SelfTest.PAGE,
        SelfTest.SLIP,
        SelfTest.VOICE,
        SelfTest.LAMPS,
    }
)
"""The machine cannot know: whoever stands there says how it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one test stands. `code` names what was against it, or why it was skipped."""

    state: TrialState
    code: str | None = None
    measured: float | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a deed has found: the code of what is against it, and a measure in its own unit."""

    code: str | None = None
    measured: float | None = None


Deeds = Mapping[SelfTest, Callable[[], Seen]]
"""What can be done here besides paper, card and code; what is not among them is not fitted."""


class SelfTests:
    """The tests of one terminal; any thread may call."""

    def __init__(self, trials: DeviceTrials, deeds: Deeds) -> None:
        self._trials = trials
        self._deeds = deeds
        self._lock = threading.Lock()
        self._own: dict[SelfTest, Standing] = {}
        self._skipped: dict[SelfTest, SkipReason] = {}
        self._begun: set[SelfTest] = set()
        self._dead: frozenset[int] = frozenset()
        self._idle = threading.Event()
        self._idle.set()

    def begin_anew(self) -> None:
        """Forget earlier results: another person, another day."""
        with self._lock:
            self._own.clear()
            self._skipped.clear()
            self._begun.clear()
            self._dead = frozenset()

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
        if test is SelfTest.TOUCH or self.running or self._first(test) is TrialState.ABSENT:
            return False
        with self._lock:
            self._skipped.pop(test, None)
            self._begun.add(test)
        if (kind := _BY_TRIAL.get(test)) is not None:
            return self._trials.begin(kind)
        with self._lock:
            self._own[test] = Standing(TrialState.RUNNING)
        self._idle.clear()
        threading.Thread(
            target=self._run, args=(test,), name=f"self-test {test.value}", daemon=True
        ).start()
        return True

    def settle(self, seconds: float) -> None:
        """Wait so long for a deed to end: most take no time, and nobody need see them running."""
        self._idle.wait(seconds)

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

    @property
    def dead_cells(self) -> frozenset[int]:
        """The cells of the touch grid that heard nothing when it was last told."""
        with self._lock:
            return self._dead

    def touched(self, cells: Collection[int]) -> None:
        """Take down which cells of the grid heard a finger; it fails while one did not."""
        dead = GRID_CELLS.difference(cells)
        state = TrialState.FAILED if dead else TrialState.CONFIRMED
        with self._lock:
            self._skipped.pop(SelfTest.TOUCH, None)
            self._dead = dead
            code = "dead_zones" if dead else None
            self._own[SelfTest.TOUCH] = Standing(state, code, float(len(dead)))

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
        here = test is SelfTest.TOUCH or test in self._deeds
        return TrialState.NOT_TRIED if here or test in _BY_TRIAL else TrialState.ABSENT

    def _run(self, test: SelfTest) -> None:
        # A fault of ours counts as a test that failed, and is the log's matter beside it.
        standing = Standing(TrialState.FAILED, "fault")
        try:
            standing = self._made(test)
        finally:
            with self._lock:
                self._own[test] = standing
            self._idle.set()
            _log.info("self_tested", test=test.value, state=standing.state.value)

    def _made(self, test: SelfTest) -> Standing:
        seen = self._deeds[test]()
        if seen.code is not None:
            return Standing(TrialState.FAILED, seen.code, seen.measured)
        state = TrialState.PASSED if test in _LOOKED_AT else TrialState.CONFIRMED
        return Standing(state, None, seen.measured)


def check_result(kind: TrialKind, trial: TrialResult) -> CheckResult:
    """Return what a trial of the set-up is on the wire: the same test by the same name."""
    (test,) = (test for test, by in _BY_TRIAL.items() if by is kind)
    return CheckResult(*_ON_THE_WIRE[test], *_verdict(Standing(trial.state, trial.code)))


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
