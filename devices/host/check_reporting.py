"""Checks sent in the order of writing until the server has each; the line may be dead for days."""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from devices.host.check_journal import CheckJournal
from devices.host.check_values import CheckRecord
from devices.host.fetching import may_pass
from devices.host.ports import Acknowledged, LineDead, Refused

AGAIN_SECONDS = 5.0
IDLE_SECONDS = 600.0

_log = structlog.get_logger(__name__)


class CheckCounter(Protocol):
    """The server's end."""

    def send_check(self, record: CheckRecord) -> Acknowledged | Refused | LineDead:
        """Hand over a check."""
        ...

    def send_check_paper(self, check_id: str, pdf: bytes) -> Acknowledged | Refused | LineDead:
        """Hand over the paper of a check that the server has."""
        ...


class CheckReporter:
    """Sends what the journal holds unconfirmed; `wake` may be called from any thread.

    `paper_of` gives the PDF that belongs to a check, where it has one.
    `renew_key` fetches the key for codes where it is due, and says whether the line allowed it.
    """

    def __init__(
        self,
        counter: CheckCounter,
        journal: CheckJournal,
        renew_key: Callable[[], bool],
        paper_of: Callable[[str], bytes | None] = lambda _check_id: None,
    ) -> None:
        self._counter = counter
        self._journal = journal
        self._renew_key = renew_key
        self._paper_of = paper_of
        self._stirred = threading.Event()
        self._ending = False

    def wake(self) -> None:
        """There is something new to send."""
        self._stirred.set()

    def run(self) -> None:
        """Send until `stop`; runs in a thread of its own."""
        while not self._ending:
            self._stirred.clear()
            done = self._renew_key() and self.send_all()
            if done:
                self._journal.forget_old()
            self._stirred.wait(IDLE_SECONDS if done else AGAIN_SECONDS)

    def stop(self) -> None:
        """End `run` soon; what is unsent stays in the journal."""
        self._ending = True
        self._stirred.set()

    def send_all(self) -> bool:
        """Send every unconfirmed check; returns False when the server could not be told now."""
        for record in self._journal.unacknowledged():
            if not self._sent(record):
                return False
            self._journal.acknowledge(record.id)
        return True

    def _sent(self, record: CheckRecord) -> bool:
        """Send a check and its paper; returns False where it must be tried again."""
        outcome = self._counter.send_check(record)
        if isinstance(outcome, Acknowledged) and (paper := self._paper_of(record.id)) is not None:
            outcome = self._counter.send_check_paper(record.id, paper)
        match outcome:
            case Acknowledged():
                return True
            case LineDead():
                return False
            case Refused() as refused if may_pass(refused):
                return False
            case Refused(code=code):
                # The server will never take this one; keeping it would hold up the rest.
                _log.error("check_refused", check=record.id, code=code)
                return True
