"""Devices are watched, changes told once, and a thread that falls is started again."""

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
import structlog

from devices.agent.heartbeat import Heartbeat
from devices.agent.wire import DeviceState
from devices.contracts.states import Condition, DeviceKind, DeviceStatus, Trouble
from devices.host.duties import Duty, DutyRoster
from devices.host.events import Event, EventBus, EventKind, LineWatch
from devices.host.loss_log import STEADY_SECONDS
from devices.host.ports import LineDead, Refused, Want, WantKind
from devices.host.supervisor import Supervisor, Watched

READY = DeviceStatus.of((), {"model": "bench"})
GONE = DeviceStatus.of((Trouble.OFFLINE,))
A4 = DeviceKind.A4_PRINTER


@dataclass
class FakeDevice:
    """Says what is next on its list, the last for ever."""

    says: list[DeviceStatus]

    def status(self) -> DeviceStatus:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


def test_a_change_is_told_once_and_logged_once() -> None:
    """Lost and found each give one line and one call, however often the device is asked."""
    told: list[Condition] = []
    device = FakeDevice([READY, READY, GONE, GONE, GONE, READY, READY])
    clock = itertools.count(0.0, STEADY_SECONDS)
    supervisor = Supervisor(
        [Watched(A4, device)],
        changed=lambda _, status: told.append(status.condition),
        now=lambda: next(clock),
    )
    with structlog.testing.capture_logs() as logs:
        for _ in range(9):
            supervisor.look(A4)
    assert told == [Condition.READY, Condition.ABSENT, Condition.READY]
    assert [log["event"] for log in logs] == ["device_found", "device_lost", "device_found"]


def test_a_flapping_device_is_lost_once_and_found_once() -> None:
    """A loose cable for ten minutes is two lines; what is offered follows every change."""
    told: list[Condition] = []
    seconds = {"now": 0.0}
    flaps = [READY, *[GONE, READY, READY] * 100, READY]
    supervisor = Supervisor(
        [Watched(A4, FakeDevice(flaps))],
        changed=lambda _, status: told.append(status.condition),
        now=lambda: seconds["now"],
    )
    with structlog.testing.capture_logs() as logs:
        for _ in range(400):
            supervisor.look(A4)
            seconds["now"] += 2.0

    assert told == [Condition.READY, *[Condition.ABSENT, Condition.READY] * 100]
    assert [log["event"] for log in logs] == ["device_found", "device_lost", "device_found"]
    assert logs[-1]["losses"] == 100

    with structlog.testing.capture_logs() as quiet:
        for _ in range(100):
            supervisor.look(A4)
            seconds["now"] += 2.0
    assert quiet == []


def test_a_lost_device_keeps_the_facts_it_was_known_by() -> None:
    """The technician still reads the model of a printer that is off."""
    supervisor = Supervisor([Watched(A4, FakeDevice([READY, GONE]))], changed=lambda *_: None)
    supervisor.look(A4)
    assert supervisor.look(A4).details == {}
    known = supervisor.status(A4)
    assert known is not None
    assert (known.condition, known.details) == (Condition.ABSENT, {"model": "bench"})


def test_a_device_that_was_never_heard_counts_as_absent() -> None:
    """Before the first answer nothing is offered on its account; a device not there is None."""
    supervisor = Supervisor([Watched(A4, FakeDevice([READY]))], changed=lambda *_: None)
    assert supervisor.statuses()[A4].condition is Condition.ABSENT
    assert supervisor.status(DeviceKind.ID_READER) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fallen_duty_is_started_again_after_growing_pauses() -> None:
    """A fault of ours costs a pause, not the terminal; what fell is told each time."""
    clock = {"now": 0.0}
    runs: list[float] = []
    fallen: list[float] = []

    def run() -> None:
        runs.append(clock["now"])
        raise RuntimeError("阿依古丽 must not be in a log")

    duty = Duty("falls", run, lambda: fallen.append(clock["now"]))
    roster = DutyRoster([duty], now=lambda: clock["now"])
    with structlog.testing.capture_logs() as logs:
        for tick in range(40):
            clock["now"] = tick / 2
            roster.tend()
            for thread in threading.enumerate():
                if thread.name == "falls":
                    thread.join(5)
    assert runs[:3] == [0.0, 1.5, 4.0]
    assert len(fallen) >= 3
    assert "阿依古丽" not in str(logs)


def test_a_duty_that_is_done_is_not_begun_again() -> None:
    """A duty that returns has ended, and stopping names nobody."""
    runs: list[int] = []
    roster = DutyRoster([Duty("once", lambda: runs.append(1))])
    for _ in range(3):
        roster.tend()
        for thread in threading.enumerate():
            if thread.name == "once":
                thread.join(5)
    assert runs == [1]
    assert roster.stop() == ()


def test_a_device_whose_thread_fell_counts_as_faulty() -> None:
    """Until its duty runs again, the device is offered to nobody."""
    supervisor = Supervisor([Watched(A4, FakeDevice([READY]))], changed=lambda *_: None)
    supervisor.look(A4)
    (duty,) = supervisor.duties()
    duty.fallen()
    assert supervisor.statuses()[A4].condition is Condition.FAULT


def test_the_line_is_told_once_when_lost_and_once_when_back() -> None:
    """A hundred failed calls are one event."""
    bus, changes = EventBus(), list[bool]()
    heard = bus.listen(beat_seconds=5)
    watch = LineWatch(bus, changes.append)
    for alive in (True, True, False, False, False, True):
        watch.tell(alive)
    assert changes == [True, False, True]
    events = [next(heard) for _ in range(3)]
    assert events[1] == Event(EventKind.LINE, {"alive": False})


def test_a_listener_that_sleeps_loses_the_oldest_and_ends_with_the_bus() -> None:
    """A page that does not read holds nothing up, and closing ends every stream."""
    bus = EventBus()
    heard = bus.listen(beat_seconds=5)
    for number in range(100):
        bus.announce(EventKind.CARD, number=number)
    bus.close()
    kept = [event.facts["number"] for event in heard if event is not None]
    assert kept == list(range(37, 100))
    assert list(bus.listen(beat_seconds=5)) == []


@dataclass
class FakeHeartbeatCounter:
    """Notes what it is told; answers from a list, then with nothing wanted."""

    answers: list[tuple[Want, ...] | Refused | LineDead] = field(default_factory=list)
    calls: list[tuple[str, list[str]]] = field(default_factory=list)
    called: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def _note(
        self, what: str, devices: Sequence[DeviceState]
    ) -> tuple[Want, ...] | Refused | LineDead:
        self.calls.append((what, [device.status.condition.value for device in devices]))
        self.called.release()
        return self.answers.pop(0) if self.answers else ()

    def heartbeat(
        self, devices: Sequence[DeviceState], *, software: str, open_jobs: int
    ) -> tuple[Want, ...] | Refused | LineDead:
        return self._note("heartbeat", devices)

    def states(self, devices: Sequence[DeviceState]) -> tuple[Want, ...] | Refused | LineDead:
        return self._note("states", devices)

    def wants(self) -> tuple[Want, ...] | Refused | LineDead:
        return self._note("wants", [])


def _heartbeat(
    counter: FakeHeartbeatCounter, states: list[DeviceState], wanted: list[Want]
) -> Heartbeat:
    return Heartbeat(
        counter,  # type: ignore[arg-type] # takes a sequence where any iterable is promised
        states=lambda: states,
        open_jobs=lambda: 0,
        wanted=wanted.extend,
        software="0",
    )


def test_a_changed_device_is_told_at_once_and_only_once() -> None:
    """Between heartbeats only what has changed travels; nothing changed asks for wants."""
    counter, states = FakeHeartbeatCounter(), [DeviceState(A4, READY)]
    heartbeat = _heartbeat(counter, states, [])
    heartbeat.beat()
    states[0] = DeviceState(A4, GONE)
    heartbeat.speak()
    heartbeat.speak()
    assert counter.calls == [("heartbeat", ["ready"]), ("states", ["absent"]), ("wants", [])]


def test_a_page_goes_before_the_heartbeat() -> None:
    """While a page uses the line the heartbeat waits, and is sent as soon as it is free."""
    counter, busy = FakeHeartbeatCounter(), threading.Event()
    busy.set()
    heartbeat = Heartbeat(
        counter,  # type: ignore[arg-type] # takes a sequence where any iterable is promised
        states=list,
        open_jobs=lambda: 0,
        wanted=lambda _wants: None,
        software="0",
        busy=busy.is_set,
    )
    thread = threading.Thread(target=heartbeat.run)
    thread.start()
    assert not counter.called.acquire(timeout=0.1)
    busy.clear()
    assert counter.called.acquire(timeout=60)
    heartbeat.stop()
    thread.join(5)
    assert counter.calls[0][0] == "heartbeat"


def test_a_change_that_the_server_missed_is_told_again() -> None:
    """A dead line swallows nothing: the next word carries the change."""
    counter, states = FakeHeartbeatCounter(), [DeviceState(A4, READY)]
    heartbeat = _heartbeat(counter, states, [])
    counter.answers = [LineDead("off")]
    assert not heartbeat.speak()
    assert heartbeat.speak()
    assert [call[0] for call in counter.calls] == ["states", "states"]


def test_wants_come_with_every_answer() -> None:
    """What the server wants is taken on, whichever call brought it."""
    want = Want(WantKind.PRINT_A4, "01job")
    counter, wanted = FakeHeartbeatCounter([(want,), (want,), (want,)]), list[Want]()
    heartbeat = _heartbeat(counter, [], wanted)
    heartbeat.beat()
    heartbeat.speak()
    assert wanted == [want, want]


def test_a_refusal_is_logged_once() -> None:
    """A revoked terminal does not fill the log every five seconds."""
    counter = FakeHeartbeatCounter([Refused("terminal_revoked", 403)] * 3)
    heartbeat = _heartbeat(counter, [], [])
    with structlog.testing.capture_logs() as logs:
        assert [heartbeat.beat() for _ in range(3)] == [False] * 3
    assert [log["event"] for log in logs] == ["heartbeat_refused"]


def test_the_heartbeat_speaks_when_rung_and_ends_when_told() -> None:
    """A ring is answered at once, not with the next beat."""
    counter = FakeHeartbeatCounter()
    heartbeat = _heartbeat(counter, [], [])
    thread = threading.Thread(target=heartbeat.run)
    thread.start()
    assert counter.called.acquire(timeout=60)
    heartbeat.wake()
    assert counter.called.acquire(timeout=60)
    heartbeat.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert [call[0] for call in counter.calls] == ["heartbeat", "wants"]
