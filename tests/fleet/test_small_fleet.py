"""A small fleet that lives, fails and comes back: `make fleet` in seconds, in one process."""

import pytest
from flask import Flask

from kiosk_server.settings import Settings
from tests.fleet.in_process import InProcess
from tests.fleet.play import enrolled, play
from tests.fleet.terminal import Tally

TERMINALS = 24
SEED = 1
BEAT_SECONDS = 80.0
"""As seldom as may be without being silent: what is tried here is not the rhythm."""


@pytest.fixture
def stage(app: Flask, settings: Settings) -> InProcess:
    """The whole server, and a clock that leaps."""
    return InProcess(app, settings)


@pytest.mark.policy("P53")
def test_no_alert_of_a_fleet_is_lost_or_repeated(stage: InProcess) -> None:
    """What the terminals' words ask for was opened once, called for once, and is over."""
    tally = Tally()
    fleet = enrolled(stage, TERMINALS, SEED, tally=tally, beat_seconds=BEAT_SECONDS)
    played = play(stage, fleet, tally)
    verdict = played.verdict
    assert (verdict.lost, verdict.repeated, verdict.left_open, verdict.not_heard) == (
        [],
        [],
        [],
        [],
    )
    assert verdict.calls_sent == verdict.calls_expected.least == verdict.calls_expected.most
    assert tally.refused == tally.refusals_meant > 0
    assert played.right, played
