"""How sure we are who holds a phone, and what that allows."""

import itertools

import pytest

from kiosk_server.residents.assurance import (
    GIVES,
    NEEDS,
    ORDER,
    Act,
    Level,
    Way,
    acts_at,
    allows,
    given,
    names_person,
    reaches,
)


def test_the_tables_are_whole() -> None:
    """Every way gives a level and every act needs one."""
    assert set(GIVES) == set(Way)
    assert set(NEEDS) == set(Act)


def test_a_surer_phone_may_do_all_that_a_less_sure_one_may() -> None:
    """What a level allows, every higher one allows."""
    for lower, higher in itertools.pairwise(ORDER):
        assert set(acts_at(lower)) <= set(acts_at(higher))


@pytest.mark.parametrize("way", [Way.SMS_CODE, Way.MINI_PROGRAM])
def test_a_number_names_nobody(way: Way) -> None:
    """Who only receives messages sees nothing of the person behind the number."""
    level = given(way)
    assert not names_person(level)
    assert not allows(level, Act.SEE_CASES)
    assert not allows(level, Act.SEE_CERTIFICATES)
    assert allows(level, Act.PROVE_ONESELF)


@pytest.mark.policy("P48")
@pytest.mark.parametrize(
    ("claimed", "level"),
    [
        (None, Level.CHECKED),
        (Level.NUMBER, Level.NUMBER),
        (Level.NAMED, Level.NAMED),
        (Level.CHECKED, Level.CHECKED),
        (Level.CARD, Level.CHECKED),
    ],
)
def test_a_partners_claim_lowers_and_never_raises(claimed: Level | None, level: Level) -> None:
    """The region says how far its check went; no word of it is worth more than a hand-over."""
    assert given(Way.REGION, claimed) is level


def test_the_card_is_the_surest() -> None:
    """Nothing reaches higher than a card laid on a terminal."""
    assert all(reaches(given(Way.ID_CARD), level) for level in Level)
