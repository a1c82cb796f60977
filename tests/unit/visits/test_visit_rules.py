"""Limits of a visit and what a card must show, with time as an argument."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.catalogue.content import Assurance
from kiosk_server.residents.numbers import CardKind
from kiosk_server.visits import rules
from kiosk_server.visits.models import EndReason

START = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def watched(size: str = "m", extensions: int = 0) -> rules.Watch:
    ends_at = START + rules.HARD_LIMIT + extensions * rules.EXTENSION
    return rules.watch(size=size, last_seen_at=START, ends_at=ends_at, extensions=extensions)


@pytest.mark.policy("P51")
@pytest.mark.parametrize(("size", "factor"), [("s", 1), ("m", 1), ("l", 2), ("xl", 2)])
def test_warning_and_end(size: str, factor: int) -> None:
    """60 s warn and 30 s later it ends; the large sizes have twice the time."""
    watch = watched(size)
    assert watch.warns_at - START == factor * timedelta(seconds=60)
    assert watch.idle_ends_at - watch.warns_at == factor * timedelta(seconds=30)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(0, None), (89, None), (90, EndReason.IDLE), (899, EndReason.IDLE), (900, EndReason.LIMIT)],
)
def test_why_it_is_over(seconds: int, reason: EndReason | None) -> None:
    """Idleness ends a visit before the limit does, and the limit says so."""
    assert rules.over_at(watched(), START + timedelta(seconds=seconds)) is reason


def test_ten_extensions() -> None:
    """More time can be asked for ten times, as WCAG 2.2.1 wants."""
    assert watched(extensions=9).can_extend
    assert not watched(extensions=10).can_extend


@given(st.integers(0, 3600), st.sampled_from(rules.SIZES))
def test_once_over_stays_over(seconds: int, size: str) -> None:
    """A visit that is over at one moment is over at every later one."""
    watch, moment = watched(size), START + timedelta(seconds=seconds)
    if rules.over_at(watch, moment) is not None:
        assert rules.over_at(watch, moment + timedelta(seconds=1)) is not None


def test_a_touch_behind_a_dead_line_counts() -> None:
    """What the terminal saw behind a dead line keeps a visit, for five minutes and no longer."""
    watch, minute = watched(), timedelta(minutes=1)
    back = START + 4 * minute
    touched = START + 3.5 * minute

    def seen(touched_at: datetime, now: datetime) -> datetime:
        return rules.last_touch(watch, seen_at=START, touched_at=touched_at, now=now)

    assert seen(touched, back) == touched
    assert seen(back + minute, back) == back
    assert seen(START - minute, back) == START
    late = watch.idle_ends_at + rules.KEPT_WITHOUT_LINE
    assert seen(late, late) == START


@pytest.mark.parametrize(
    ("heard_after", "now_after", "waits"),
    [(30, 120, True), (89, 389, True), (89, 390, False), (90, 120, False), (None, 120, False)],
)
def test_an_idle_visit_waits_for_a_silent_terminal(
    heard_after: int | None, now_after: int, waits: bool
) -> None:
    """Whose terminal spoke after the time ran out is gone; behind a dead line one may stand."""
    heard = START + timedelta(seconds=heard_after) if heard_after is not None else None
    now = START + timedelta(seconds=now_after)
    assert rules.waits_for_line(watched(), heard_at=heard, now=now) is waits


def test_proof_that_is_enough() -> None:
    """A higher proof serves where a lower is needed, never the other way round."""
    order = (Assurance.NONE, Assurance.CARD, Assurance.CARD_AND_PRESENCE)
    for have_at, have in enumerate(order):
        for need_at, needed in enumerate(order):
            assert rules.enough(have, needed) is (have_at >= need_at)


@pytest.mark.policy("P37")
def test_what_is_not_needed_is_dropped() -> None:
    """Of a card only the needed fields go on, and what is missing is named."""
    card = {"name": "测试九", "nation": "05", "address": "测试路", "number": "1"}
    kept, missing = rules.kept_fields(card, ("name", "number", "valid_until"))
    assert kept == {"name": "测试九", "number": "1"}
    assert missing == ("valid_until",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"valid_until": None}, None),
        ({"valid_until": "2026-11-22"}, None),
        ({"valid_until": "2026-11-21"}, "card_expired"),
        ({"number": "653001199003070023"}, "number_invalid"),
        ({"number": None}, "number_invalid"),
        ({"name": "测试𬭩"}, "name_unprintable"),
    ],
)
def test_faults_of_a_card(changes: dict[str, str | None], code: str | None) -> None:
    """Each fault has its code; a card in order has none."""
    card = {"name": "阿依古丽·测试", "number": "653001199003070022", "valid_until": "2040-01-01"}
    fault = rules.card_fault(
        CardKind.RESIDENT,
        card | changes,
        today=date(2026, 11, 22),
        unprintable=lambda text: tuple(mark for mark in text if mark == "𬭩"),
    )
    assert fault == code
