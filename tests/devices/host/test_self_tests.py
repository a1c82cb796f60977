"""The self-tests without paper, over real drivers and simulated far ends, in virtual time."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from devices.contracts.cabinet import Contact, Lamp
from devices.drivers.document_camera import DocumentCamera
from devices.drivers.modbus_cabinet import ModbusCabinet, Wiring
from devices.drivers.pcsc_card_slot import PcscCardSlot
from devices.drivers.qr_scanner import over_serial
from devices.drivers.social_security_card import SocialSecurityCard
from devices.drivers.typefaces import Typefaces
from devices.host.check_values import Verdict
from devices.host.device_trials import DeviceTrials, TrialState
from devices.host.guiding_lights import LampHold
from devices.host.machine_tests import LineFailed, MachineTests, Reach
from devices.host.registry import Fleet
from devices.host.self_tests import GRID_CELLS, SelfTest, SelfTests, SkipReason, Standing
from devices.simulators.cabinet_board import CONTACTS, RELAYS, CabinetBoard
from devices.simulators.chip_card import ChipOnCard, social_security_files
from devices.simulators.document_camera import DocumentCameraSimulator
from devices.simulators.qr_scanners import ScannerOnPty
from devices.simulators.sample_pages import SamplePage, draw, laid
from devices.transports.scripted import ScriptedLine, VirtualClock
from devices.transports.scripted_chip import ScriptedChip

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
NOTHING = Fleet(None, None, None, None, None)
GOOD, FAILED, LOOK = TrialState.CONFIRMED, TrialState.FAILED, TrialState.PASSED


class Stand:
    """One machine in virtual time; `step` is done whenever a test pauses."""

    def __init__(self, fleet: Fleet = NOTHING) -> None:
        self.time = 0.0
        self.step: Callable[[], None] = lambda: None
        self.fleet = fleet
        self.hold = LampHold()
        self.reach = Reach(
            ask=lambda: self.wait(0.25),
            fetch=lambda: self.fetched(64_000, 8.0),
            clock_offset_seconds=lambda: -12.34,
            disk_free_mb=lambda: 9000,
            memory_free_mb=lambda: 900,
            px_per_mm=4.03,
            typefaces=Typefaces,
        )

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.step()

    def fetched(self, size: int, seconds: float) -> int:
        """Let *size* bytes come in so many seconds."""
        self.wait(seconds)
        return size

    def tests(self) -> SelfTests:
        """The self-tests of this machine."""
        trials = DeviceTrials(
            self.fleet, terminal="T-0001", slip_width_mm=80, now=lambda: NOW, pause=self.wait,
            clock=lambda: self.time,
        )  # fmt: skip
        machine = MachineTests(self.reach, pause=self.wait, clock=lambda: self.time)
        return SelfTests(trials, machine.deeds())

    def ended(self, test: SelfTest) -> Standing:
        """Make one test and say how it ended."""
        tests = self.tests()
        assert tests.begin(test)
        tests.settle(20)
        return tests.standings()[test]


def test_the_machine_itself_is_measured() -> None:
    """Line, rate, clock, storage and memory pass with their measures, fonts with rare characters
    counted; the ruler waits for an eye."""
    stand = Stand()
    assert stand.ended(SelfTest.LINE) == Standing(GOOD, None, 250.0)
    assert stand.ended(SelfTest.RATE) == Standing(GOOD, None, 8000.0)
    assert stand.ended(SelfTest.CLOCK) == Standing(GOOD, None, -12.3)
    assert stand.ended(SelfTest.STORAGE) == Standing(GOOD, None, 9000.0)
    assert stand.ended(SelfTest.MEMORY) == Standing(GOOD, None, 900.0)
    assert stand.ended(SelfTest.RULER) == Standing(LOOK, None, 4.03)
    fonts = stand.ended(SelfTest.FONTS)
    assert (fonts.state, fonts.code) == (GOOD, None)


def _dead() -> int:
    raise LineFailed("line_dead")


@pytest.mark.parametrize(
    ("test", "changed", "code"),
    [
        (SelfTest.LINE, {"ask": _dead}, "line_dead"),
        (SelfTest.RATE, {"fetch": _dead}, "line_dead"),
        (SelfTest.CLOCK, {"clock_offset_seconds": lambda: 86_400.0}, "clock_skew"),
        (SelfTest.STORAGE, {"disk_free_mb": lambda: 12}, "disk_low"),
        (SelfTest.STORAGE, {"disk_free_mb": lambda: None}, "not_told"),
        (SelfTest.MEMORY, {"memory_free_mb": lambda: 40}, "memory_low"),
        (SelfTest.FONTS, {"typefaces": lambda: Typefaces(house=(), rare=())}, "glyph_missing"),
        (SelfTest.FONTS, {"typefaces": lambda: Typefaces(house=(Path("/none"),))},
         "font_unreadable"),
        (SelfTest.VOICE, {"speak": lambda: False}, "no_voice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(test: SelfTest, changed: dict[str, Any], code: str) -> None:
    """Each failure has a code of its own, for the page and for the report."""
    stand = Stand()
    stand.reach = replace(stand.reach, **changed)
    standing = stand.ended(test)
    assert (standing.state, standing.code) == (FAILED, code)


def test_a_line_slower_than_visits_are_made_for_fails() -> None:
    """A quarter of 64 kbit/s is too little, and says how little."""
    stand = Stand()
    stand.reach = replace(stand.reach, fetch=lambda: stand.fetched(8_000, 8.0))
    assert stand.ended(SelfTest.RATE) == Standing(FAILED, "line_slow", 1000.0)


def test_a_voice_is_believed_by_whoever_heard_it() -> None:
    """The machine cannot hear itself: asked, it waits for a person, who has the last word."""
    stand = Stand()
    stand.reach = replace(stand.reach, speak=lambda: True)
    tests = stand.tests()
    tests.begin(SelfTest.VOICE)
    tests.settle(20)
    assert tests.standings()[SelfTest.VOICE].state is LOOK
    assert tests.judge(SelfTest.VOICE, good=False)
    assert tests.standings()[SelfTest.VOICE] == Standing(FAILED, "not_right")


@pytest.mark.parametrize(("light", "code"), [(1.0, None), (0.1, "too_dark")])
def test_the_document_camera_takes_one_picture(light: float, code: str | None) -> None:
    """A written sheet under good light passes, in the dark it fails; no picture is kept."""
    corners = [(120.0, 60.0), (560.0, 70.0), (570.0, 560.0), (110.0, 550.0)]
    seen = laid(draw(SamplePage.CERTIFICATE, dots_per_inch=60), corners, (800, 600))
    far = DocumentCameraSimulator(seen.point(lambda level: level * light), sizes=((800, 600),))
    stand = Stand()
    stand.reach = replace(stand.reach, scanner=DocumentCamera(far))
    standing = stand.ended(SelfTest.PICTURE)
    assert (standing.state, standing.code) == (FAILED if code else GOOD, code)


def test_the_code_scanner_hears_the_slip() -> None:
    """A code that is held up until the machine has heard it ends the test well."""
    far = ScannerOnPty()
    far.start()
    scanner = over_serial(far.address)
    try:
        scanner.status()
        stand = Stand(replace(NOTHING, qr_scanner=scanner))
        tests = stand.tests()
        assert tests.begin(SelfTest.CODE)
        for _ in range(600):
            if not tests.running:
                break
            # What is shown before the test listens is dropped: it is shown again, as people do.
            far.scan("self-test")
            time.sleep(0.1)
        assert tests.standings()[SelfTest.CODE].state is GOOD
    finally:
        scanner.close()
        far.stop()


def _slot(answer: Callable[[bytes], bytes] | None) -> tuple[Stand, ScriptedChip]:
    line = ScriptedChip(answer)
    stand = Stand()
    stand.reach = replace(stand.reach, slot=PcscCardSlot(line, [SocialSecurityCard()]))
    return stand, line


def test_a_chip_that_answers_passes_and_tells_nothing() -> None:
    """The slot waits for a card; a card of a kind that no plug-in reads is an answer too."""
    card = ChipOnCard(social_security_files()).answer
    stand, line = _slot(None)
    stand.step = lambda: line.insert(card if stand.time > 3 else None)
    assert stand.ended(SelfTest.SLOT) == Standing(GOOD)
    strange, _ = _slot(lambda _command: b"\x6a\x82")
    assert strange.ended(SelfTest.SLOT) == Standing(GOOD)


def test_a_chip_that_does_not_answer_is_told() -> None:
    """No card in time, a card pulled out, a slot that is gone: each by its name."""
    card = ChipOnCard(social_security_files()).answer
    empty, _ = _slot(None)
    assert empty.ended(SelfTest.SLOT) == Standing(FAILED, "timeout")
    pulled, line = _slot(card)
    line.pull_after(0)
    assert pulled.ended(SelfTest.SLOT) == Standing(FAILED, "card_moved")
    lost, line = _slot(card)
    line.lose_after(0)
    assert lost.ended(SelfTest.SLOT) == Standing(FAILED, "offline")


def _cabinet() -> tuple[Stand, CabinetBoard, ScriptedLine]:
    clock, board = VirtualClock(), CabinetBoard()
    line = ScriptedLine(iter(lambda: board.answer_to, None), clock, baud=9600)
    wiring = Wiring(
        lamps={Lamp(name): at for at, name in enumerate(RELAYS)},
        contacts={Contact(name): at for at, name in enumerate(CONTACTS)},
    )
    stand = Stand()
    cabinet = ModbusCabinet(line, wiring, clock=clock)
    stand.reach = replace(stand.reach, cabinet=cabinet, lamps=stand.hold)
    return stand, board, line


def test_each_lamp_burns_alone_in_its_turn() -> None:
    """Guidance is held back meanwhile, and has its lamps again afterwards."""
    stand, board, _ = _cabinet()
    seen: list[tuple[list[str], frozenset[Lamp] | None]] = []
    stand.step = lambda: seen.append(
        ([name for at, name in enumerate(RELAYS) if board.relays[at]], stand.hold.lamps)
    )
    assert stand.ended(SelfTest.LAMPS) == Standing(LOOK)
    assert seen == [([lamp.value], frozenset({lamp})) for lamp in Lamp]
    assert stand.hold.lamps is None


def test_a_dead_board_fails_both_of_its_tests() -> None:
    """Nobody is asked to look at lamps that were never told; the lamps are guidance's again."""
    stand, _, line = _cabinet()
    line.pull_after_written(0)
    assert stand.ended(SelfTest.LAMPS) == Standing(FAILED, "offline")
    assert stand.hold.lamps is None
    line.pull_after_written(0)
    assert stand.ended(SelfTest.CONTACTS) == Standing(FAILED, "offline")


def test_a_contact_is_heard_there_and_back() -> None:
    """The key turned and turned back passes; one that stays, or never comes, does not."""
    for turned, state in (((1, 2), GOOD), ((1, 99), FAILED), ((98, 99), FAILED)):
        stand, board, _ = _cabinet()
        stand.step = _key_turned(stand, board, *turned)
        assert stand.ended(SelfTest.CONTACTS).state is state


def _key_turned(stand: Stand, board: CabinetBoard, since: int, until: int) -> Callable[[], None]:
    key = CONTACTS.index("key_turned")

    def turn() -> None:
        board.contacts[key] = since <= stand.time < until

    return turn


def test_the_touch_grid_names_its_dead_zones() -> None:
    """Every cell touched passes; what was left alone is counted, and touched later is forgotten."""
    tests = Stand().tests()
    assert not tests.begin(SelfTest.TOUCH)
    tests.touched(GRID_CELLS - {0, 59})
    assert tests.standings()[SelfTest.TOUCH] == Standing(FAILED, "dead_zones", 2.0)
    assert tests.dead_cells == {0, 59}
    tests.touched(GRID_CELLS | {77})
    assert tests.standings()[SelfTest.TOUCH] == Standing(GOOD, None, 0.0)
    assert tests.dead_cells == frozenset()


def test_what_is_not_fitted_is_not_begun_and_skips_have_reasons() -> None:
    """The report tells apart what is not there, what nobody tried and what was passed over."""
    tests = Stand().tests()
    assert not tests.begin(SelfTest.LAMPS)
    tests.skip(SelfTest.SCREEN, SkipReason.BROKEN_ALREADY)
    told = {(each.device, each.test): (each.result, each.code) for each in tests.results()}
    assert told["cabinet", "lamps"] == (Verdict.SKIPPED, "not_fitted")
    assert told["screen", "picture"] == (Verdict.SKIPPED, "broken_already")
    assert told["machine", "memory"] == (Verdict.SKIPPED, "not_tried")
    assert len(told) == len(SelfTest)
