"""Reports on papers, sent in the order of writing until the server has confirmed each of them."""

import threading

import structlog

from devices.host.fetching import may_pass
from devices.host.journal import Journal
from devices.host.ports import Acknowledged, LineDead, PrintCounter, Refused

AGAIN_SECONDS = 5.0
IDLE_SECONDS = 600.0

_log = structlog.get_logger(__name__)


class Reporter:
    """Sends what the journal holds unconfirmed; `wake` may be called from any thread."""

    def __init__(self, counter: PrintCounter, journal: Journal) -> None:
        self._counter = counter
        self._journal = journal
        self._stirred = threading.Event()
        self._ending = False

    def wake(self) -> None:
        """There is something new to send."""
        self._stirred.set()

    def run(self) -> None:
        """Send until `stop`; runs in a thread of its own."""
        while not self._ending:
            self._stirred.clear()
            done = self.send_all()
            if done:
                self._journal.forget_old()
            self._stirred.wait(IDLE_SECONDS if done else AGAIN_SECONDS)

    def stop(self) -> None:
        """End `run` soon; what is unsent stays in the journal."""
        self._ending = True
        self._stirred.set()

    def send_all(self) -> bool:
        """Send every unconfirmed report; returns False when the server could not be told now."""
        for job, report in self._journal.unacknowledged():
            if self._ending:
                return False
            match self._counter.report(job, report):
                case Acknowledged():
                    pass
                case LineDead():
                    return False
                case Refused() as refused if may_pass(refused):
                    return False
                case Refused(code=code):
                    # The server will never take this one; keeping it would hold up the rest.
                    _log.error("report_refused", job=job, sequence=report.sequence, code=code)
            self._journal.acknowledge(job, report.sequence)
        return True
