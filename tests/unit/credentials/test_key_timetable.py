"""When issuer keys move on."""

from datetime import UTC, datetime, timedelta

from kiosk_server.credentials.codes import CodeTerms
from kiosk_server.credentials.key_rules import (
    KEY_LIFE,
    KeyPlan,
    KeyStanding,
    KeyState,
    KeyTerms,
    KeyVerb,
    due,
)

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TERMS = KeyTerms()


def standing(state: KeyState, days: float) -> KeyStanding:
    """A key that has been in its state for so many days."""
    return KeyStanding(state.value, state, NOW - timedelta(days=days))


def test_the_first_key_signs_at_once() -> None:
    """Without any key one is made that signs now."""
    assert due([], NOW, TERMS) == KeyPlan(make=KeyState.ACTIVE)


def test_a_line_beside_another_announces_its_first_key_too() -> None:
    """Nobody with a trust list in force meets a key of it that the list does not name."""
    announced = standing(KeyState.ANNOUNCED, 13.9)
    assert due([], NOW, TERMS, beside=True) == KeyPlan(make=KeyState.ANNOUNCED)
    assert due([announced], NOW, TERMS, beside=True) == KeyPlan()
    ready = standing(KeyState.ANNOUNCED, 14)
    assert due([ready], NOW, TERMS, beside=True).deeds == ((ready.id, KeyVerb.ACTIVATE),)


def test_the_next_key_is_announced_before_it_is_needed() -> None:
    """A successor is made fourteen days before the key that signs is over, and no earlier."""
    assert due([standing(KeyState.ACTIVE, 75.9)], NOW, TERMS) == KeyPlan()
    assert due([standing(KeyState.ACTIVE, 76)], NOW, TERMS).make is KeyState.ANNOUNCED


def test_a_key_signs_only_after_it_was_announced_long_enough() -> None:
    """A late successor waits its time out, although the key before it is over."""
    active = standing(KeyState.ACTIVE, 100)
    assert due([active, standing(KeyState.ANNOUNCED, 13)], NOW, TERMS) == KeyPlan()
    assert due([active, standing(KeyState.ANNOUNCED, 14)], NOW, TERMS).deeds == (
        ("active", KeyVerb.REPLACE),
        ("announced", KeyVerb.ACTIVATE),
    )


def test_a_withdrawn_key_is_followed_at_once() -> None:
    """Where nothing signs, the announced key begins without waiting."""
    assert due([standing(KeyState.ANNOUNCED, 0)], NOW, TERMS).deeds == (
        ("announced", KeyVerb.ACTIVATE),
    )


def test_a_retiring_key_is_retired_after_all_that_it_signed() -> None:
    """A key verifies longer than the longest code and list that it can have signed."""
    keys = [standing(KeyState.ACTIVE, 1), standing(KeyState.RETIRING, 30)]
    assert due(keys, NOW, TERMS).deeds == (("retiring", KeyVerb.RETIRE),)
    lists = CodeTerms()
    assert TERMS.retiring > max(48 * lists.window, lists.status_life, lists.trust_life)
    assert TERMS.announced > lists.trust_life


def test_nothing_leads_back_from_withdrawn() -> None:
    """A key that is believed no more is never believed again."""
    assert KEY_LIFE.ends() == {KeyState.WITHDRAWN}
