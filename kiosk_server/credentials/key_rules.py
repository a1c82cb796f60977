"""
The life of an issuer key (签发密钥) and when it moves on: pure tables and decisions.

A key is announced before it signs, so that whoever keeps lists has it before the first code that
it signed; and it still verifies for a while after it signed its last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class KeyState(StrEnum):
    """Where an issuer key stands."""

    ANNOUNCED = "announced"
    """Published, not signing yet."""
    ACTIVE = "active"
    RETIRING = "retiring"
    """Signs no more, still verifies; its private half is gone."""
    RETIRED = "retired"
    """Verifies no code any more; the house itself still knows a sign that it once signed."""
    WITHDRAWN = "withdrawn"
    """Somebody else may have had it: nothing that it signed is believed."""


class KeyVerb(StrEnum):
    """What is done to an issuer key."""

    ACTIVATE = "activate"
    REPLACE = "replace"
    RETIRE = "retire"
    WITHDRAW = "withdraw"
    """At once, whatever state: somebody else may have it."""


KEY_LIFE: Transitions[KeyState, KeyVerb] = Transitions(
    {
        (KeyState.ANNOUNCED, KeyVerb.ACTIVATE): KeyState.ACTIVE,
        (KeyState.ACTIVE, KeyVerb.REPLACE): KeyState.RETIRING,
        (KeyState.RETIRING, KeyVerb.RETIRE): KeyState.RETIRED,
        (KeyState.ANNOUNCED, KeyVerb.WITHDRAW): KeyState.WITHDRAWN,
        (KeyState.ACTIVE, KeyVerb.WITHDRAW): KeyState.WITHDRAWN,
        (KeyState.RETIRING, KeyVerb.WITHDRAW): KeyState.WITHDRAWN,
        (KeyState.RETIRED, KeyVerb.WITHDRAW): KeyState.WITHDRAWN,
    }
)
VERIFYING = (KeyState.ANNOUNCED, KeyState.ACTIVE, KeyState.RETIRING)
"""States in which a key is published."""


@dataclass(frozen=True)
class KeyTerms:
    """How long a key stays in each state."""

    announced: timedelta = timedelta(days=14)
    """Longer than a trust list serves: nobody with a list in force meets an unknown key."""
    active: timedelta = timedelta(days=90)
    retiring: timedelta = timedelta(days=30)
    """Longer than anything that it signed serves."""


@dataclass(frozen=True)
class KeyStanding:
    """What the timetable asks of one key; *since* is when it came into its state."""

    id: str
    state: KeyState
    since: datetime


@dataclass(frozen=True)
class KeyPlan:
    """What is due: deeds on keys that are there, and whether a new one is made, in which state."""

    deeds: tuple[tuple[str, KeyVerb], ...] = ()
    make: KeyState | None = None


def due(
    keys: Sequence[KeyStanding], now: datetime, terms: KeyTerms, *, beside: bool = False
) -> KeyPlan:
    """Return what is due at *now*, one step of it; ask again until nothing is.

    *beside*: these keys stand beside others that sign meanwhile, and trust lists are out: even the
    first of them is announced before it signs.
    """
    over = [
        (key.id, KeyVerb.RETIRE)
        for key in keys
        if key.state is KeyState.RETIRING and now - key.since >= terms.retiring
    ]
    active = _first(keys, KeyState.ACTIVE)
    waiting = _first(keys, KeyState.ANNOUNCED)
    if active is None:
        if waiting is None:
            return KeyPlan(tuple(over), KeyState.ANNOUNCED if beside else KeyState.ACTIVE)
        if beside and now - waiting.since < terms.announced:
            return KeyPlan(tuple(over))
        return KeyPlan((*over, (waiting.id, KeyVerb.ACTIVATE)))
    age = now - active.since
    if waiting is None:
        early = age >= terms.active - terms.announced
        return KeyPlan(tuple(over), KeyState.ANNOUNCED if early else None)
    if age >= terms.active and now - waiting.since >= terms.announced:
        over += [(active.id, KeyVerb.REPLACE), (waiting.id, KeyVerb.ACTIVATE)]
    return KeyPlan(tuple(over))


def _first(keys: Sequence[KeyStanding], state: KeyState) -> KeyStanding | None:
    return next((key for key in keys if key.state is state), None)
