"""What a terminal's states mean for residents and for technicians."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.core.errors import WrongState
from kiosk_server.terminals.rules import (
    LIFE,
    Ability,
    Condition,
    DeviceView,
    Grade,
    Reason,
    TerminalState,
    TerminalVerb,
    can_do,
    standing,
)

NOW = datetime(2026, 11, 21, 19, 3, tzinfo=UTC)
PAPER = ("id_reader", "a4_printer")


def device(
    kind: str,
    condition: Condition = Condition.READY,
    troubles: tuple[str, ...] = (),
    *,
    seconds_ago: int = 5,
) -> DeviceView:
    """A device as it was last told of."""
    told = NOW - timedelta(seconds=seconds_ago)
    return DeviceView(kind, condition, troubles, {}, since=told, reported_at=told)


def all_well() -> list[DeviceView]:
    """A terminal with nothing to complain of."""
    return [device("id_reader"), device("a4_printer"), device("receipt_printer")]


@pytest.mark.policy("P50")
def test_service_can_be_finished_where_all_is_well() -> None:
    """With reader and paper at hand the service is offered."""
    assert can_do(PAPER, all_well(), NOW) == Ability(True)


@pytest.mark.policy("P50")
@pytest.mark.parametrize(
    ("printer", "code"),
    [
        (device("a4_printer", Condition.NEEDS_ATTENTION, ("paper_out",)), "paper_out"),
        (device("a4_printer", Condition.NEEDS_ATTENTION, ("toner_empty",)), "toner_empty"),
        (
            device("a4_printer", Condition.NEEDS_ATTENTION, ("cover_open", "paper_low")),
            "cover_open",
        ),
        (device("a4_printer", Condition.FAULT), "fault"),
        (device("a4_printer", Condition.ABSENT, ("offline",)), "offline"),
    ],
)
def test_service_is_not_offered_without_paper(printer: DeviceView, code: str) -> None:
    """What stops the printer is the reason that the resident reads before the card."""
    ability = can_do(PAPER, [device("id_reader"), printer], NOW)
    assert ability == Ability(False, (Reason("a4_printer", code),))


def test_low_paper_still_prints() -> None:
    """A printer that runs low does its work; the technician is told, the resident is not."""
    low = device("a4_printer", Condition.LOW, ("paper_low",))
    assert can_do(PAPER, [device("id_reader"), low], NOW).possible


def test_what_is_not_needed_does_not_matter() -> None:
    """A service that needs no paper is offered while the paper is out."""
    out = device("a4_printer", Condition.NEEDS_ATTENTION, ("paper_out",))
    assert can_do(("id_reader",), [device("id_reader"), out], NOW).possible
    assert can_do((), [], NOW).possible


def test_device_never_told_of_is_absent() -> None:
    """A terminal that never spoke of a reader has none."""
    assert can_do(PAPER, [device("a4_printer")], NOW).reasons == (Reason("id_reader", "absent"),)


@pytest.mark.parametrize(("seconds", "possible"), [(90, True), (91, False)])
def test_three_missed_heartbeats_are_silence(seconds: int, possible: bool) -> None:
    """Word older than three heartbeats is no word, and is one reason however many devices."""
    devices = [device(kind, seconds_ago=seconds) for kind in PAPER]
    ability = can_do(PAPER, devices, NOW)
    assert ability.possible is possible
    assert possible or ability.reasons == (Reason("terminal", "offline"),)


def grade(
    devices: list[DeviceView],
    *,
    state: TerminalState = TerminalState.IN_SERVICE,
    seconds_ago: int | None = 5,
) -> Grade:
    """How a terminal stands."""
    heard = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    return standing(state, devices, heard, NOW).grade


def test_worst_is_looked_at_first() -> None:
    """Without its reader a terminal stands still, without paper it half works, low is a warning."""
    reader = [device("id_reader", Condition.ABSENT, ("offline",)), *all_well()[1:]]
    paper = [
        all_well()[0],
        device("a4_printer", Condition.NEEDS_ATTENTION, ("jam",)),
        all_well()[2],
    ]
    low = [*all_well()[:2], device("receipt_printer", Condition.LOW, ("paper_low",))]
    grades = [grade(reader), grade(all_well(), seconds_ago=91), grade(paper), grade(low)]
    assert grades == [Grade.STOPPED, Grade.SILENT, Grade.PARTLY, Grade.WARNED]
    ranks = [
        standing(TerminalState.IN_SERVICE, found, NOW, NOW).rank for found in (reader, paper, low)
    ]
    assert ranks == sorted(ranks)
    assert grade(all_well()) is Grade.GOOD


def test_terminal_that_never_spoke_is_silent() -> None:
    """An enrolled terminal without one heartbeat is not called well."""
    assert grade([], seconds_ago=None) is Grade.SILENT


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (TerminalState.AWAITED, Grade.AWAITED),
        (TerminalState.LOCKED, Grade.LOCKED),
        (TerminalState.REVOKED, Grade.REVOKED),
    ],
)
def test_out_of_service_is_no_alarm(state: TerminalState, expected: Grade) -> None:
    """A terminal that serves nobody on purpose stands by its state, whatever its devices say."""
    assert grade([], state=state, seconds_ago=None) is expected


def test_revoked_is_an_end() -> None:
    """Nothing leads out of a revoked terminal, and every other state leads on."""
    assert LIFE.ends() == {TerminalState.REVOKED}
    for state in TerminalState:
        if state is not TerminalState.REVOKED:
            assert TerminalVerb.REVOKE in LIFE.open_verbs(state)


def test_locked_terminal_does_not_enrol_again() -> None:
    """A machine that was locked for tampering cannot come back with a new key."""
    with pytest.raises(WrongState):
        LIFE.after(TerminalState.LOCKED, TerminalVerb.ENROL)
