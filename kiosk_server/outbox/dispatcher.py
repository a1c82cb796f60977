"""
Carries messages out, lane by lane, at least once.

A handler gets its context and the letter, opens units of work of its own, and must be safe to run
twice with the same `letter.id`. It ends well by returning. `OutcomeUnknown` says that the
partner may or may not have done it. `Unavailable`, in a partner's lane, says that he is away: the
message keeps its tries, and he is left alone if that happens often. Every other error is tried
again, later and later, and is a dead letter in the end.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError, Unavailable
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox import lanes, leases
from kiosk_server.outbox.lease_keeper import LeaseKeeper
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.rules import (
    FIRST_DELAY,
    HOUSE,
    MOST_ATTEMPTS,
    MessageState,
    delay_after,
    is_last,
)

Context = TypeVar("Context")
Handler = Callable[[Context, Letter], None]

LEASE = timedelta(seconds=60)

log = structlog.get_logger()


class OutcomeUnknown(KioskError):
    """The answer was lost and the partner cannot be asked: a person settles it."""

    default_code = "outcome_unknown"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an attempt went; a message that is `ready` again is tried later."""

    state: MessageState
    error: str | None = None
    away: bool = False
    """The partner did not answer: no try is lost, and his lane hears of it."""


class Dispatcher(Generic[Context]):
    """One worker's hands: `work()` as long as there is something to do."""

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
        """Carry one message out, of whatever lane; return whether there was one."""
        return self.work(go_on=lambda: False)

    def work(self, *, go_on: Callable[[], bool]) -> bool:
        """Carry out what is due, lane after lane, while *go_on()*; return whether any was."""
        with self._database.reading() as session:
            due = lanes.due_lanes(session, clock.now())
        found = False
        for lane in due:
            found = self.work_lane(lane, go_on=go_on) or found
            if found and not go_on():
                break
        return found

    def work_lane(self, lane: str, *, go_on: Callable[[], bool]) -> bool:
        """
        Carry out the message of *lane* that is due longest, and while *go_on()* those that follow.

        Returns whether there was any. One transaction ends a message and takes the next; none is
        taken behind one whose partner was away.
        """
        with self._database.unit_of_work() as session:
            letter = self._claim(session, lane)
        found = letter is not None
        while letter is not None:
            with structlog.contextvars.bound_contextvars(message=letter.id, topic=letter.topic):
                letter = self._settle(lane, letter, self._carry_out(lane, letter), go_on)
        return found

    def _claim(self, session: Session, lane: str) -> Letter | None:
        now = clock.now()
        return leases.claim(session, lane=lane, worker=self._name, now=now, lease=self._lease)

    def _carry_out(self, lane: str, letter: Letter) -> _Outcome:
        if letter.attempt > MOST_ATTEMPTS:
            # Each try before ended with its worker's death: this message is the likely cause.
            return _Outcome(MessageState.DEAD, "worker_died")
        try:
            with self._keeper.holding(letter):
                self._handler(letter.topic)(self._context, letter)
        except OutcomeUnknown as fault:
            return _Outcome(MessageState.UNKNOWN, fault.code)
        except Unavailable as fault:
            if lane != HOUSE:
                return _Outcome(MessageState.READY, _described(fault), away=True)
            return self._failed(letter, fault)
        except Exception as fault:  # a handler's mistake must stop neither worker nor queue
            return self._failed(letter, fault)
        return _Outcome(MessageState.DONE)

    def _failed(self, letter: Letter, fault: Exception) -> _Outcome:
        log.exception("outbox_attempt_failed", attempt=letter.attempt)
        state = MessageState.DEAD if is_last(letter.attempt) else MessageState.READY
        return _Outcome(state, _described(fault))

    def _handler(self, topic: str) -> Handler[Context]:
        try:
            return self._handlers[topic]
        except KeyError:
            raise KioskError("no_handler_for_topic", topic=topic) from None

    def _settle(
        self, lane: str, letter: Letter, outcome: _Outcome, go_on: Callable[[], bool]
    ) -> Letter | None:
        """Write down how *letter* went; return the next one, already taken."""
        with self._database.unit_of_work() as session:
            held = self._write(session, letter, outcome)
            if outcome.away:
                lanes.note_silence(session, lane)
            elif outcome.state is MessageState.DONE:
                lanes.note_answer(session, lane)
            following = self._claim(session, lane) if go_on() and not outcome.away else None
        if not held:
            log.warning("outbox_lease_lost", attempt=letter.attempt)
        elif outcome.state is MessageState.DONE:
            log.info("outbox_done", attempt=letter.attempt)
        elif outcome.state is not MessageState.READY:
            log.error("outbox_ended_badly", state=outcome.state.value, error=outcome.error)
        return following

    def _write(self, session: Session, letter: Letter, outcome: _Outcome) -> bool:
        now = clock.now()
        if outcome.away:
            due = now + FIRST_DELAY
            return leases.put_back(
                session, letter, worker=self._name, due=due, error=outcome.error, counted=False
            )
        if outcome.state is MessageState.READY:
            due = now + delay_after(letter.attempt, random.random())  # noqa: S311 - no secret
            return leases.put_back(session, letter, worker=self._name, due=due, error=outcome.error)
        return leases.end(
            session, letter, worker=self._name, state=outcome.state, now=now, error=outcome.error
        )


def _described(fault: Exception) -> str:
    """Return what may be kept of *fault*: its kind and code, never its words."""
    code = fault.code if isinstance(fault, KioskError) else ""
    return f"{type(fault).__name__} {code}".strip()[:200]
