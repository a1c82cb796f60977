"""The life of a delivery, and the fold over everything that is heard of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.deliveries.life import (
    LIFE,
    NEEDS_A_PERSON,
    DeliveryState,
    Heard,
    Standing,
    Step,
    Trouble,
    fold,
)

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
S, T = DeliveryState, Step
HEARD = st.builds(
    Heard,
    at=st.integers(0, 5).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    step=st.sampled_from([*Step, None]),
    mark=st.sampled_from("abcd"),
    trouble=st.sampled_from([*Trouble, None]),
)


def told(*steps: Step | None, trouble: Trouble | None = None) -> list[Heard]:
    """One thing a minute; *trouble* comes with the last."""
    return [
        Heard(
            NOON + timedelta(minutes=number),
            step,
            f"{number}",
            trouble if number == len(steps) - 1 else None,
        )
        for number, step in enumerate(steps)
    ]


@pytest.mark.policy("P42")
@given(heard=st.lists(HEARD, max_size=12), again=st.data())
def test_the_state_is_the_same_in_every_order_and_repetition(
    heard: list[Heard], again: st.DataObject
) -> None:
    """Pushes may come late, before others, and as often as they like."""
    other_way = again.draw(st.permutations(heard))
    repeated = again.draw(st.lists(st.sampled_from(heard), max_size=8)) if heard else []
    assert fold([*other_way, *repeated]) == fold(heard)


@given(heard=st.lists(HEARD, max_size=12), late=HEARD)
def test_what_says_nothing_changes_nothing(heard: list[Heard], late: Heard) -> None:
    """An unknown code, whenever it comes, leaves state and trouble as they are."""
    silent = Heard(late.at, None, late.mark, late.trouble)
    assert fold([*heard, silent]) == fold(heard)


@given(heard=st.lists(HEARD, max_size=12))
def test_trouble_stands_with_troubled_states_alone(heard: list[Heard]) -> None:
    """Whoever needs a person is told why; who goes his way has no trouble."""
    standing = fold(heard)
    if standing.state in (S.EXCEPTION, S.RETURNED):
        assert standing.trouble is not None
    if standing.state not in NEEDS_A_PERSON:
        assert standing.trouble is None


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((), S.CREATED),
        ((T.LOSE_ANSWER,), S.UNKNOWN),
        ((T.LOSE_ANSWER, T.ACCEPT), S.ACCEPTED),
        ((T.LOSE_ANSWER, T.PICK_UP), S.PICKED_UP),
        ((T.ACCEPT, T.LOSE_ANSWER), S.ACCEPTED),
        ((T.PICK_UP, T.ACCEPT), S.PICKED_UP),
        ((T.ACCEPT, T.PICK_UP, T.MOVE, T.GO_OUT, T.DELIVER), S.DELIVERED),
        ((T.ACCEPT, T.GO_OUT, T.STRAY, T.GO_OUT, T.DELIVER), S.DELIVERED),
        ((T.ACCEPT, T.DELIVER, T.MOVE), S.DELIVERED),
        ((T.ACCEPT, T.DELIVER, T.TURN_BACK), S.RETURNING),
        ((T.ACCEPT, T.TURN_BACK, T.MOVE, T.GO_OUT, T.DELIVER), S.RETURNED),
        ((T.ACCEPT, T.CANCEL), S.CANCELLED),
        ((T.ACCEPT, T.PICK_UP, T.CANCEL), S.PICKED_UP),
        ((T.TURN_DOWN,), S.EXCEPTION),
    ],
)
def test_ways_that_deliveries_go(steps: tuple[Step, ...], state: DeliveryState) -> None:
    """From the first question to the hand-over, and the ways beside it."""
    assert fold(told(*steps)).state is state


def test_what_moves_after_it_was_cancelled_is_in_trouble() -> None:
    """The courier carries it all the same: a person looks."""
    standing = fold(told(T.ACCEPT, T.CANCEL, T.MOVE))
    assert (standing.state, standing.trouble) == (S.EXCEPTION, Trouble.MOVED_AFTER_ALL)


def test_why_it_came_back_is_kept() -> None:
    """Refused at the door: still so when it lies at its sender's again."""
    standing = fold([*told(T.ACCEPT, T.TURN_BACK, trouble=Trouble.REFUSED), *later(T.DELIVER)])
    assert (standing.state, standing.trouble) == (S.RETURNED, Trouble.REFUSED)
    assert fold(told(T.ACCEPT, T.GIVE_BACK)).trouble is Trouble.RETURNED


def test_within_one_minute_things_happen_in_their_order() -> None:
    """Couriers round to minutes: out and delivered at 12:00 is delivered."""
    heard = [Heard(NOON, step, "x") for step in (T.DELIVER, T.GO_OUT, T.ACCEPT)]
    assert fold(heard) == Standing(S.DELIVERED, None, NOON)


def test_no_state_traps_a_delivery() -> None:
    """Whatever became of it, something can still be heard."""
    assert LIFE.ends() == frozenset()
    assert all(LIFE.open_verbs(state) for state in DeliveryState)


def later(step: Step) -> list[Heard]:
    return [Heard(NOON + timedelta(hours=1), step, "later")]
