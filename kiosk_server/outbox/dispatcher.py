"""
Carries messages out, one at a time, at least once.

A handler gets its context and the letter, opens units of work of its own, and must be safe to run
twice with the same `letter.id`. It ends well by returning. `OutcomeUnknown` says that the
partner may or may not have done it; every other error is tried again, later and later, and is a
dead letter in the end.
"""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox import leases
from kiosk_server.outbox.lease_keeper import LeaseKeeper
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.rules import MOST_ATTEMPTS, MessageState, delay_after, is_last

Context = TypeVar("Context")
Handler = Callable[[Context, Letter], None]

LEASE = timedelta(seconds=60)

log = structlog.get_logger()


class OutcomeUnknown(KioskError):
    """The answer was lost and the partner cannot be asked: a person settles it."""

    default_code = "outcome_unknown"


class Dispatcher(Generic[Context]):
    """One worker's hands: `work_one()` until it returns False."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler[Context]],
        context: Context,
        *,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._context = context
        self._lease = lease
        self._name = new_id()
        self._keeper = LeaseKeeper(database, worker=self._name, lease=lease)

    def work_one(self) -> bool:
        """Carry out the message that is due longest; return whether there was one."""
        with self._database.unit_of_work() as session:
            letter = leases.claim(session, worker=self._name, now=clock.now(), lease=self._lease)
        if letter is None:
            return False
        with structlog.contextvars.bound_contextvars(message=letter.id, topic=letter.topic):
            if letter.attempt > MOST_ATTEMPTS:
                # Each try before ended with its worker's death: this message is the likely cause.
                self._end(letter, MessageState.DEAD, "worker_died")
            else:
                self._carry_out(letter)
        return True

    def _carry_out(self, letter: Letter) -> None:
        try:
            with self._keeper.holding(letter):
                self._handler(letter.topic)(self._context, letter)
        except OutcomeUnknown as fault:
            self._end(letter, MessageState.UNKNOWN, fault.code)
        except Exception as fault:  # a handler's mistake must stop neither worker nor queue
            log.exception("outbox_attempt_failed", attempt=letter.attempt)
            self._fail(letter, _described(fault))
        else:
            self._end(letter, MessageState.DONE, None)

    def _handler(self, topic: str) -> Handler[Context]:
        try:
            return self._handlers[topic]
        except KeyError:
            raise KioskError("no_handler_for_topic", topic=topic) from None

    def _end(self, letter: Letter, state: MessageState, error: str | None) -> None:
        with self._database.unit_of_work() as session:
            held = leases.end(
                session, letter, worker=self._name, state=state, now=clock.now(), error=error
            )
        if held and state is MessageState.DONE:
            log.info("outbox_done", attempt=letter.attempt)
        elif held:
            log.error("outbox_ended_badly", state=state.value, error=error)
        else:
            log.warning("outbox_lease_lost", attempt=letter.attempt)

    def _fail(self, letter: Letter, error: str) -> None:
        if is_last(letter.attempt):
            self._end(letter, MessageState.DEAD, error)
            return
        due = clock.now() + delay_after(letter.attempt, random.random())  # noqa: S311 - no secret
        with self._database.unit_of_work() as session:
            leases.put_back(session, letter, worker=self._name, due=due, error=error)


def _described(fault: Exception) -> str:
    """Return what may be kept of *fault*: its kind and code, never its words."""
    code = fault.code if isinstance(fault, KioskError) else ""
    return f"{type(fault).__name__} {code}".strip()[:200]
