"""The outbox carries every message out at least once, and tells what it could not."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable, WrongState
from kiosk_server.outbox.dispatcher import Dispatcher, OutcomeUnknown
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.queries import backlog, count_by_state, dead_letters
from kiosk_server.outbox.rules import MOST_ATTEMPTS
from kiosk_server.outbox.services import NAME_KEPT, emit, forget_done, send_again

NIGHT = datetime(2026, 9, 1, 19, tzinfo=UTC)


def put(database: Database, count: int = 1, *, dedup: str | None = None) -> str:
    """Emit *count* messages and return the id of the last."""
    with database.unit_of_work() as session:
        for number in range(count):
            last = emit(session, "letter", {"number": number}, dedup=dedup)
        return last


def worker(
    database: Database, handle: Callable[[Letter], None], *, lease_seconds: float = 60
) -> Dispatcher[None]:
    handlers = {"letter": lambda _, letter: handle(letter)}
    return Dispatcher(database, handlers, None, lease=timedelta(seconds=lease_seconds))


def message(database: Database, message_id: str) -> OutboxMessage:
    with database.reading() as session:
        return session.get_one(OutboxMessage, message_id)


def refuse(letter: Letter) -> None:
    raise Unavailable("courier_silent")


def test_what_is_rolled_back_is_never_sent(database: Database) -> None:
    """A message lives and dies with the change that causes it."""

    def fail_after_emitting() -> None:
        with database.unit_of_work() as session:
            emit(session, "letter", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_emitting()
    assert not worker(database, lambda _: None).work_one()


def test_three_workers_do_each_message_once(database: Database) -> None:
    """Workers side by side share the messages out; none is done twice, none is left."""
    put(database, 60)
    done: Counter[str] = Counter()

    def work() -> None:
        mine = worker(database, lambda letter: done.update([letter.id]))
        while mine.work_one():
            pass

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), set(done.values())) == (60, {1})
    with database.reading() as session:
        assert count_by_state(session) == {"done": 60}


def test_a_failure_is_tried_again_later(database: Database) -> None:
    """A failed message waits, keeps only the kind of its failure, and is then done."""
    failed = put(database)
    assert worker(database, refuse).work_one()
    assert not worker(database, refuse).work_one()
    row = message(database, failed)
    assert (row.state, row.attempts, row.last_error) == ("ready", 1, "Unavailable courier_silent")
    with clock.frozen(row.due):
        assert worker(database, lambda _: None).work_one()
    assert message(database, failed).state == "done"


def test_what_fails_too_often_is_a_dead_letter_and_can_be_sent_again(database: Database) -> None:
    """After the last try the message is listed; a person sends it again, and that is audited."""
    with clock.frozen(NIGHT):
        failed = put(database)
    for night in range(MOST_ATTEMPTS):
        with clock.frozen(NIGHT + timedelta(days=night + 1)):
            assert worker(database, refuse).work_one()
    with database.unit_of_work() as session:
        assert [letter.id for letter in dead_letters(session)] == [failed]
        send_again(session, failed, by=SYSTEM)
    assert worker(database, lambda _: None).work_one()
    assert message(database, failed).state == "done"
    with database.reading() as session:
        assert session.query(AuditEntry.event).scalar() == "outbox.retried"


def test_only_a_bad_end_can_be_sent_again(database: Database) -> None:
    """A message that is on its way is not started twice by hand."""
    waiting = put(database)
    with database.unit_of_work() as session, pytest.raises(WrongState):
        send_again(session, waiting, by=SYSTEM)


def test_a_lost_answer_is_not_tried_again(database: Database) -> None:
    """When nobody can say whether it was done, a person settles it."""

    def lose(letter: Letter) -> None:
        raise OutcomeUnknown

    lost = put(database)
    worker(database, lose).work_one()
    assert message(database, lost).state == "unknown"
    with database.reading() as session:
        assert [letter.id for letter in dead_letters(session)] == [lost]


def test_a_message_that_kills_its_workers_is_put_aside(database: Database) -> None:
    """A message whose every try ended with the worker's death is not tried for ever."""

    def die(letter: Letter) -> None:
        raise KeyboardInterrupt

    with clock.frozen(NIGHT):
        deadly = put(database)
    for night in range(MOST_ATTEMPTS):
        with (
            clock.frozen(NIGHT + timedelta(days=night + 1)),
            pytest.raises(KeyboardInterrupt),
        ):
            worker(database, die).work_one()
    with clock.frozen(NIGHT + timedelta(days=99)):
        assert worker(database, die).work_one()
    row = message(database, deadly)
    assert (row.state, row.last_error) == ("dead", "worker_died")


def test_a_lease_is_kept_while_the_handler_runs(database: Database) -> None:
    """A handler slower than its lease is not overtaken by another worker."""
    slow = put(database)
    renewed = Event()

    def wait_for_renewal(letter: Letter) -> None:
        first = message(database, slow).due
        while message(database, slow).due == first:
            renewed.wait(0.02)

    worker(database, wait_for_renewal, lease_seconds=0.3).work_one()
    assert message(database, slow).state == "done"


def test_who_lost_the_lease_cannot_end_the_message(database: Database) -> None:
    """A worker that was away too long leaves the end to the one that took over."""
    contested = put(database)

    def be_overtaken(letter: Letter) -> None:
        with clock.frozen(clock.now() + timedelta(hours=1)):
            assert worker(database, refuse).work_one()

    worker(database, be_overtaken).work_one()
    row = message(database, contested)
    assert (row.state, row.attempts) == ("ready", 2)


def test_one_name_makes_one_message(database: Database) -> None:
    """Emitting twice under one name gives the same message back."""
    assert put(database, dedup="case-1") == put(database, 2, dedup="case-1")
    with database.reading() as session:
        assert backlog(session)[0] == 1


def test_done_messages_are_forgotten(database: Database) -> None:
    """What was carried out is forgotten in time; a name is kept away longer."""
    put(database)
    named = put(database, dedup="case-1")
    hands = worker(database, lambda _: None)
    while hands.work_one():
        pass
    for days, forgotten in ((29, 0), (31, 1), (NAME_KEPT.days + 1, 1)):
        with clock.frozen(clock.now() + timedelta(days=days)), database.unit_of_work() as session:
            assert forget_done(session) == forgotten, named


def test_a_stopped_worker_takes_no_further_message(database: Database) -> None:
    """A worker goes from message to message without a pause, until it is told to stop."""
    put(database, 3)
    done: list[str] = []
    hands = worker(database, lambda letter: done.append(letter.id))
    assert hands.work(go_on=lambda: len(done) < 2)
    with database.reading() as session:
        assert count_by_state(session) == {"done": 2, "ready": 1}
        assert session.scalars(select(OutboxMessage.leased_by)).all() == [None, None, None]
    assert hands.work(go_on=lambda: True)
    assert not hands.work(go_on=lambda: True)
    assert len(done) == len(set(done)) == 3
