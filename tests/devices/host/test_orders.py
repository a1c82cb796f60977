"""The desk between pages and the thread that serves them: one order, and nothing that outlives it.

What a card reader or a scanner does with an order is told by its own tests.
"""

import threading
from dataclasses import dataclass
from enum import StrEnum

from devices.host.orders import OrderDesk


class State(StrEnum):
    """Where a sample order stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sample:
    """The standing of a sample order."""

    state: State


def desk() -> OrderDesk[str, Sample]:
    """An empty desk."""
    return OrderDesk(waiting=Sample(State.WAITING), superseded=Sample(State.FAILED))


def test_a_newer_order_takes_the_place_of_the_older() -> None:
    """The older stands as superseded, and what is found for it afterwards reaches nobody."""
    counter = desk()
    older = counter.ask("first")
    taken = counter.next_order(0)
    newer = counter.ask("second")
    assert taken is not None

    counter.step(taken, Sample(State.WORKING))

    assert not counter.end(taken, Sample(State.DONE))
    assert not counter.wanted(taken)
    assert counter.standing(older) == Sample(State.FAILED)
    assert counter.standing(newer) == Sample(State.WAITING)
    assert counter.current_stands_at(State.WAITING)


def test_an_order_that_ended_keeps_its_standing_and_frees_the_desk() -> None:
    """The page may ask late; the serving thread has nothing more to do."""
    counter = desk()
    asked = counter.ask("first")
    taken = counter.next_order(0)
    assert taken is not None

    assert counter.end(taken, Sample(State.DONE))
    assert counter.next_order(0) is None
    assert counter.standing(asked) == Sample(State.DONE)
    assert not counter.current_stands_at(State.DONE)


def test_a_cancelled_order_leaves_nothing() -> None:
    """Neither its standing nor what is said of it later can be asked for, by it or a stranger."""
    counter = desk()
    asked = counter.ask("first")
    taken = counter.next_order(0)
    assert taken is not None

    assert counter.cancel(asked)
    assert not counter.cancel(asked)
    counter.step(taken, Sample(State.WORKING))
    assert not counter.end(taken, Sample(State.DONE))
    assert counter.standing(asked) is None


def test_only_the_last_few_standings_are_kept() -> None:
    """What pages asked for long ago is forgotten, oldest first."""
    counter = desk()
    asked = [counter.ask(str(number)) for number in range(9)]

    assert counter.standing(asked[0]) is None
    assert counter.standing(asked[1]) == Sample(State.FAILED)


def test_who_waits_hears_of_the_next_step_and_of_the_end_of_the_desk() -> None:
    """A page that waits is answered at the step, a serving thread is let go at the close."""
    counter = desk()
    asked = counter.ask("first")
    taken = counter.next_order(0)
    assert taken is not None
    stepping = threading.Timer(0.02, counter.step, (taken, Sample(State.WORKING)))
    stepping.start()

    assert counter.standing_past(asked, State.WAITING, wait_seconds=60) == Sample(State.WORKING)
    stepping.join()
    counter.end(taken, Sample(State.DONE))
    closing = threading.Timer(0.02, counter.close)
    closing.start()

    assert counter.next_order(60) is None
    closing.join()
    assert counter.closed
    assert counter.standing(asked) is None


def test_an_order_shows_nothing_of_its_wish() -> None:
    """A wish may hold a nonce, and an order may stand in a log."""
    counter = desk()
    counter.ask("a-nonce-of-the-server")

    assert "a-nonce" not in repr(counter.next_order(0))
