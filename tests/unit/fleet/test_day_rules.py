"""How a day of service is reckoned, and what of it is told."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.cases.models import CaseState
from kiosk_server.fleet.rules import (
    LEAST_TOLD,
    OTHERS,
    Attempt,
    Span,
    Standing,
    Told,
    Trouble,
    day_span,
    life_of,
    seconds_of,
    tellable,
    told_count,
    why_unfinished,
)
from kiosk_server.printing.models import JobState
from kiosk_server.terminals.life_history import Stay
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.visits.models import EndReason

DAY = day_span(date(2026, 11, 21))
LIVED = {TerminalState.IN_SERVICE: [DAY]}
HOUR = 3600
READER = Cause("id_reader", "fault")
PAPER = Cause("a4_printer", "paper_out")
LOW = Cause("a4_printer", "toner_low")
SILENCE = Cause("terminal", "offline")


def at(hour: float) -> datetime:
    """That hour of the day, Beijing time."""
    return DAY.start + timedelta(hours=hour)


def trouble(cause: Cause, severity: Severity, since: float, until: float | None) -> Trouble:
    """A trouble from one hour until another."""
    return Trouble(cause, severity, at(since), None if until is None else at(until))


def hours(**found: float) -> dict[Standing, int]:
    """Hours by standing, in seconds, the others nought."""
    return {standing: round(found.get(standing.value, 0) * HOUR) for standing in Standing}


def test_a_day_without_trouble_is_whole() -> None:
    """Nothing wrong, nothing locked: twenty-four hours of service, from Beijing midnight."""
    assert seconds_of(DAY, LIVED, []) == hours(whole=24)
    assert DAY.start.isoformat() == "2026-11-21T00:00:00+08:00"


def test_each_second_counts_once_for_the_gravest() -> None:
    """Where troubles overlap, the gravest standing has the time; a warning takes none."""
    found = seconds_of(
        DAY,
        LIVED,
        [
            trouble(PAPER, Severity.SERIOUS, 8, 14),
            trouble(READER, Severity.URGENT, 10, 12),
            trouble(LOW, Severity.SOON, 0, None),
        ],
    )
    assert found == hours(partly=4, stopped=2, whole=18)


def test_a_silence_began_with_the_last_word() -> None:
    """Three missed heartbeats before it was seen were silent too."""
    found = seconds_of(DAY, LIVED, [trouble(SILENCE, Severity.URGENT, 6, 7)])
    assert found[Standing.SILENT] == HOUR + 90
    over_midnight = seconds_of(DAY, LIVED, [trouble(SILENCE, Severity.URGENT, 24 + 60 / HOUR, 25)])
    assert over_midnight[Standing.SILENT] == 30


def test_what_is_unknown_is_not_called_stopped() -> None:
    """While a terminal is silent its reader's old trouble is not what counts."""
    found = seconds_of(
        DAY,
        LIVED,
        [trouble(READER, Severity.URGENT, 0, None), trouble(SILENCE, Severity.URGENT, 12, None)],
    )
    assert found[Standing.SILENT] == 12 * HOUR + 90
    assert found[Standing.STOPPED] == 12 * HOUR - 90


def test_locked_hours_are_no_service_and_the_time_before_life_is_no_time() -> None:
    """Enrolled at six and locked from twenty on: eighteen hours, four of them shut."""
    stays = [
        Stay(TerminalState.IN_SERVICE, at(6)),
        Stay(TerminalState.LOCKED, at(20)),
        Stay(TerminalState.REVOKED, at(24)),
    ]
    life = life_of(stays, at(6), at(48))
    assert seconds_of(DAY, life, []) == hours(whole=14, locked=4)


def test_a_past_without_rows_was_service() -> None:
    """What was enrolled before its states were kept counts as in service until the first row."""
    stays = [Stay(TerminalState.LOCKED, at(12))]
    assert seconds_of(DAY, life_of(stays, at(-100), at(24)), []) == hours(whole=12, locked=12)
    assert seconds_of(DAY, life_of([], at(-100), at(24)), []) == hours(whole=24)
    assert life_of([], None, at(24)) == {}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([READER, PAPER, LOW, SILENCE]),
            st.sampled_from(Severity),
            st.integers(-500, 2000),
            st.none() | st.integers(-500, 2000),
        ),
        max_size=8,
    )
)
def test_no_second_is_lost_or_counted_twice(
    told: list[tuple[Cause, Severity, int, int | None]],
) -> None:
    """Whatever the troubles, the standings of a lived day add up to the day."""
    troubles = [
        trouble(cause, severity, since / 60, None if until is None else until / 60)
        for cause, severity, since, until in told
    ]
    assert sum(seconds_of(DAY, LIVED, troubles).values()) == 24 * HOUR


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        (Attempt(EndReason.LEFT), "left_at_notice"),
        (Attempt(EndReason.IDLE, consented=True), "left_at_card"),
        (Attempt(EndReason.LEFT, consented=True, card_read=True), "left_at_proof"),
        (Attempt(EndReason.CODES, consented=True, card_read=True), "codes_wrong"),
        (Attempt(EndReason.CLOSED, consented=True), "machine_closed"),
        (
            Attempt(EndReason.LEFT, consented=True, card_read=True, proven=True),
            "left_at_records",
        ),
        (Attempt(EndReason.LEFT, case=CaseState.DECIDED), "no_paper_asked"),
        (Attempt(EndReason.LEFT, case=CaseState.DECLINED), "declined"),
        (
            Attempt(
                EndReason.LEFT, case=CaseState.DECIDED, job=JobState.NOT_PRINTED, trouble="jam"
            ),
            "print_jam",
        ),
        (
            Attempt(EndReason.LEFT, case=CaseState.DECIDED, job=JobState.UNKNOWN),
            "print_unknown",
        ),
    ],
)
def test_why_something_was_not_finished(attempt: Attempt, reason: str) -> None:
    """What the paper met is told first, else the last step that was reached."""
    assert not attempt.finished
    assert why_unfinished(attempt) == reason


def test_what_is_finished() -> None:
    """A completed case, or a second print that came out."""
    assert Attempt(EndReason.DONE, case=CaseState.COMPLETED).finished
    assert Attempt(EndReason.DONE, printed=True).finished


@pytest.mark.policy("P38", "P39")
def test_few_are_not_told_of() -> None:
    """Counts of one and two are put together; alone they are only said to be few."""
    assert tellable({"a": 9, "b": 2, "c": 1}) == [Told("a", 9), Told(OTHERS, 3)]
    assert tellable({"a": 9, "b": 5, "c": 1}) == [Told("a", 9), Told(OTHERS, 6)]
    assert tellable({"a": 1}) == [Told(OTHERS, None)]
    assert tellable({"a": 4, "b": 0}) == [Told("a", 4)]
    assert [told_count(count) for count in (0, 1, 2, 3)] == [0, None, None, 3]


@pytest.mark.policy("P38", "P39")
@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 12)))
def test_nothing_hidden_can_be_worked_out(counts: dict[str, int]) -> None:
    """With the total known, what is put together is never fewer than may be told."""
    told = tellable(counts)
    hidden = sum(counts.values()) - sum(each.count or 0 for each in told if each.key != OTHERS)
    assert all(each.count is None or each.count >= LEAST_TOLD for each in told)
    if len(told) > 1 or (told and told[0].key != OTHERS):
        assert hidden == 0 or hidden >= LEAST_TOLD


def test_spans_meet_only_where_they_overlap() -> None:
    """Two spans that only touch have nothing in common."""
    assert Span(at(1), at(2)).within(Span(at(2), at(3))) is None
    assert Span(at(1), at(3)).within(Span(at(2), at(4))) == Span(at(2), at(3))
