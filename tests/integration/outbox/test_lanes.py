"""A partner who is away slows no other, loses nothing, and is asked again when he may be back."""

from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable, WrongState
from kiosk_server.outbox.crew import Crew
from kiosk_server.outbox.dispatcher import Dispatcher, OutcomeUnknown
from kiosk_server.outbox.lanes import due_lanes
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.models import OutboxLane, OutboxMessage
from kiosk_server.outbox.queries import count_by_state
from kiosk_server.outbox.rules import (
    HOUSE,
    LONGEST_REST,
    MOST_ATTEMPTS,
    SILENCES_UNTIL_REST,
    MessageState,
    rest_after,
)
from kiosk_server.outbox.services import emit, forget_done, settle

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
COURIER, TILL = "courier", "till"
SECOND = timedelta(seconds=1)


class Partner:
    """Somebody outside: what reached him, and whether he answers."""

    def __init__(self) -> None:
        self.away = False
        self.got: Counter[str] = Counter()

    def take(self, _: None, letter: Letter) -> None:
        """Take a letter, or be silent."""
        if self.away:
            raise Unavailable("courier_silent")
        self.got[letter.id] += 1


def put(database: Database, lane: str, count: int = 1, *, at: datetime | None = None) -> list[str]:
    """Emit letters into a lane, now or *at* a moment; return their ids."""
    moment = clock.frozen(at) if at else nullcontext()
    with moment, database.unit_of_work() as session:
        return [emit(session, lane, {}, lane=lane) for _ in range(count)]


def hands(database: Database, courier: Partner, till: Partner) -> Dispatcher[None]:
    """One worker's hands."""
    return Dispatcher(database, {COURIER: courier.take, TILL: till.take, HOUSE: till.take}, None)


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return count_by_state(session)


def test_a_partner_down_for_an_hour_loses_nothing_and_gets_nothing_twice(
    database: Database,
) -> None:
    """Forty letters wait out the hour with all their tries; meanwhile he is asked a few times."""
    courier, till = Partner(), Partner()
    wanted = put(database, COURIER, 40, at=NOON)
    worker = hands(database, courier, till)
    courier.away, asked = True, 0
    for second in range(0, 3600, 5):
        with clock.frozen(NOON + second * SECOND):
            asked += worker.work(go_on=lambda: True)
    assert states(database) == {"ready": 40}
    assert asked < 25
    with database.reading() as session:
        assert set(session.scalars(select(OutboxMessage.attempts))) == {0}
    courier.away = False
    for second in range(3600, 4200, 5):
        with clock.frozen(NOON + second * SECOND):
            worker.work(go_on=lambda: True)
    assert courier.got == Counter(wanted)
    with database.reading() as session:
        lane = session.get_one(OutboxLane, COURIER)
        assert (lane.failures, lane.rests_until) == (0, None)


def test_a_silent_partner_is_left_alone_and_the_others_are_served(database: Database) -> None:
    """After some silences his lane rests; what is due for another goes out at once."""
    courier, till = Partner(), Partner()
    put(database, COURIER, 10, at=NOON)
    courier.away = True
    worker = hands(database, courier, till)
    with clock.frozen(NOON):
        for _ in range(SILENCES_UNTIL_REST):
            assert worker.work_lane(COURIER, go_on=lambda: True)
        with database.reading() as session:
            assert due_lanes(session, clock.now()) == []
        put(database, TILL, 2)
        assert worker.work(go_on=lambda: True)
    assert (len(till.got), len(courier.got)) == (2, 0)


def test_rests_grow_to_five_minutes() -> None:
    """None at first, then half a minute, doubled with each further silence up to the longest."""
    rests = [rest_after(failures) for failures in range(12)]
    assert rests[:SILENCES_UNTIL_REST] == [None] * SILENCES_UNTIL_REST
    seconds = [rest.total_seconds() for rest in rests if rest]
    assert seconds[:4] == [30, 60, 120, 240]
    assert set(seconds[4:]) == {LONGEST_REST.total_seconds()}


def test_the_house_itself_never_rests(database: Database) -> None:
    """What needs no partner counts its tries and is a dead letter in the end."""
    (letter,) = put(database, HOUSE, at=NOON)
    away = Partner()
    away.away = True
    for day in range(MOST_ATTEMPTS):
        with clock.frozen(NOON + timedelta(days=day)):
            assert hands(database, away, away).work_one()
    with database.reading() as session:
        assert session.get_one(OutboxMessage, letter).state == "dead"
        assert session.scalars(select(OutboxLane)).all() == []


def test_one_who_hangs_keeps_only_his_own_lane_waiting(database: Database) -> None:
    """While a courier does not answer, the till's letters go out beside him."""
    hung, let_go, served = Event(), Event(), Event()

    def hang(_: None, letter: Letter) -> None:
        hung.set()
        assert let_go.wait(120)

    def serve(_: None, letter: Letter) -> None:
        served.set()

    put(database, COURIER)
    worker = Dispatcher(database, {COURIER: hang}, None)
    other = Dispatcher(database, {TILL: serve}, None)
    lanes = {COURIER: worker, TILL: other}
    crew = Crew(database, lambda lane: lanes[lane].work_lane(lane, go_on=lambda: True))
    crew.look()
    assert hung.wait(120)
    put(database, TILL)
    crew.look()
    assert served.wait(120)
    let_go.set()
    crew.join()
    assert states(database) == {"done": 2}


def test_what_makes_a_thread_fall_is_raised_where_somebody_looks(database: Database) -> None:
    """A worker whose lane fell does not go on as half a one."""

    def fall(lane: str) -> None:
        raise KeyError(lane)

    put(database, TILL)
    crew = Crew(database, fall)
    crew.look()
    crew.join()
    with pytest.raises(KeyError):
        crew.look()


@pytest.mark.parametrize(("done", "state"), [(True, "done"), (False, "dropped")])
def test_a_person_settles_what_nobody_knows(database: Database, done: bool, state: str) -> None:
    """He found out that it was done, or says that it shall not be: audited, and only once."""

    def lose(_: None, letter: Letter) -> None:
        raise OutcomeUnknown("answer_lost")

    (letter,) = put(database, COURIER)
    assert Dispatcher(database, {COURIER: lose}, None).work_one()
    with database.unit_of_work() as session:
        settle(session, letter, done=done, by=SYSTEM)
    assert states(database) == {state: 1}
    with database.unit_of_work() as session, pytest.raises(WrongState):
        settle(session, letter, done=done, by=SYSTEM)
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.event, entry.facts["state"]) == ("outbox.settled", state)
    with clock.frozen(clock.now() + timedelta(days=31)), database.unit_of_work() as session:
        assert forget_done(session) == 1
    assert MessageState(state) is not MessageState.READY
