"""
`kill -9` in the middle of holding, confirming, moving, cancelling, offering and closing.

Real processes over both databases. Everything happens at once, chance chooses the moment of the
blow, and everybody asks again as a phone does, under the same key: no place is lost or doubled, a
request is carried out once, and every place that is given up is offered once.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from kiosk_server.bookings.chores import make_slots
from kiosk_server.bookings.life import WaitingState
from kiosk_server.bookings.models import Booking
from kiosk_server.core.database import Database
from kiosk_server.places.hours import DayKind
from kiosk_server.settings import Settings
from tests.support.at_once import at_once
from tests.support.booked_town import PLACES, Town
from tests.support.crowd import Answer, crowd
from tests.support.warm_starts import WarmStarts

pytestmark = pytest.mark.policy("P50")

PEOPLE = 8
WHOLE = os.environ.get("KIOSK_TEST_WHOLE_MATRIX") == "1"
SERVER_BLOWS, WORKER_BLOWS = (60, 12) if WHOLE else (7, 2)
"""On each database; how many moments `make misfortunes` tries, and how many `make test`."""
CLOSED_EVERY = 3
LATEST_SECONDS = 0.03


@pytest.fixture
def town(
    settings: Settings, database: Database, warm: WarmStarts, tmp_path: Path, engine_name: str
) -> Iterator[Town]:
    """Three processes of the server, and a fortnight with three places a day."""
    with crowd(settings, database, warm, tmp_path, PEOPLE) as people:
        yield Town(people, warm, tmp_path, random.Random(engine_name)).open()


def test_servers_killed_in_the_middle_of_bookings(town: Town) -> None:
    """Confirm, cancel, move, hold and close at once, and a blow: each is done once, whole."""
    for turn in range(SERVER_BLOWS):
        town.wipe()
        one_blow_at_the_server(town, turn)


def one_blow_at_the_server(town: Town, turn: int) -> None:
    """Two days, three places each; two people wait for the first one."""
    crowd = town.crowd
    first, second = (town.slots[(2 * turn + at) % len(town.slots)] for at in (0, 1))
    mine = [town.holds(who, first, says_yes=who > 0) for who in range(PLACES)]
    for who in (3, 4):
        town.wait(who, first)
    closing = turn % CLOSED_EVERY == CLOSED_EVERY - 1
    keyed: list[Callable[[], Answer]] = [
        partial(crowd.moves, 2, mine[2], second, f"move-{turn:012}"),
        partial(crowd.hold, 5, second, f"hold-{turn:012}"),
        partial(crowd.hold, 6, second, f"hold-{turn:012}"),
    ]
    deeds: list[Callable[[], object]] = [
        partial(town.strike_the_server, turn),
        partial(town.asks_until_answered, partial(crowd.does, 0, mine[0], "confirm")),
        partial(town.asks_until_answered, partial(crowd.does, 1, mine[1], "cancel")),
        *(partial(town.asks_until_answered, deed) for deed in keyed),
    ]
    if closing:
        deeds.append(partial(town.closes, first))
    *_, moved, held, another = at_once(*deeds)[: 3 + len(keyed)]
    for deed, before, who in zip(keyed, (moved, held, another), (2, 5, 6), strict=True):
        assert isinstance(before, Answer)
        # A closing may have given the other day's places to those who lost theirs.
        assert before.status == 201 or (closing and before.status == 409)
        if before.status == 201:
            again = town.asks_until_answered(deed)
            assert (again.status, again.json()["id"]) == (201, before.json()["id"])
        assert town.upcoming(who) == int(who == 2 or before.status == 201)
    assert town.upcoming(0) == 1
    assert town.upcoming(1) <= int(closing)
    if closing:
        assert crowd.look(first).taken == 0
        town.tell_day(first, DayKind.INSTEAD)
        make_slots(crowd.database, crowd.terms)
    # An offer on a day that was closed afterwards is over, and another day is offered.
    ended = town.entries(WaitingState.LAPSED) if closing else 0
    assert town.entries(WaitingState.OFFERED) + ended == 2
    assert crowd.look(first).is_just(PLACES)
    assert crowd.look(second).is_just(PLACES)
    town.all_is_counted()


def test_workers_killed_in_the_middle_of_ends_and_offers(town: Town) -> None:
    """Holds that are over come back by the next worker, and each place is offered once."""
    worker = town.worker()
    try:
        for turn in range(WORKER_BLOWS):
            town.wipe()
            days = town.slots[3 * turn % 12 :][:3]
            mine = [town.holds(who, day, says_yes=False) for day in days for who in range(PLACES)]
            for day in days:
                for who in range(PLACES, 2 * PLACES):
                    town.wait(who, day)
            closing = turn % 2 == 1
            if closing:
                town.tell_day(days[0], DayKind.CLOSED)
                town.orders("make_slots")
            for booking in mine:
                town.crowd.let_end(booking)
            town.orders("end_holds")
            town.until(partial(some_ended, town, mine))
            time.sleep(town.chance.uniform(0, LATEST_SECONDS))
            worker.kill()
            town.all_is_counted()
            worker = town.worker()
            town.orders("make_slots")
            town.orders("end_holds")
            town.until(partial(all_ended, town, mine))
            rest_is_offered(town, days[1:] if closing else days)
            town.tell_day(days[0], DayKind.INSTEAD)
    finally:
        worker.kill()


def some_ended(town: Town, bookings: list[str]) -> bool:
    """Whether the worker has begun with some holds."""
    return held_of(town, bookings) < len(bookings)


def all_ended(town: Town, bookings: list[str]) -> bool:
    """Whether none of some bookings is held still."""
    return held_of(town, bookings) == 0


def held_of(town: Town, bookings: list[str]) -> int:
    """Return how many of some bookings are held still."""
    return town.count(Booking.id.in_(bookings), Booking.state == "held")


def rest_is_offered(town: Town, days: list[str]) -> None:
    """Expect every place of *days* to be with who waited for it."""
    for day in days:
        seen = town.crowd.look(day)
        assert (seen.taken, seen.waiting) == (PLACES, 0)
    assert town.entries(WaitingState.OFFERED) == PLACES * len(days)
    town.all_is_counted()
