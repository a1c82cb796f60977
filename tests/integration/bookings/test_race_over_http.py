"""
N phones at once for k places, over HTTP, at three server processes, on both databases.

Everybody does what people do, at the same moment and in an order that chance chooses: holds and
double touches, yes, no, and another day instead, holds that are left to end while the worker's
chore lets them go, the waiting list, and offers that are taken, refused or left. Somebody looks all
the while: never more than k, and no place empty that somebody waits for.
"""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from kiosk_server.bookings.chores import end_holds
from kiosk_server.bookings.life import Channel
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from tests.support.at_once import at_once
from tests.support.crowd import Answer, Crowd, crowd
from tests.support.extent import as_far_as
from tests.support.warm_starts import WarmStarts, warm_starts

pytestmark = pytest.mark.real_clock

MOST = 64
ROUNDS = as_far_as(
    ((4, 1), (16, 3), (MOST, 8)), ((4, 1), (8, 2), (16, 3), (32, 5), (48, 1), (MOST, 8))
)
"""How many phones want one of how many places."""
TOUCHED_TWICE = 4
"""So many people touch twice, each time with both hands at once."""
LOOK_EVERY_SECONDS = 0.05
CHORE_EVERY_SECONDS = 0.05


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmStarts]:
    """The server, loaded and ready to live."""
    with warm_starts() as found:
        yield found


class Race:
    """One round: a slot that everybody wants, another day beside it, and what chance has chosen."""

    def __init__(self, crowd: Crowd, people: int, places: int) -> None:
        self.crowd, self.people, self.places = crowd, people, places
        self.slot, self.other = crowd.new_slot(places), crowd.new_slot(places)
        self.chance = random.Random(f"{people} people for {places} places")
        self.faults: list[str] = []
        self.held: dict[int, str] = {}
        self.movers: dict[int, str] = {}

    def run(self) -> None:
        """Let it happen, and ask afterwards whether it was just."""
        chore = partial(end_holds, self.crowd.database, self.crowd.terms)
        with (
            self._all_the_while(self._look, LOOK_EVERY_SECONDS),
            self._all_the_while(chore, CHORE_EVERY_SECONDS),
        ):
            self._everybody_holds()
            self._everybody_goes_on()
            while offers := self._offers():
                at_once(*(self._answer(who, booking) for who, booking in offers))
        assert not self.faults
        assert self.crowd.counted_right()
        assert self._offers_are_one_each()
        for slot in (self.slot, self.other):
            assert self.crowd.look(slot).is_just(self.places)

    def _everybody_holds(self) -> None:
        # Some have the other day already, and will want this one instead.
        for who in range(0, self.people, 8)[: self.places]:
            booking = self.crowd.hold(who, self.other).json()["id"]
            self._ok(self.crowd.does(who, booking, "confirm"))
            self.movers[who] = booking
        wanting = [who for who in range(self.people) if who not in self.movers]
        wanting += wanting[:TOUCHED_TWICE]
        answers = at_once(
            *(partial(self.crowd.hold, who, self.slot, f"{self.slot}-{who}") for who in wanting)
        )
        ids: dict[int, set[str]] = {}
        for who, answer in zip(wanting, answers, strict=True):
            # A second touch may find the first one still at work.
            assert answer.status in (201, 409), answer.body
            if answer.status == 201:
                ids.setdefault(who, set()).add(answer.json()["id"])
        assert len(ids) == self.places, "as many as there are places"
        assert all(len(each) == 1 for each in ids.values()), "a double touch books once"
        self.held = {who: booking for who, (booking,) in ids.items()}

    def _everybody_goes_on(self) -> None:
        deeds: list[Callable[[], object]] = [
            partial(self._goes_on, who, booking, verb)
            for (who, booking), verb in zip(
                self.held.items(),
                self._chosen("confirm", "cancel", "leave", "move", "back"),
                strict=False,
            )
        ]
        for who, booking in self.movers.items():
            deeds.append(partial(self._seen, self.crowd.moves, who, booking, self.slot))
        rest = set(range(self.people)) - self.held.keys() - self.movers.keys()
        for who in sorted(rest):
            deeds.append(partial(self._seen, self.crowd.waits, who, self.slot))
        self.chance.shuffle(deeds)
        at_once(*deeds)

    def _goes_on(self, who: int, booking: str, verb: str) -> None:
        crowd = self.crowd
        if verb == "leave":
            crowd.let_end(booking)
            return
        if verb == "cancel":
            self._seen(crowd.does, who, booking, "cancel")
            return
        self._ok(crowd.does(who, booking, "confirm"))
        if verb == "move":
            self._seen(crowd.moves, who, booking, self.other, f"{self.slot}-move-{who}")
        if verb == "back":
            moved = self._seen(crowd.moves, who, booking, self.other)
            if moved.status == 201:
                self._seen(crowd.moves, who, moved.json()["id"], self.slot)

    def _answer(self, who: int, booking: str) -> Callable[[], object]:
        verb = self.chance.choice(("confirm", "cancel", "leave"))
        if verb == "leave":
            return partial(self.crowd.let_end, booking)
        return partial(self._seen, self.crowd.does, who, booking, verb)

    def _offers(self) -> list[tuple[int, str]]:
        """Who has an offer that he has not answered."""
        # What came free when a round was over was offered to somebody who has begun anew since.
        holding = select(Booking.resident_id).where(
            Booking.state == "held",
            Booking.channel == Channel.WAITING_LIST,
            Booking.resident_id.is_not(None),
        )
        with self.crowd.database.reading() as session:
            asked = [self.crowd.residents.index(str(each)) for each in session.scalars(holding)]
        told = at_once(*(partial(self.crowd.offered, who) for who in asked)) if asked else []
        return [(who, each) for who, found in zip(asked, told, strict=True) for each in found]

    def _offers_are_one_each(self) -> bool:
        """Whether every offer went to one who waits, and nobody had two of them."""
        offers = select(func.count()).where(Booking.channel == Channel.WAITING_LIST)
        led_to = WaitingEntry.booking_id
        answered = select(func.count(led_to), func.count(led_to.distinct()))
        with self.crowd.database.reading() as session:
            led, different = session.execute(answered).one()
            return session.scalar(offers) == led == different

    def _look(self) -> None:
        for slot in (self.slot, self.other):
            seen = self.crowd.look(slot)
            if not seen.is_just(self.places):
                self.faults.append(f"{seen} of {self.places} places")

    @contextmanager
    def _all_the_while(self, deed: Callable[[], object], every: float) -> Iterator[None]:
        over = Event()

        def again_and_again() -> None:
            while not over.wait(every):
                deed()
            deed()

        with ThreadPoolExecutor(1) as hands:
            done = hands.submit(again_and_again)
            try:
                yield
            finally:
                over.set()
            done.result()

    def _chosen(self, *verbs: str) -> list[str]:
        found = [verbs[turn % len(verbs)] for turn in range(self.people)]
        self.chance.shuffle(found)
        return found

    def _seen(self, deed: Callable[..., Answer], *arguments: object) -> Answer:
        """Do what the house may well refuse, but never fail at."""
        answer = deed(*arguments)
        assert answer.status < 500, answer.body
        return answer

    def _ok(self, answer: Answer) -> None:
        assert answer.status < 300, answer.body


def test_a_place_is_never_given_twice(
    settings: Settings, database: Database, warm: WarmStarts, tmp_path: Path
) -> None:
    """From four phones for one place to sixty-four for eight, with all that can happen between."""
    with crowd(settings, database, warm, tmp_path, MOST) as people:
        for phones, places in ROUNDS:
            Race(people, phones, places).run()
            people.forget_everybody()


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_race_finds_who_checks_first_and_writes_then(
    settings: Settings, database: Database, warm: WarmStarts, tmp_path: Path
) -> None:
    """Before a server that looks, and takes a place then, the same race fails."""
    unguarded = "tests.support.unguarded:app"
    with (
        crowd(settings, database, warm, tmp_path, 16, wsgi=unguarded) as people,
        pytest.raises(AssertionError, match="as many as there are places"),
    ):
        Race(people, 16, 1).run()
