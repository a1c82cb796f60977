"""The residue check of one terminal, put together: what is searched, what a finding causes."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from devices.host.closure import ClosedFor, Closure
from devices.host.duties import Duty
from devices.host.residue import ResidueCheck, ResidueReport
from devices.host.residue_clipboard import SystemClipboard
from devices.host.residue_memory import ResidueMemory, ResidueState
from devices.host.residue_places import Ground, Place
from devices.host.residue_search import Search
from devices.host.residue_wipe import delete_found, wipe_profile
from devices.host.visit_marks import VisitMarks
from devices.host.visit_watch import VisitWatch
from devices.settings import BrowserSettings, HostSettings

MEMORY_FILE = "residue.json"
WISH_FILE = "residue-wipe-wanted"
WIPE_SECONDS = 120.0

_log = structlog.get_logger(__name__)


class ResidueParts:
    """The check, wired; without a `[browser]` table nothing is checked, which is said as such."""

    def __init__(
        self,
        settings: HostSettings,
        closure: Closure,
        visits: VisitWatch,
        *,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        """`told` is called, from the check's thread, when the report has changed."""
        self._settings = settings
        self._closure = closure
        self._visits = visits
        self._told = told
        self.check = self._checking(settings.browser, now) if settings.browser else None
        self.marks = (
            VisitMarks(self.check.visit_began, self._over, current=self.check.current)
            if self.check is not None
            else VisitMarks(over=lambda _mark: visits.end())
        )
        if self.check is not None:
            self._shut_or_open()

    def report(self) -> ResidueReport:
        """What the heartbeat says of it. On a terminal in service not to check is a fault."""
        if self.check is not None:
            return self.check.report()
        return ResidueReport(ResidueState.NOT_CHECKED, overdue=not self._settings.development)

    def wipe(self) -> bool:
        """Wipe, look anew and wait for the word; returns whether nothing is found any more."""
        return self.check is not None and self.check.wipe_now(patience_seconds=WIPE_SECONDS)

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return (Duty("residue check", self.check.run),) if self.check is not None else ()

    def stop(self) -> None:
        """Tell the check to end."""
        if self.check is not None:
            self.check.stop()

    def _checking(self, browser: BrowserSettings, now: Callable[[], datetime]) -> ResidueCheck:
        memory = ResidueMemory(self._settings.state / MEMORY_FILE)
        clipboard = SystemClipboard()
        profiles = Path(browser.profile_directory)

        def wipe(files: Sequence[tuple[Place, Path]]) -> None:
            wipe_profile(profiles)
            delete_found(files)
            clipboard.clear()

        return ResidueCheck(
            Search(
                grounds(self._settings, browser),
                clipboard,
                passing_over=memory.files,
                log_unit=self._settings.residue.log_unit,
            ),
            memory,
            wipe=wipe,
            now=now,
            told=self._changed,
            lapsed=self._lapse,
            unchecked_for=timedelta(hours=self._settings.residue.unchecked_hours),
            wish=self._settings.state / WISH_FILE,
            looks_after=self._settings.residue.looks_after_seconds,
            closed_before=self._closure.holds(ClosedFor.RESIDUE),
        )

    def _lapse(self) -> None:
        self.marks.lapse()

    def _over(self, mark: str) -> None:
        if self.check is not None:
            self.check.visit_over(mark)
        self._visits.end()

    def _changed(self) -> None:
        self._shut_or_open()
        self._told()

    def _shut_or_open(self) -> None:
        withheld = self.check is not None and self.check.withheld
        if withheld != self._closure.holds(ClosedFor.RESIDUE):
            change = self._closure.close if withheld else self._closure.open
            try:
                change(ClosedFor.RESIDUE)
            except OSError as fault:
                # Full disk: closed in this life all the same, and open only when that is on disk.
                _log.error("residue_closure_unwritable", error=fault.errno)


def grounds(settings: HostSettings, browser: BrowserSettings) -> Sequence[Ground]:
    """Where a visit at this terminal could leave something in files."""
    beside, profiles = settings.residue, Path(browser.profile_directory)
    ours = frozenset({os.getuid(), *_owner(profiles)})
    found = [Ground(None, profiles), Ground(Place.JOURNAL, settings.state)]
    if browser.download_directory is not None:
        found.append(Ground(Place.DOWNLOADS, Path(browser.download_directory)))
    found += [Ground(Place.TEMP, Path(each), ours) for each in beside.temp_directories]
    found += [Ground(Place.SPOOL, Path(each)) for each in beside.spool_directories]
    found += [Ground(Place.LOGS, Path(each)) for each in beside.log_files]
    return found


def _owner(directory: Path) -> tuple[int, ...]:
    try:
        return (directory.stat().st_uid,)
    except OSError:
        return ()
