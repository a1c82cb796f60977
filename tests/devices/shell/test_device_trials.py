"""Trials of devices at the set-up, and the sheet that tells of them."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from devices.contracts.qr_scanner import Nothing, Scanned, ScanOutcome
from devices.contracts.states import Condition, DeviceStatus
from devices.host import acceptance
from devices.host.device_trials import DeviceTrials, TrialKind, TrialResult, TrialState
from devices.host.registry import Fleet, drivers_for
from devices.protocols.pdf_pages import count_pages
from tests.support.terminal_bench import Bench, bench

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
PATIENCE_SECONDS = 90.0
CONFIRMED = TrialResult(TrialState.CONFIRMED)


class Scanner:
    """A scanner before which codes are held up one after the other."""

    def __init__(self, *outcomes: ScanOutcome) -> None:
        self._outcomes = list(outcomes)
        self.forgotten = False

    def status(self) -> DeviceStatus:
        return DeviceStatus(Condition.READY)

    def next_scan(self, timeout_seconds: float) -> ScanOutcome:
        return self._outcomes.pop(0) if self._outcomes else Nothing()

    def forget(self) -> None:
        self.forgotten = True

    def close(self) -> None:
        return


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Bench]:
    """Simulated devices on a bench."""
    with bench(tmp_path) as built:
        yield built


@pytest.fixture
def fleet(stand: Bench) -> Iterator[Fleet]:
    """Real drivers over those devices."""
    built = drivers_for(stand.settings().drivers)
    yield built
    if built.id_reader is not None:
        built.id_reader.close()


def trials_of(fleet: Fleet) -> DeviceTrials:
    """The trials of a terminal with these devices."""
    return DeviceTrials(fleet, terminal="T-0001", slip_width_mm=80, now=lambda: NOW)


def ended(trials: DeviceTrials, kind: TrialKind) -> TrialResult:
    """Try one device and wait for the end of it."""
    assert trials.begin(kind)
    until = time.monotonic() + PATIENCE_SECONDS
    while trials.running:
        assert time.monotonic() < until
        time.sleep(0.02)
    return trials.results()[kind]


def test_a_paper_passes_when_somebody_has_looked(fleet: Fleet) -> None:
    """The printer's word alone does not confirm a page or a slip."""
    trials = trials_of(fleet)
    for kind in (TrialKind.PAGE, TrialKind.SLIP):
        assert ended(trials, kind).state is TrialState.PASSED
        assert trials.judge(kind, good=True)
        assert trials.results()[kind] == CONFIRMED


def test_a_paper_that_looks_wrong_has_failed(fleet: Fleet) -> None:
    """Whoever looks has the last word, and the trial can be done again."""
    trials = trials_of(fleet)
    ended(trials, TrialKind.SLIP)
    trials.judge(TrialKind.SLIP, good=False)
    assert trials.results()[TrialKind.SLIP] == TrialResult(TrialState.FAILED, "not_right")
    assert ended(trials, TrialKind.SLIP).state is TrialState.PASSED


def test_nothing_is_judged_that_has_not_passed(fleet: Fleet) -> None:
    """A device is not signed for unseen."""
    trials = trials_of(fleet)
    assert not trials.judge(TrialKind.PAGE, good=True)
    assert trials.results()[TrialKind.PAGE].state is TrialState.NOT_TRIED


def test_a_printer_without_paper_is_named(stand: Bench, fleet: Fleet) -> None:
    """A trial that fails says why, in the words of device states."""
    stand.slips.verbs["take_paper"]()
    assert ended(trials_of(fleet), TrialKind.SLIP) == TrialResult(TrialState.FAILED, "paper_out")


def test_a_paused_printer_goes_on_for_who_stands_there(stand: Bench, fleet: Fleet) -> None:
    """A pause that somebody ordered ends with the test page, at the screen and not from afar."""
    stand.a4.verbs["pause"]()
    assert ended(trials_of(fleet), TrialKind.PAGE).state is TrialState.PASSED
    assert not stand.a4.paper.paused


def test_a_card_is_read_and_nothing_of_it_is_kept(stand: Bench, fleet: Fleet) -> None:
    """That it was read and that its number holds is all that is known and logged of it."""
    stand.sam.place_card("resident-1")
    trials = trials_of(fleet)
    with capture_logs() as logged:
        assert ended(trials, TrialKind.CARD) == CONFIRMED
    told = [line for line in logged if line["event"] == "device_tried"]
    assert [
        {name: each for name, each in line.items() if name != "log_level"} for line in told
    ] == [{"event": "device_tried", "trial": "card", "state": "confirmed", "code": None}]


def test_no_card_is_said_after_a_while(fleet: Fleet) -> None:
    """A trial does not wait for ever."""
    ticks = iter(range(0, 10_000, 20))
    trials = DeviceTrials(
        fleet,
        terminal="T-0001",
        slip_width_mm=80,
        now=lambda: NOW,
        pause=lambda _seconds: None,
        clock=lambda: float(next(ticks)),
    )
    assert ended(trials, TrialKind.CARD) == TrialResult(TrialState.FAILED, "timeout")


def test_a_code_is_heard_and_not_kept(fleet: Fleet) -> None:
    """Codes from before the trial do not count, and its text goes nowhere."""
    scanner = Scanner(Nothing(), Scanned("anything"))
    trials = trials_of(replace(fleet, qr_scanner=scanner))
    assert ended(trials, TrialKind.CODE) == CONFIRMED
    assert scanner.forgotten


def test_one_trial_at_a_time(fleet: Fleet) -> None:
    """While one goes on no other begins, and what is not there cannot be tried."""
    trials = trials_of(fleet)
    assert not trials.begin(TrialKind.CODE)
    assert trials.begin(TrialKind.CARD)
    assert not trials.begin(TrialKind.SLIP)


def test_complete_means_everything_that_is_there(fleet: Fleet) -> None:
    """A device that is not fitted does not stand in the way; one that failed does."""
    nothing = replace(fleet, id_reader=None, a4_printer=None, receipt_printer=None)
    assert trials_of(nothing).complete
    only_slips = replace(fleet, id_reader=None, a4_printer=None)
    trials = trials_of(only_slips)
    assert not trials.complete
    ended(trials, TrialKind.SLIP)
    assert not trials.complete
    trials.judge(TrialKind.SLIP, good=True)
    assert trials.complete


@pytest.fixture
def sheet() -> acceptance.Acceptance:
    """A sheet of a terminal with one fault."""
    return acceptance.Acceptance(
        id="0" * 32,
        terminal="T-0001",
        site="测试便民服务站",
        software="0.1.0",
        px_per_mm=4.03,
        at=NOW,
        results={
            TrialKind.PAGE: TrialResult(TrialState.CONFIRMED),
            TrialKind.SLIP: TrialResult(TrialState.FAILED, "paper_out"),
            TrialKind.CARD: TrialResult(TrialState.CONFIRMED),
            TrialKind.CODE: TrialResult(TrialState.ABSENT),
        },
    )


def test_the_record_survives_and_says_what_the_paper_says(
    tmp_path: Path, sheet: acceptance.Acceptance
) -> None:
    """Kept as JSON with states and codes; one page of PDF and one slip with the same lines."""
    acceptance.keep(tmp_path, sheet)
    kept = json.loads((tmp_path / acceptance.FILE).read_text("utf-8"))
    assert kept == sheet.as_json()
    assert kept["results"]["slip"] == {"state": "failed", "code": "paper_out"}
    page = acceptance.sheet_page(sheet)
    assert page.startswith(b"%PDF-")
    assert count_pages(page) == 1
    assert ("凭条打印 · Slip printer", "不合格 · failed") in sheet.lines()


def test_a_sheet_goes_to_whichever_printer_takes_it(
    stand: Bench, fleet: Fleet, sheet: acceptance.Acceptance
) -> None:
    """A4 first; without it a slip; without either nobody says that there is a paper."""
    assert acceptance.hand_out(sheet, fleet.a4_printer, None, slip_width_mm=80)
    assert acceptance.hand_out(sheet, None, fleet.receipt_printer, slip_width_mm=80)
    stand.slips.verbs["take_paper"]()
    assert not acceptance.hand_out(sheet, None, fleet.receipt_printer, slip_width_mm=80)
    assert not acceptance.hand_out(sheet, None, None, slip_width_mm=80)
