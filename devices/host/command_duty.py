"""
Commands carried out (执行远程指令): fetched in order, noted, done at the right moment, answered.

One thread does all of it, so that commands follow one another. What an earlier life had begun is
settled first and never done again: a restart is done because this life has begun, everything else
was interrupted.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from devices.host.closure import ClosedFor
from devices.host.command_journal import CommandJournal, Taking
from devices.host.command_values import (
    CommandCounter,
    CommandKind,
    Fact,
    Order,
    Outcome,
    Untrusted,
)
from devices.host.fetching import may_pass
from devices.host.ports import Acknowledged, LineDead, Refused
from devices.host.quiet_moment import QuietMoment

IDLE_SECONDS = 600.0
AGAIN_SECONDS = 5.0
LOOK_SECONDS = 1.0
END_SECONDS = 120.0
"""How long a machine may take to go down after it said that it would."""
STILL_RUNNING = "still_running"
INTERRUPTED = "interrupted"
NOT_HERE = "not_on_this_terminal"

_log = structlog.get_logger(__name__)


def _interrupted(_life: str) -> Outcome:
    return Outcome(done=False, code=INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Deed:
    """What one kind of command does. `run` returns None where this process ends by it; `resumed`
    then says in the next life, from the mark of the old one, how it went."""

    run: Callable[[Mapping[str, Fact], Order], Outcome | None]
    closes: ClosedFor | None = None
    """What the door says while it is done; such a deed waits for a quiet moment."""
    waits: bool = False
    """Waits for a quiet moment too, and leaves the door open."""
    resumed: Callable[[str], Outcome] = _interrupted


class Commands:
    """Takes the server's commands and carries them out; `want` may be called from any thread.

    `life` marks this run of the host in the journal; `now` is the server's time.
    """

    def __init__(
        self,
        counter: CommandCounter,
        journal: CommandJournal,
        deeds: Mapping[CommandKind, Deed],
        moment: QuietMoment,
        *,
        life: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counter = counter
        self._journal = journal
        self._deeds = deeds
        self._moment = moment
        self._life = life
        self._now = now
        self._monotonic = monotonic
        self._stirred = threading.Event()
        self._ending = False
        self._lock = threading.Lock()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._latest: dict[str, float] = {}

    def want(self, command_ids: Iterable[str]) -> None:
        """The server wants these, in this order; wanting one again changes nothing."""
        with self._lock:
            for command_id in command_ids:
                self._wanted[command_id] = None
        self._stirred.set()

    def run(self) -> None:
        """Carry commands out until `stop`; runs in a thread of its own."""
        self.settle()
        while not self._ending:
            self._stirred.clear()
            self._stirred.wait(self.work())

    def stop(self) -> None:
        """End `run` soon; what is open stays in the journal."""
        self._ending = True
        self._stirred.set()

    def settle(self) -> None:
        """Answer what an earlier life had begun."""
        for begun in self._journal.begun():
            deed = self._deeds.get(begun.order.kind)
            outcome = deed.resumed(begun.life) if deed else _interrupted(begun.life)
            _log.info("command_settled", command=begun.order.id, code=outcome.code)
            self._journal.end(begun.order, outcome)

    def work(self) -> float:
        """Do what can be done now; returns after how many seconds to look again."""
        fetched = self._fetch()
        waiting = self._carry_out()
        answered = self._answer()
        if waiting:
            return LOOK_SECONDS
        if not (fetched and answered):
            return AGAIN_SECONDS
        self._journal.forget_old()
        return IDLE_SECONDS

    def _fetch(self) -> bool:
        while (command_id := self._next_wanted()) is not None:
            match self._counter.command(command_id):
                case Order() as order:
                    self._take(command_id, order)
                case Untrusted(code=code):
                    _log.error("command_not_believed", command=command_id, code=code)
                    self._journal.refuse(command_id, code)
                case LineDead():
                    return False
                case Refused() as refused if may_pass(refused):
                    return False
                case Refused(code=code):
                    _log.info("command_no_longer_wanted", command=command_id, code=code)
            with self._lock:
                self._wanted.pop(command_id, None)
        return True

    def _next_wanted(self) -> str | None:
        with self._lock:
            return next(iter(self._wanted), None)

    def _take(self, command_id: str, order: Order) -> None:
        if self._journal.take(order) is Taking.REPLAYED:
            _log.error("command_not_believed", command=command_id, code="replayed")
            self._journal.refuse(command_id, "replayed")

    def _carry_out(self) -> bool:
        """Do every command whose moment has come; returns whether one still waits for its own."""
        for order in self._journal.waiting():
            if self._ending:
                return False
            if order.expires_at <= self._now():
                self._journal.expire(order)
                self._latest.pop(order.id, None)
                continue
            deed = self._deeds.get(order.kind)
            if deed is None:
                self._journal.begin(order, self._life)
                self._journal.end(order, Outcome(done=False, code=NOT_HERE))
                continue
            why = deed.closes
            if why is not None and not self._moment.take(why, latest_at=self._latest_at(order)):
                # Those behind it wait as well: a lock may not overtake the unlock before it.
                return True
            if deed.waits and not self._moment.is_quiet():
                return True
            self._do(order, deed)
            if why is not None and not self._ending:
                self._moment.let_go(why)
        return False

    def _do(self, order: Order, deed: Deed) -> None:
        _log.info("command_begun", command=order.id, kind=order.kind.value)
        self._journal.begin(order, self._life)
        self._answer()
        outcome = deed.run(order.arguments, order)
        self._latest.pop(order.id, None)
        if outcome is None and self._wait_for_the_end():
            # The next life answers.
            return
        outcome = outcome or Outcome(done=False, code=STILL_RUNNING)
        _log.info("command_ended", command=order.id, kind=order.kind.value, code=outcome.code)
        self._journal.end(order, outcome)

    def _wait_for_the_end(self) -> bool:
        """Wait until this process is told to end; returns False when nobody does."""
        until = self._monotonic() + END_SECONDS
        while not self._ending and self._monotonic() < until:
            self._stirred.wait(LOOK_SECONDS)
            self._stirred.clear()
        return self._ending

    def _latest_at(self, order: Order) -> float | None:
        seconds = order.arguments.get("latest_seconds")
        if not isinstance(seconds, int) or seconds <= 0:
            return None
        return self._latest.setdefault(order.id, self._monotonic() + seconds)

    def _answer(self) -> bool:
        """Send every unconfirmed answer; returns False when the server could not be told now."""
        for command_id, answer in self._journal.unacknowledged():
            match self._counter.answer(command_id, answer):
                case Acknowledged():
                    pass
                case LineDead():
                    return False
                case Refused() as refused if may_pass(refused):
                    return False
                case Refused(code=code):
                    # The server will never take this one; keeping it would hold up the rest.
                    _log.error("command_answer_refused", command=command_id, code=code)
            self._journal.acknowledge(command_id, answer.number)
        return True
