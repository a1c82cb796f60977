"""Rows written the short way stand as if a flush had written them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import Session, object_session

from kiosk_server.audit.services import Subject
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.limits import Attempt
from kiosk_server.core.statements import change, enter, put
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.payments.models import PaymentItem, PaymentOrder

THING = Subject("test_thing", "one")


def _order(**said: object) -> PaymentOrder:
    now = clock.now()
    terms: dict[str, object] = {
        "id": new_id(),
        "subject_kind": THING.kind,
        "subject_id": THING.id,
        "amount_fen": 700,
        "state": "opened",
        "origin": "phone",
        "opened_at": now,
        "expires_at": now + timedelta(minutes=5),
    }
    return PaymentOrder(**{**terms, **said})


def _read(database: Database, order_id: str) -> PaymentOrder:
    with database.reading() as session:
        return session.get_one(PaymentOrder, order_id)


def test_an_entered_row_is_held_and_stands_in_the_table(database: Database) -> None:
    """The session gives it without asking, what was not said is its default, changes last."""
    with database.unit_of_work() as session:
        order = _order()
        assert enter(session, order)
        assert object_session(order) is session
        assert session.get(PaymentOrder, order.id) is order
        assert (order.returned_fen, order.request_key, order.paid_at) == (0, None, None)
        order.amount_fen = 800
    found = _read(database, order.id)
    assert (found.amount_fen, found.returned_fen, found.opened_at) == (800, 0, order.opened_at)


def test_a_row_that_stands_is_not_entered_again(database: Database) -> None:
    """Where a unique key stands in the way nothing is written, nothing held, and the deed goes on;
    anything else that is wrong is an error."""
    with database.unit_of_work() as session:
        first, second = _order(), _order()
        assert enter(session, first, unless_there=True)
        assert not enter(session, second, unless_there=True)
        assert object_session(second) is None
    with database.reading() as session:
        assert session.scalars(select(PaymentOrder.id)).all() == [first.id]
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        enter(session, _order(subject_id="two", amount_fen=0), unless_there=True)


def test_a_change_is_written_at_once_after_what_waits(database: Database) -> None:
    """An update meets what the session still held back, of this row too."""
    with database.unit_of_work() as session:
        order = _order()
        session.add(order)
        change(session, order, state="waiting", expires_at=order.opened_at)
        assert order not in session.dirty
        session.refresh(order)
        assert (order.state, order.expires_at) == ("waiting", order.opened_at)


def test_a_row_that_is_put_meets_what_waits(database: Database) -> None:
    """A row may point to one that the session has not written yet; JSON and defaults are kept."""
    with database.unit_of_work() as session:
        order = _order()
        session.add(order)
        put(
            session,
            PaymentItem,
            order_id=order.id,
            place=0,
            code="F",
            names={"zh": "费"},
            basis="b",
            unit_fen=700,
            quantity=1,
        )
        due = clock.now()
        put(
            session,
            OutboxMessage,
            id="m",
            topic="t",
            payload={"a": 1},
            due=due,
            created_at=due,
        )
    with database.reading() as session:
        assert session.scalars(select(PaymentItem.names)).all() == [{"zh": "费"}]
        message = session.get_one(OutboxMessage, "m")
        assert (message.attempts, message.lane, message.due) == (0, "house", due)
        assert (message.state, message.payload) == ("ready", {"a": 1})


def test_a_deed_that_fails_takes_back_what_was_put(database: Database) -> None:
    """A row written the short way is part of the deed like any other."""

    def fail_halfway(session: Session) -> None:
        enter(session, _order())
        raise RuntimeError

    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        fail_halfway(session)
    with database.reading() as session:
        assert session.scalars(select(PaymentOrder.id)).all() == []


def test_a_failure_passed_over_does_not_look_like_success(database: Database) -> None:
    """Who swallows a refused write is told at the end that nothing of his deed was kept."""
    ends = clock.now()

    def pass_over(session: Session) -> None:
        session.add(Attempt(kind="code", subject="one", count=1, window_ends=ends))
        session.flush()
        session.expunge_all()
        session.add(Attempt(kind="code", subject="one", count=2, window_ends=ends))
        with pytest.raises(IntegrityError):
            session.flush()

    with pytest.raises(PendingRollbackError), database.unit_of_work() as session:
        pass_over(session)
    with database.reading() as session:
        assert session.scalars(select(Attempt.count)).all() == []


def test_an_update_by_statement_is_seen_after_a_change(database: Database) -> None:
    """What a change wrote is what the next statement of the deed finds."""
    with database.unit_of_work() as session:
        order = _order()
        enter(session, order)
        change(session, order, state="waiting")
        waiting = update(PaymentOrder).where(PaymentOrder.state == "waiting")
        session.execute(waiting.values(amount_fen=900))
    assert _read(database, order.id).amount_fen == 900
