"""Whoever plays a power cut ends his own programs, whatever numbers the kernel gives again."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.warm_starts import Life


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    """A program of somebody else, in a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    yield process
    process.communicate()


def test_a_number_that_was_given_again_is_nobody_s_life(
    stranger: "subprocess.Popen[bytes]",
) -> None:
    """A life whose number another program has now is over; ending it touches nobody."""
    gone = Life(stranger.pid, born="1")
    assert gone.over
    gone.kill()
    gone.end()
    assert stranger.poll() is None


def test_an_own_life_is_ended(stranger: "subprocess.Popen[bytes]") -> None:
    """The same program under its own birth runs, and is gone after a power cut."""
    own = Life.of(stranger.pid)
    assert not own.over
    own.strike()
    assert stranger.wait(60) != 0
    assert own.over
