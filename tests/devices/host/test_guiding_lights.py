"""Lamps that guide a hand: where the card goes, where paper comes out, whether it works."""

from collections.abc import Collection

import pytest

from devices.contracts.cabinet import Lamp, LampOutcome, LampTrouble, Lit
from devices.contracts.states import DeviceStatus, Trouble
from devices.host.guiding_lights import GuidingLights, Scene, lamps_for
from devices.host.left_card import CardStage

GOOD, CLOSED = Lamp.IN_SERVICE, Lamp.OUT_OF_SERVICE


class Cabinet:
    """A cabinet that notes what it is told; `broken` it takes nothing."""

    def __init__(self) -> None:
        self.lit: frozenset[Lamp] = frozenset()
        self.told = 0
        self.broken = False

    def status(self) -> DeviceStatus:
        """Say that all is well."""
        return DeviceStatus.of()

    def light(self, lamps: Collection[Lamp]) -> LampOutcome:
        """Take note."""
        self.told += 1
        if self.broken:
            return LampTrouble(Trouble.OFFLINE, "line_lost")
        self.lit = frozenset(lamps)
        return Lit()

    def close(self) -> None:
        """Nothing to let go of."""


class Bench:
    """Lights over a cabinet, with a scene and a time that the test sets."""

    def __init__(self) -> None:
        self.cabinet = Cabinet()
        self.scene = Scene(in_service=True)
        self.time = 0.0
        self.lights = GuidingLights(self.cabinet, lambda: self.scene, lambda: self.time)

    def at(self, time: float) -> frozenset[Lamp]:
        """The lamps that burn at *time*."""
        self.time = time
        self.lights.tick()
        return self.cabinet.lit


@pytest.mark.parametrize(
    ("scene", "bright", "dim"),
    [
        (Scene(True), {GOOD}, {GOOD}),
        (Scene(False), {CLOSED}, {CLOSED}),
        (Scene(True, visit=True, card_awaited=True), {GOOD, Lamp.READER}, {GOOD}),
        (Scene(True, True, card=CardStage.IN_USE), {GOOD, Lamp.READER}, {GOOD, Lamp.READER}),
        (Scene(True, card=CardStage.IN_USE), {GOOD}, {GOOD}),
        (Scene(True, card=CardStage.LEFT), {GOOD, Lamp.READER}, {GOOD}),
        (Scene(True, card=CardStage.FORGOTTEN), {GOOD, Lamp.READER}, {GOOD}),
        (Scene(True, True, papers_open=1), {GOOD, Lamp.PAPER_EXIT}, {GOOD}),
    ],
)
def test_lamps_follow_the_scene(scene: Scene, bright: set[Lamp], dim: set[Lamp]) -> None:
    """What is to be done blinks, what is being done burns, and the rest is dark."""
    assert lamps_for(scene, bright=True, paper_lies=False) == bright
    assert lamps_for(scene, bright=False, paper_lies=False) == dim


def test_a_lamp_blinks_once_a_second() -> None:
    """Half a second bright, half a second dark: never near the three flashes that harm."""
    bench = Bench()
    bench.scene = Scene(True, visit=True, card_awaited=True)

    assert [Lamp.READER in bench.at(quarter / 4) for quarter in range(8)] == [
        True, True, False, False, True, True, False, False,
    ]  # fmt: skip


def test_the_exit_blinks_until_the_paper_is_taken_or_the_visit_ends() -> None:
    """Twenty seconds after the paper came out, and no longer than the visit."""
    bench = Bench()
    bench.scene = Scene(True, visit=True, papers_open=1)
    bench.at(0.0)
    bench.scene = Scene(True, visit=True)
    bench.at(1.0)

    assert Lamp.PAPER_EXIT in bench.at(20.0)
    assert Lamp.PAPER_EXIT not in bench.at(22.0)

    bench.scene = Scene(True, visit=True, papers_open=1)
    bench.at(30.0)
    bench.scene = Scene(True, visit=False)

    assert Lamp.PAPER_EXIT not in bench.at(31.0)


def test_a_dead_board_is_tried_now_and_then() -> None:
    """A board that is away costs the terminal a try in five seconds, and is lit when back."""
    bench = Bench()
    bench.cabinet.broken = True
    for quarter in range(20):
        bench.at(quarter / 4)

    assert bench.cabinet.told == 1

    bench.cabinet.broken = False

    assert bench.at(6.0) == {GOOD}
