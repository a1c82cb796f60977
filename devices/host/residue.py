"""The residue check (残留检查): after each visit, is its mark still anywhere on this machine? (P52)

Looked for twice: soon after the end, and again once the browser has written what it keeps back for
half a minute. The next person need not wait; a finding closes the terminal at once, until a wipe
and a look over everything have found nothing. A host that was killed goes on where it stood.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from devices.host.residue_memory import (
    Remembered,
    ResidueMemory,
    ResidueState,
    without_memory,
)
from devices.host.residue_places import Place
from devices.host.residue_search import Sighting

TICK_SECONDS = 1.0
_MAY_BE_UNSEEN = frozenset({Place.CLIPBOARD})
"""A display that cannot be asked is said, and is no reason to doubt the rest."""

_log = structlog.get_logger(__name__)


class Searches(Protocol):
    """One look over everything that a visit could have left something in."""

    def look(self, marks: Sequence[str], *, since: float | None) -> Sighting:
        """Look for *marks* in what changed *since*; None: in everything."""
        ...


class Wipes(Protocol):
    """What takes residue away."""

    def __call__(self, files: Sequence[tuple[Place, Path]]) -> None:
        """Empty the browser's profile and the clipboard, and delete *files* that may go."""
        ...


@dataclass(frozen=True, slots=True)
class ResidueReport:
    """What the check last said. `overdue`: not checked for longer than the setting allows."""

    state: ResidueState
    checked_at: datetime | None = None
    found_in: tuple[Place, ...] = ()
    unseen: tuple[Place, ...] = ()
    overdue: bool = False


@dataclass(slots=True)
class _Trail:
    """A visit whose mark is still to be looked for. `since` of None: in everything."""

    since: float | None
    over_at: float | None = None
    looks: int = 0


class ResidueCheck:
    """Runs the looks in a thread of its own; the other methods may be called from any."""

    def __init__(
        self,
        search: Searches,
        memory: ResidueMemory,
        *,
        wipe: Wipes,
        now: Callable[[], datetime],
        told: Callable[[], None],
        lapsed: Callable[[], None],
        unchecked_for: timedelta,
        wish: Path,
        looks_after: Sequence[float],
        closed_before: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """*looks_after* are seconds from a visit's end to each look at what it left. *wish* is the
        file by which a technician on the spot asks for a wipe; *now* is the
        server's time, *clock* measures waits. `told` is called when the report has changed,
        `lapsed` at each turn, to notice a visit that nobody attends any more. *closed_before*:
        an earlier life closed the door over a finding. Where *memory* lost it, it stands all the
        same, until a wipe."""
        self._search = search
        self._memory = memory
        self._wipe = wipe
        self._now = now
        self._told = told
        self._lapsed = lapsed
        self._unchecked_for = unchecked_for
        self._wish = wish
        self._looks_after = looks_after
        self._clock = clock
        self._lock = threading.RLock()
        self._stirred = threading.Event()
        self._wiped = threading.Event()
        self._ending = False
        self._known = memory.read() or without_memory(found=closed_before)
        # From an earlier life: when these began is no longer known, so everything is looked at.
        self._trails = {mark: _Trail(None, clock()) for mark in self._known.over}
        if self._known.current is not None:
            self._trails[self._known.current] = _Trail(None)

    @property
    def withheld(self) -> bool:
        """Whether the terminal is out of service because something was found."""
        return self._known.state is ResidueState.FOUND

    @property
    def current(self) -> str | None:
        """The mark of the visit that went on when the host ended, if one did."""
        return self._known.current

    def report(self) -> ResidueReport:
        """What the check last said, for the heartbeat."""
        known = self._known
        since = known.unchecked_since
        return ResidueReport(
            known.state,
            known.checked_at,
            tuple(sorted(known.found_in)),
            tuple(sorted(known.unseen)),
            overdue=since is not None and self._now() - since >= self._unchecked_for,
        )

    def visit_began(self, mark: str) -> None:
        """A visit has begun: what changes from here on may hold its mark."""
        with self._lock:
            stamped = self._keep(replace(self._known, current=mark))
            self._trails.setdefault(mark, _Trail(stamped))

    def visit_over(self, mark: str) -> None:
        """A visit is over: its mark is looked for soon, and once more."""
        with self._lock:
            current = None if self._known.current == mark else self._known.current
            over = tuple(dict.fromkeys((*self._known.over, mark)))
            stamped = self._keep(replace(self._known, current=current, over=over))
            trail = self._trails.setdefault(mark, _Trail(None))
            trail.over_at = self._clock()
            # A machine's clock that was set back in the visit dates its files before the visit.
            if stamped is None or (trail.since is not None and stamped < trail.since):
                trail.since = None
        self._stirred.set()

    def ask_to_wipe(self) -> None:
        """Wipe and look anew, as a technician wishes; returns at once, the report tells."""
        self._wish.touch(mode=0o600)
        self._stirred.set()

    def wipe_now(self, *, patience_seconds: float) -> bool:
        """Have a wipe done and wait for its outcome; returns whether nothing is found any more."""
        self._wiped.clear()
        self.ask_to_wipe()
        return self._wiped.wait(patience_seconds) and not self.withheld

    def run(self) -> None:
        """Look whenever a look is due, until `stop`; runs in a thread of its own."""
        while not self._ending:
            self._lapsed()
            self.step()
            self._stirred.wait(TICK_SECONDS)
            self._stirred.clear()

    def stop(self) -> None:
        """End `run` soon; what is still to be looked for is remembered."""
        self._ending = True
        self._stirred.set()

    def step(self) -> None:
        """Do what is due now: a wipe that was asked for, else the looks whose time has come."""
        if self._wish.exists():
            self._wipe_and_look()
            return
        due = [] if self.withheld else self._due()
        if due:
            with self._lock:
                since = _earliest([self._trails[mark].since for mark in due])
            self._take(due, self._search.look(due, since=since))

    def _due(self) -> list[str]:
        with self._lock:
            return [
                mark
                for mark, trail in self._trails.items()
                if trail.over_at is not None
                and self._clock() - trail.over_at >= self._looks_after[trail.looks]
            ]

    def _wipe_and_look(self) -> None:
        with self._lock:
            marks = [mark for mark, trail in self._trails.items() if trail.over_at is not None]
        self._wipe(self._search.look(marks, since=None).files)
        _log.warning("residue_wiped")
        sighting = self._search.look(marks, since=None)
        self._wish.unlink(missing_ok=True)
        with self._lock:
            for mark in marks:
                self._trails[mark].looks = len(self._looks_after) - 1
        self._take(marks, sighting)
        self._wiped.set()

    def _take(self, marks: Sequence[str], sighting: Sighting) -> None:
        """Make of what was seen the new word, forget what need not be looked for any more."""
        with self._lock:
            before = self._known
            if not sighting.places:
                self._follow_up(marks)
            over = tuple(mark for mark, trail in self._trails.items() if trail.over_at is not None)
            self._keep(replace(_word(before, sighting, self._now()), over=over))
            after = self._known
        if sighting.places and before.state is not ResidueState.FOUND:
            _log.error("residue_found", places=sorted(place.value for place in sighting.places))
        elif before.state is ResidueState.FOUND and after.state is not ResidueState.FOUND:
            _log.info("residue_gone")
        self._told()

    def _follow_up(self, marks: Sequence[str]) -> None:
        for mark in marks:
            trail = self._trails[mark]
            trail.looks += 1
            if trail.looks >= len(self._looks_after):
                del self._trails[mark]

    def _keep(self, remembered: Remembered) -> float | None:
        """Remember, also on disk; returns the file system's time of it, None on a full disk."""
        self._known = remembered
        try:
            return self._memory.keep(remembered)
        except OSError as fault:
            # The check goes on in memory; only a power cut now would make it forget.
            _log.error("residue_memory_unwritable", error=fault.errno)
            return None


def _word(before: Remembered, sighting: Sighting, now: datetime) -> Remembered:
    if sighting.places:
        return replace(
            before,
            state=ResidueState.FOUND,
            found_in=sighting.places,
            unseen=sighting.unseen,
            checked_at=now,
            unchecked_since=None,
        )
    # A finding whose marks were lost was wiped unseen: nothing was looked for, so nothing is clean.
    known = before.state is not ResidueState.FOUND or bool(before.found_in)
    whole = known and sighting.unseen <= _MAY_BE_UNSEEN
    return replace(
        before,
        state=ResidueState.CLEAN if whole else ResidueState.NOT_CHECKED,
        found_in=frozenset(),
        unseen=sighting.unseen,
        checked_at=now,
        unchecked_since=None if whole else before.unchecked_since or now,
    )


def _earliest(stamps: Sequence[float | None]) -> float | None:
    known = [stamp for stamp in stamps if stamp is not None]
    return min(known) if len(known) == len(stamps) else None
