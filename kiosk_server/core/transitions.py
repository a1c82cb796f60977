"""A life is a table: every state machine of the product is one literal of this kind."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from kiosk_server.core.errors import WrongState

State = TypeVar("State", bound=StrEnum)
Verb = TypeVar("Verb", bound=StrEnum)


class Transitions(Generic[State, Verb]):
    """The whole life of a thing, readable at a glance: (state, verb) -> state."""

    def __init__(self, table: Mapping[tuple[State, Verb], State]) -> None:
        self._table = dict(table)

    def after(self, state: State, verb: Verb) -> State:
        """Return the state that *verb* leads to, or raise `WrongState`."""
        try:
            return self._table[state, verb]
        except KeyError:
            raise WrongState(state=state.value, verb=verb.value) from None

    def open_verbs(self, state: State) -> frozenset[Verb]:
        """Return what may be done now: it drives buttons and API links alike."""
        return frozenset(verb for (at, verb) in self._table if at == state)

    def ends(self) -> frozenset[State]:
        """Return the states that nothing leads out of."""
        return frozenset(self._table.values()) - frozenset(at for (at, _) in self._table)

    def __iter__(self) -> Iterator[tuple[State, Verb, State]]:
        return ((state, verb, after) for (state, verb), after in self._table.items())
