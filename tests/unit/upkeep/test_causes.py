"""What is wrong with a terminal, as told from its states."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.terminals.rules import Condition, DeviceView, TerminalState
from kiosk_server.upkeep.causes import (
    CLOCK_SKEW,
    OFFLINE,
    TERMINAL,
    Cause,
    Presence,
    Pulse,
    Severity,
    Sight,
    patience,
    see,
    stem,
)

NOW = datetime(2026, 11, 21, 19, 3, tzinfo=UTC)
SILENCE = Cause(TERMINAL, OFFLINE)
PAPER = Cause("a4_printer", "paper_out")


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


def sight(
    *others: DeviceView,
    state: TerminalState = TerminalState.IN_SERVICE,
    heard: int = 5,
    offset: float | None = 0.0,
) -> Sight:
    """What is wrong with a terminal of which *others* are not as they should be."""
    kinds = {kind: device(kind) for kind in ("id_reader", "a4_printer", "receipt_printer")}
    kinds |= {other.kind: other for other in others}
    heard_at = NOW - timedelta(seconds=heard)
    return see(Pulse(state, tuple(kinds.values()), heard_at, offset), NOW)


@pytest.mark.policy("P53")
@pytest.mark.parametrize(
    ("ailing", "cause", "severity"),
    [
        (
            device("a4_printer", Condition.NEEDS_ATTENTION, ("paper_out",)),
            PAPER,
            Severity.SERIOUS,
        ),
        (
            device("id_reader", Condition.ABSENT, ("offline",)),
            Cause("id_reader", "offline"),
            Severity.URGENT,
        ),
        (device("id_reader", Condition.FAULT), Cause("id_reader", "fault"), Severity.URGENT),
        (
            device("a4_printer", Condition.LOW, ("paper_low",)),
            Cause("a4_printer", "paper_low"),
            Severity.SOON,
        ),
        (
            device("a4_printer", Condition.LOW, ("drum_low_warning",)),
            Cause("a4_printer", "drum_low"),
            Severity.SOON,
        ),
        (device("a4_printer", Condition.LOW), Cause("a4_printer", "low"), Severity.SOON),
        (
            device("qr_scanner", Condition.ABSENT, ("offline",)),
            Cause("qr_scanner", "offline"),
            Severity.SOON,
        ),
        (
            device("id_reader", Condition.FAULT, ("reader_swapped",)),
            Cause("id_reader", "reader_swapped"),
            Severity.URGENT,
        ),
    ],
)
def test_every_state_that_wants_a_person_is_a_cause(
    ailing: DeviceView, cause: Cause, severity: Severity
) -> None:
    """Each trouble is one cause, as grave as what it takes from residents."""
    assert sight(ailing).present == {cause: severity}


def test_what_is_well_or_busy_is_no_cause() -> None:
    """A printer at work wants nobody."""
    assert sight(device("a4_printer", Condition.READY, ("busy",))).present == {}


def test_a_warning_beside_a_trouble_is_still_there() -> None:
    """An open cover does not hide that paper is low."""
    found = sight(device("a4_printer", Condition.NEEDS_ATTENTION, ("cover_open", "paper_low")))
    assert set(found.present) == {
        Cause("a4_printer", "cover_open"),
        Cause("a4_printer", "paper_low"),
    }


@pytest.mark.parametrize("silent", [True, False])
def test_a_part_that_must_be_there_is_missed(silent: bool) -> None:
    """A reader that was never told of, or no longer is, is absent; an extra one was taken off."""
    gone = device("id_reader", seconds_ago=600)
    scanner = device("qr_scanner", Condition.FAULT, seconds_ago=600)
    found = sight(gone, scanner) if silent else see(_only_printers(), NOW)
    assert found.present == {Cause("id_reader", "absent"): Severity.URGENT}


def _only_printers() -> Pulse:
    printers = (device("a4_printer"), device("receipt_printer"))
    return Pulse(TerminalState.IN_SERVICE, printers, NOW, None)


@pytest.mark.policy("P53")
def test_silence_hides_what_it_hides() -> None:
    """After three missed heartbeats only the silence is known: paper is neither there nor gone."""
    out = device("a4_printer", Condition.NEEDS_ATTENTION, ("paper_out",))
    assert sight(out, heard=90).presence(SILENCE) is Presence.GONE
    found = sight(out, heard=91)
    assert found.present == {SILENCE: Severity.URGENT}
    assert found.presence(PAPER) is Presence.UNTOLD


def test_what_was_never_heard_of_is_not_missed() -> None:
    """Of a terminal that has not spoken yet nothing can be told."""
    found = see(Pulse(TerminalState.IN_SERVICE, (), None, None), NOW)
    assert found.present == {}
    assert found.presence(SILENCE) is Presence.UNTOLD


@pytest.mark.parametrize(
    ("offset", "presence"),
    [
        (-31.0, Presence.PRESENT),
        (30.0, Presence.UNTOLD),
        (21.0, Presence.UNTOLD),
        (-20.0, Presence.GONE),
        (None, Presence.GONE),
    ],
)
def test_clock_between_right_and_wrong_is_left_as_judged(
    offset: float | None, presence: Presence
) -> None:
    """A clock that wavers about the limit does not flap."""
    assert sight(offset=offset).presence(Cause(TERMINAL, CLOCK_SKEW)) is presence


def test_locked_terminal_alarms_nobody() -> None:
    """Somebody is at it: its causes are seen, and no alert opens."""
    found = sight(
        device("a4_printer", Condition.NEEDS_ATTENTION, ("jam",)), state=TerminalState.LOCKED
    )
    assert not found.opens
    assert found.presence(Cause("a4_printer", "jam")) is Presence.PRESENT


@pytest.mark.parametrize("state", [TerminalState.REVOKED, TerminalState.AWAITED])
def test_what_is_no_terminal_any_more_is_over(state: TerminalState) -> None:
    """A withdrawn number has no causes at all."""
    assert sight(state=state, heard=10_000) == Sight({}, opens=False, over=True)


def test_people_are_given_time_to_load_paper() -> None:
    """An open cover is a trouble only when it stays open; a warning waits longer to go."""
    cover = patience(Cause("a4_printer", "cover_open"), Severity.SERIOUS)
    jam = patience(Cause("a4_printer", "jam"), Severity.SERIOUS)
    low = patience(Cause("a4_printer", "paper_low"), Severity.SOON)
    assert cover.until_open > jam.until_open
    assert low.until_closed > jam.until_closed


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        ("media_empty_error", "media_empty"),
        ("media_empty_warning", "media_empty"),
        ("media_empty_report", "media_empty"),
        ("media_empty", "media_empty"),
        ("_error", "_error"),
    ],
)
def test_kind_is_the_stem(trouble: str, kind: str) -> None:
    """However grave a printer says it is, it is one cause."""
    assert stem(trouble) == kind


DOOR = Cause("cabinet", "door_open")


@pytest.mark.policy("P53")
@pytest.mark.parametrize(
    ("condition", "trouble", "severity"),
    [
        (Condition.NEEDS_ATTENTION, "door_open", Severity.SERIOUS),
        (Condition.NEEDS_ATTENTION, "overheated", Severity.SERIOUS),
        (Condition.NEEDS_ATTENTION, "cover_open", Severity.SOON),
        (Condition.LOW, "on_battery", Severity.SOON),
        (Condition.LOW, "key_turned", Severity.SOON),
        (Condition.ABSENT, "offline", Severity.SOON),
    ],
)
def test_the_cabinet_is_watched(condition: Condition, trouble: str, severity: Severity) -> None:
    """An opened door and heat are serious; a lost board or lost mains is told before it is."""
    found = sight(device("cabinet", condition, (trouble,))).present

    assert found == {Cause("cabinet", trouble): severity}


def test_work_that_is_registered_opens_no_alert() -> None:
    """At a terminal locked for maintenance the door may stand open."""
    cabinet = device("cabinet", Condition.NEEDS_ATTENTION, ("door_open",))

    assert not sight(cabinet, state=TerminalState.LOCKED).opens


def test_a_rattling_door_is_one_opening() -> None:
    """An opened door is told at once, and is over only after five minutes shut."""
    lasting = patience(DOOR, Severity.SERIOUS)

    assert (lasting.until_open, lasting.until_closed) == (timedelta(0), timedelta(minutes=5))


def test_a_key_left_turned_is_told_after_the_work() -> None:
    """Four hours of work with the key are nobody's alarm; a key forgotten in the lock is."""
    lasting = patience(Cause("cabinet", "key_turned"), Severity.SOON)

    assert lasting.until_open == timedelta(hours=4)


@pytest.mark.policy("P37", "P39")
def test_a_forgotten_card_calls_the_keeper_and_closes_nothing() -> None:
    """The reader serves on; a card whose owner is still being called is no cause at all."""
    forgotten = device("id_reader", Condition.LOW, ("card_forgotten",))
    left = device("id_reader", Condition.READY, ("card_left",))

    assert sight(forgotten).present == {Cause("id_reader", "card_forgotten"): Severity.SOON}
    assert sight(left).present == {}
