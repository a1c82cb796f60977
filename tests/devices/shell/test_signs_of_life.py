"""The host's watchdog, and the wait for a quiet minute."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.host.service_manager import ServiceManager
from devices.host.sign_of_life import SignOfLife, door_answers
from devices.settings import ListenSettings
from devices.shell.quiet import QUIET_SECONDS, await_quiet, run
from tests.support.host_process import host_process
from tests.support.terminal_bench import Bench, bench


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Bench]:
    """An enrolled terminal on the bench."""
    with bench(tmp_path) as built:
        built.enrol()
        yield built


class Clock:
    """A clock that moves when somebody rests."""

    def __init__(self) -> None:
        self.now = 0.0

    def rest(self, seconds: float) -> None:
        self.now += seconds


def test_a_quiet_minute_is_waited_for() -> None:
    """Nobody was there for a minute: that is the moment."""
    clock = Clock()
    assert await_quiet(lambda: False, within_seconds=600, now=lambda: clock.now, rest=clock.rest)
    assert clock.now >= QUIET_SECONDS


def test_a_visit_begins_the_minute_anew() -> None:
    """Somebody who came after half a minute is waited for, and a whole minute after him."""
    clock = Clock()
    assert await_quiet(
        lambda: 30 <= clock.now <= 200, within_seconds=600, now=lambda: clock.now, rest=clock.rest
    )
    assert clock.now >= 200 + QUIET_SECONDS


def test_a_night_without_quiet_passes_by() -> None:
    """Visits all the time: nothing is restarted tonight."""
    clock = Clock()
    came = await_quiet(lambda: True, within_seconds=600, now=lambda: clock.now, rest=clock.rest)
    assert not came


def test_no_quiet_minute_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 1 and a code."""
    assert run(["--within-minutes", "0"]) == 1
    assert capsys.readouterr().err.startswith("no_quiet_minute: ")


def test_a_door_that_is_shut_gives_no_sign(tmp_path: Path) -> None:
    """Nobody listens: no sign of life, and no error either."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert not door_answers(ListenSettings(port=taken.getsockname()[1]))


def test_without_systemd_the_duty_is_over_at_once() -> None:
    """A host started by hand has nobody to tell, and does not knock at its own door."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        SignOfLife(ServiceManager({}), ListenSettings(port=door.getsockname()[1])).run()
        with pytest.raises(BlockingIOError):
            door.accept()


def test_a_running_host_says_ready_and_alive(stand: Bench, tmp_path: Path) -> None:
    """systemd hears that the door is ready, and then that it has answered."""
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(address))
        ear.settimeout(30)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NOTIFY_SOCKET", str(address))
            patch.setenv("WATCHDOG_USEC", "300000")
            with host_process(stand):
                heard: list[str] = []
                while "WATCHDOG=1" not in heard:
                    heard += ear.recv(500).decode().splitlines()
    assert heard[0] == "READY=1"


def test_the_nightly_restart_waits_for_whoever_is_there(stand: Bench) -> None:
    """The door says whether a visit goes on; the waiting command asks it."""
    with host_process(stand) as host:
        told = host.ask("GET", "/device/v1/health").json()
        assert told["visit"] is False
        waiting = [sys.executable, "-m", "devices", "await-quiet", "--origin", host.origin]
        outcome = subprocess.run(
            [*waiting, "--within-minutes", "0.001"], capture_output=True, text=True, check=False
        )
    assert outcome.returncode == 1
