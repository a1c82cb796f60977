"""What may be done about a reader, state by state, and how an unaccepted one counts."""

from datetime import UTC, datetime

import pytest

from kiosk_server.core.errors import WrongState
from kiosk_server.terminals.reader_life import READER_LIFE, ReaderState, ReaderVerb
from kiosk_server.terminals.rules import Condition, DeviceView, Reason, can_do, with_reader

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def reader(condition: Condition = Condition.READY) -> DeviceView:
    """An ID reader as its terminal says it is."""
    return DeviceView("id_reader", condition, (), {}, since=NOW, reported_at=NOW)


def test_only_what_was_proposed_can_be_confirmed() -> None:
    """No reader is accepted without a proposal before it."""
    leading = {state for state, _, after in READER_LIFE if after is ReaderState.ACCEPTED}
    assert leading == {ReaderState.PROPOSED}
    for state in set(ReaderState) - {ReaderState.PROPOSED}:
        with pytest.raises(WrongState):
            READER_LIFE.after(state, ReaderVerb.CONFIRM)


def test_no_state_traps_a_reader() -> None:
    """A reader that was refused or replaced can be proposed anew."""
    assert READER_LIFE.ends() == frozenset()


@pytest.mark.parametrize("state", sorted(set(ReaderState) - {ReaderState.ACCEPTED}))
def test_a_reader_that_nobody_accepted_is_of_no_use(state: ReaderState) -> None:
    """Whatever a terminal says of it, nothing that needs a card is offered with it."""
    judged = with_reader(reader(), state)
    ability = can_do(["id_reader"], [judged], NOW)
    assert ability.reasons == (Reason("id_reader", "reader_swapped"),)


def test_an_accepted_reader_counts_as_it_is() -> None:
    """Acceptance changes nothing of what the terminal says."""
    assert with_reader(reader(), ReaderState.ACCEPTED) == reader()


def test_an_absent_reader_stays_absent() -> None:
    """A foreign reader that was unplugged again is told as both."""
    judged = with_reader(reader(Condition.ABSENT), ReaderState.WAITING)
    assert (judged.condition, judged.troubles) == (Condition.ABSENT, ("reader_swapped",))
