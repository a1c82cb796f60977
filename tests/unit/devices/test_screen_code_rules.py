"""The code for the machine's screen, judged without the line: wrong, old, on a wrong clock."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.agent.check_wire import check_body, screen_key
from devices.agent.wire import WireError
from devices.host.check_values import (
    CheckKind,
    CheckRecord,
    CheckResult,
    ScreenRole,
    Verdict,
)
from devices.host.closure import ClosedFor, Closure
from devices.host.quiet_moment import QuietMoment
from devices.host.screen_codes import (
    FILE,
    FREE_GUESSES,
    CodeLocked,
    CodeTaken,
    CodeWrong,
    NoCodeKey,
    ScreenCodes,
    ScreenKey,
    code_for,
)
from devices.host.technician_session import IDLE_SECONDS, TechnicianSession
from devices.host.visit_watch import VisitWatch
from kiosk_server.assets import screen_codes as at_the_server
from tests.support.wire_samples import exchange

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
NOON = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
"""Half an hour into a window of two hours."""
WINDOW = int(NOON.timestamp()) // 7200


class Clock:
    """The server's time as the terminal knows it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        """This moment."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    """Noon, until a test says otherwise."""
    return Clock()


@pytest.fixture
def codes(tmp_path: Path, clock: Clock) -> ScreenCodes:
    """A terminal that was given its key at noon."""
    made = ScreenCodes(tmp_path, clock.now)
    made.take_key(ScreenKey(KEY, "key-one"))
    return made


def technician(window: int = WINDOW, key: bytes = KEY) -> str:
    """A technician's code."""
    return code_for(key, ScreenRole.TECHNICIAN, window)


def wrong() -> str:
    """Eight digits that open nothing."""
    return technician(key=OTHER_KEY)


@pytest.mark.parametrize("role", ["technician", "keeper"])
def test_both_ends_reckon_the_same_code(role: str) -> None:
    """What the console shows is what the terminal expects, for any window."""
    for window in (0, WINDOW, WINDOW + 1):
        there = at_the_server.code_for(KEY, at_the_server.ScreenRole(role), window)
        assert there == code_for(KEY, ScreenRole(role), window)
    assert at_the_server.window_of(NOON) == WINDOW


@pytest.mark.parametrize("role", ScreenRole)
def test_a_code_opens_as_far_as_its_role(codes: ScreenCodes, role: ScreenRole) -> None:
    """A good code says whether a technician or a keeper has come, and by which window."""
    assert codes.judge(code_for(KEY, role, WINDOW)) == CodeTaken(role, WINDOW)


@pytest.mark.policy("P63")
def test_a_code_ends_with_the_next_window(codes: ScreenCodes, clock: Clock) -> None:
    """Good in its own window and the next one, and never after."""
    clock.at = NOON + timedelta(hours=3, minutes=29)
    assert isinstance(codes.judge(technician()), CodeTaken)
    clock.at = NOON + timedelta(hours=3, minutes=31)
    assert isinstance(codes.judge(technician()), CodeWrong)


def test_another_terminal_s_code_opens_nothing(codes: ScreenCodes) -> None:
    """Each terminal has a key of its own."""
    assert isinstance(codes.judge(technician(key=OTHER_KEY)), CodeWrong)


def test_a_code_of_the_future_opens_nothing(codes: ScreenCodes, clock: Clock) -> None:
    """Only a clock a few minutes slow is borne with."""
    assert isinstance(codes.judge(technician(WINDOW + 1)), CodeWrong)
    clock.at = NOON + timedelta(minutes=88)
    assert isinstance(codes.judge(technician(WINDOW + 1)), CodeTaken)


@pytest.mark.policy("P63")
def test_the_wait_grows_and_outlives_a_power_cut(
    codes: ScreenCodes, clock: Clock, tmp_path: Path
) -> None:
    """After five wrong codes each costs twice the wait, a good one too; a restart forgives none."""
    waits = []
    for _ in range(FREE_GUESSES):
        assert isinstance(codes.judge(wrong()), CodeWrong)
    for _ in range(9):
        locked = ScreenCodes(tmp_path, clock.now).judge(technician())
        assert isinstance(locked, CodeLocked)
        waits.append(locked.seconds)
        clock.at += timedelta(seconds=locked.seconds)
        assert isinstance(ScreenCodes(tmp_path, clock.now).judge(wrong()), CodeWrong)
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == 3600


def test_a_good_code_ends_the_counting(codes: ScreenCodes) -> None:
    """Whoever mistypes four times and then types well has five again."""
    for _ in range(2):
        for _ in range(FREE_GUESSES - 1):
            assert isinstance(codes.judge(wrong()), CodeWrong)
        assert isinstance(codes.judge(technician()), CodeTaken)


def test_setting_the_clock_back_brings_no_old_code_to_life(
    codes: ScreenCodes, clock: Clock
) -> None:
    """Time is never earlier than what the server has shown; a wait begins anew, and ends."""
    clock.at = NOON - timedelta(days=2)
    assert isinstance(codes.judge(technician(WINDOW - 24)), CodeWrong)
    assert isinstance(codes.judge(technician(WINDOW - 2)), CodeWrong)
    clock.at = NOON
    for _ in range(FREE_GUESSES - 2):
        codes.judge(wrong())
    clock.at = NOON - timedelta(days=2)
    assert codes.judge(technician()) == CodeLocked(30)
    clock.at += timedelta(seconds=31)
    assert isinstance(codes.judge(technician()), CodeTaken)


def test_a_dead_clock_battery_keeps_no_technician_out(codes: ScreenCodes, clock: Clock) -> None:
    """A clock before what the server last said is broken: this week's codes are taken."""
    clock.at = datetime(2000, 1, 1, tzinfo=UTC)
    assert codes.judge(technician(WINDOW + 36)) == CodeTaken(ScreenRole.TECHNICIAN, WINDOW + 36)
    assert isinstance(codes.judge(technician(WINDOW)), CodeWrong)


def test_without_a_key_or_a_file_that_can_be_read_nobody_comes_in(
    tmp_path: Path, clock: Clock
) -> None:
    """A machine that was never given a key, or lost it, opens to no code at all."""
    assert isinstance(ScreenCodes(tmp_path, clock.now).judge(technician()), NoCodeKey)
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    assert isinstance(ScreenCodes(tmp_path, clock.now).judge(""), NoCodeKey)


def test_the_key_is_for_the_host_s_eyes(codes: ScreenCodes, tmp_path: Path) -> None:
    """The file can be read by the host's own user alone."""
    assert codes.key_id == "key-one"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_session_left_behind_ends_and_opens_the_door(tmp_path: Path) -> None:
    """Ten minutes without a touch, and residents are served again; the old secret is dead."""
    passed = [0.0]
    closure = Closure(tmp_path)
    session = TechnicianSession(closure, now=lambda: passed[0])
    secret = session.begin(CodeTaken(ScreenRole.KEEPER, WINDOW))
    session.take_the_machine()
    passed[0] = IDLE_SECONDS - 1
    assert session.find(secret) is not None
    assert session.find("another") is None
    passed[0] += IDLE_SECONDS - 1
    assert closure.holds(ClosedFor.SERVICING)
    passed[0] += 1
    session.tend()
    assert closure.reason is None
    assert session.find(secret) is None


def test_no_command_is_carried_out_under_a_technician_s_hands(tmp_path: Path) -> None:
    """What comes from afar waits until whoever is at the machine has left it."""
    closure = Closure(tmp_path)
    session = TechnicianSession(closure)
    moment = QuietMoment(VisitWatch(), closure, lambda: 0)
    session.begin(CodeTaken(ScreenRole.TECHNICIAN, WINDOW))
    session.take_the_machine()
    assert not moment.take(ClosedFor.RESTARTING)
    session.end()
    assert moment.take(ClosedFor.RESTARTING)


def test_checks_are_written_as_sampled() -> None:
    """The terminal's body of the same check is the sample, to the letter."""
    for sample in exchange("checks").requests:
        told = sample.body
        results = tuple(
            CheckResult(
                each["device"],
                each["test"],
                Verdict(each["result"]),
                each["code"],
                each["measured"],
            )
            for each in told["results"]
        )
        record = CheckRecord(
            told["id"],
            CheckKind(told["kind"]),
            datetime.fromisoformat(told["at"]),
            ScreenRole(told["by"]),
            told["code_window"],
            results,
        )
        assert json.loads(json.dumps(check_body(record))) == told


def test_the_key_is_read_as_sampled() -> None:
    """The sampled key is taken; a short one, and one without an id, are not."""
    sample = exchange("screen_key").answered(200)[0].body
    assert screen_key(sample) == ScreenKey(
        KEY, sample["key_id"], sample["edition"], sample["arrive_at"]
    )
    older = {"key": sample["key"], "key_id": sample["key_id"], "arrive_at": "javascript:alert(1)"}
    assert screen_key(older) == ScreenKey(KEY, sample["key_id"])
    short = base64.b64encode(b"short").decode()
    wrong_ones: list[object] = [
        {**sample, "key": short},
        {"key": sample["key"]},
        [],
        {**sample, "key": "!"},
    ]
    for wrong_one in wrong_ones:
        with pytest.raises(WireError):
            screen_key(wrong_one)
