"""
The inside of a simulated document printer: paper, toner, covers, and jobs that go through it.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from devices.protocols.ipp_codes import IppJobState, PrinterState
from devices.protocols.pdf_pages import count_pages

A4 = "iso_a4_210x297mm"
_ENDED = (IppJobState.CANCELED, IppJobState.ABORTED, IppJobState.COMPLETED)
_PAPER_LOW_SHEETS = 20
_TONER_LOW_PERCENT = 10


@dataclass(slots=True)
class Job:
    """One job at the printer."""

    number: int
    name: str
    pages: int
    document: bytes = field(repr=False)
    state: IppJobState = IppJobState.PENDING
    pages_done: int = 0
    cancel_wanted: bool = False
    suspended: bool = False

    @property
    def ended(self) -> bool:
        """Say whether nothing will change any more."""
        return self.state in _ENDED


class PaperPath:
    """Prints page by page in a thread of its own, stopping for what a person must cure.

    `keep_in` is a folder for finished documents, for development only: a real printer keeps
    none.
    """

    def __init__(self, *, seconds_per_page: float = 1.5, keep_in: Path | None = None) -> None:
        self.seconds_per_page = seconds_per_page
        self.sheets = 250
        self.toner_percent = 80
        self.cover_open = False
        self.jammed = False
        self.output_full = False
        self.paused = False
        self.medium = A4
        self.envelopes: int | None = None
        """What lies in a second tray, or None for a printer without one."""
        self._jam_wanted = False
        self._abort_wanted = False
        self._hold_wanted = False
        self._keep_in = keep_in
        self._jobs: dict[int, Job] = {}
        self._last_number = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="paper-path", daemon=True)

    def start(self) -> None:
        """Warm up."""
        self._thread.start()

    def stop(self) -> None:
        """End at once, whatever is in hand."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(2)

    def set(self, **parts: float | bool | str) -> None:
        """Change paper, toner, covers, pace or a pause, and let a waiting job look again."""
        with self._changed:
            for name, value in parts.items():
                setattr(self, name, value)
            self._changed.notify_all()

    def jam_next(self) -> None:
        """Let the next sheet get stuck."""
        with self._changed:
            self._jam_wanted = True

    def hold_next(self) -> None:
        """Keep the next job until somebody releases it."""
        with self._changed:
            self._hold_wanted = True

    def suspend_current(self) -> None:
        """Let the job in hand wait until somebody lets it go on."""
        with self._changed:
            for job in self._jobs.values():
                job.suspended = job.state is IppJobState.PROCESSING
            self._changed.notify_all()

    def let_go_on(self, job: Job) -> bool:
        """Release a held or suspended job; False if it waits for nothing of the kind."""
        with self._changed:
            if job.state is not IppJobState.PENDING_HELD and not job.suspended:
                return False
            if job.state is IppJobState.PENDING_HELD:
                job.state = IppJobState.PENDING
            job.suspended = False
            self._changed.notify_all()
            return True

    def abort_current(self) -> None:
        """Let the job in hand, or the next one, break down."""
        with self._changed:
            self._abort_wanted = True
            self._changed.notify_all()

    def accept(self, name: str, document: bytes) -> Job:
        """Take a job in."""
        with self._changed:
            self._last_number += 1
            job = Job(self._last_number, name, count_pages(document), document)
            if self._hold_wanted:
                self._hold_wanted, job.state = False, IppJobState.PENDING_HELD
            self._jobs[job.number] = job
            self._changed.notify_all()
            return job

    def job(self, number: int) -> Job | None:
        """Return the job *number* unless it is forgotten."""
        with self._changed:
            return self._jobs.get(number)

    def jobs(self) -> list[Job]:
        """Return all jobs that are remembered, oldest first."""
        with self._changed:
            return list(self._jobs.values())

    def cancel(self, job: Job) -> bool:
        """Ask for the end of a job; False if it has ended already."""
        with self._changed:
            if job.ended:
                return False
            job.cancel_wanted = True
            self._changed.notify_all()
            return True

    def forget(self, *, all_jobs: bool = False) -> None:
        """Forget finished jobs, or all of them, as a printer does that was switched off."""
        with self._changed:
            for job in list(self._jobs.values()):
                if all_jobs or job.ended:
                    job.cancel_wanted = True
                    del self._jobs[job.number]
            self._changed.notify_all()

    @property
    def obstacles(self) -> list[str]:
        """The reasons that stop the paper."""
        found = {
            "media-empty-error": self.sheets <= 0,
            "cover-open-error": self.cover_open,
            "media-jam-error": self.jammed,
            "toner-empty-error": self.toner_percent <= 0,
            "output-area-full-error": self.output_full,
            "paused": self.paused,
        }
        return [reason for reason, present in found.items() if present]

    @property
    def reasons(self) -> list[str]:
        """All `printer-state-reasons`."""
        found = self.obstacles
        if self.envelopes == 0 and "media-empty-error" not in found:
            found.append("media-empty-warning")
        if 0 < self.sheets < _PAPER_LOW_SHEETS:
            found.append("media-low-warning")
        if 0 < self.toner_percent < _TONER_LOW_PERCENT:
            found.append("marker-supply-low-warning")
        return found or ["none"]

    @property
    def printer_state(self) -> PrinterState:
        """`printer-state`."""
        if self.obstacles:
            return PrinterState.STOPPED
        busy = any(not job.ended for job in self.jobs())
        return PrinterState.PROCESSING if busy else PrinterState.IDLE

    def _run(self) -> None:
        while (job := self._next_job()) is not None:
            self._print(job)

    def _next_job(self) -> Job | None:
        with self._changed:
            while not self._stopping:
                for job in self._jobs.values():
                    waits = job.state is IppJobState.PENDING_HELD and not job.cancel_wanted
                    if not job.ended and not waits:
                        return job
                self._changed.wait()
        return None

    def _print(self, job: Job) -> None:
        with self._changed:
            while job.pages_done < job.pages and not self._stopping:
                if job.cancel_wanted or self._abort_wanted:
                    break
                if self.obstacles or job.suspended:
                    job.state = IppJobState.PROCESSING_STOPPED
                    self._changed.wait()
                else:
                    job.state = IppJobState.PROCESSING
                    self._feed_one(job)
            self._end(job)

    def _feed_one(self, job: Job) -> None:
        """Print one page; a change while the sheet is under way stops that sheet."""
        if self._jam_wanted:
            self._jam_wanted, self.jammed = False, True
            return
        if self._changed.wait_for(self._disturbed, self.seconds_per_page):
            return
        job.pages_done += 1
        self.sheets -= 1

    def _disturbed(self) -> bool:
        suspended = any(job.suspended for job in self._jobs.values())
        return bool(self._stopping or self._abort_wanted or self.obstacles or suspended)

    def _end(self, job: Job) -> None:
        if job.pages_done == job.pages:
            job.state = IppJobState.COMPLETED
            if self._keep_in is not None:
                self._keep_in.mkdir(parents=True, exist_ok=True)
                (self._keep_in / f"{job.number:04d}.pdf").write_bytes(job.document)
        elif job.cancel_wanted:
            job.state = IppJobState.CANCELED
        else:
            job.state, self._abort_wanted = IppJobState.ABORTED, False
        job.document = b""
