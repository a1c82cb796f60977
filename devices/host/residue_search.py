"""One look for what past visits left behind (残留检查的一次查找): files, cookies, logs, clipboard.

Every byte of every file that has changed is read; what cannot be read is named, never passed over.
docs/operations.md says what such a search cannot see.
"""

import errno
import os
import stat
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from devices.host.residue_clipboard import Clipboard
from devices.host.residue_cookies import CookiesUnreadable, cookie_values
from devices.host.residue_needles import Needles
from devices.host.residue_places import Found, Ground, Place, Unreadable, files_in

LARGEST_FILE_BYTES = 256 * 1024 * 1024
LONGEST_SECONDS = 60.0
_SLACK_SECONDS = 2.0
"""File systems round the times of their files, the coarsest to two seconds."""
_CHUNK_BYTES = 256 * 1024
_LONGEST_REST_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look saw: places with a mark, their files, and places that it could not see into.

    The paths stay in this process: they serve the wiping alone.
    """

    places: frozenset[Place] = frozenset()
    unseen: frozenset[Place] = frozenset()
    files: tuple[tuple[Place, Path], ...] = field(default=(), repr=False)


class Search:
    """Looks over grounds, the log of a systemd unit, and a clipboard."""

    def __init__(
        self,
        grounds: Sequence[Ground],
        clipboard: Clipboard,
        *,
        passing_over: Sequence[Path] = (),
        log_unit: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """*passing_over* is what may know a mark: the memory of what is still to be looked for."""
        self._grounds = grounds
        self._clipboard = clipboard
        self._passing_over = passing_over
        self._log_unit = log_unit
        self._now = now

    def look(self, marks: Iterable[str], *, since: float | None) -> Sighting:
        """Look for *marks* in what changed *since* (a file's own time stamp; None: everything)."""
        look = _Look(Needles(marks), since, self._now() + LONGEST_SECONDS, self._now)
        for ground in self._grounds:
            look.over(ground, self._passing_over)
        if self._log_unit is not None:
            look.through_log(self._log_unit)
        look.into(self._clipboard)
        return look.sighting()


class _Look:
    """The state of one look."""

    def __init__(
        self, needles: Needles, since: float | None, until: float, now: Callable[[], float]
    ) -> None:
        self._needles = needles
        self._since = since
        self._until = until
        self._now = now
        self._unseen: set[Place] = set()
        self._files: list[tuple[Place, Path]] = []
        self._places: set[Place] = set()

    def sighting(self) -> Sighting:
        return Sighting(frozenset(self._places), frozenset(self._unseen), tuple(self._files))

    def over(self, ground: Ground, passing_over: Sequence[Path]) -> None:
        try:
            for found in files_in(ground, passing_over=passing_over):
                if self._now() >= self._until:
                    self._unseen.add(found.place)
                    return
                if self._since is None or found.changed_at >= self._since - _SLACK_SECONDS:
                    self._read(found)
        except Unreadable as fault:
            self._unseen.add(fault.place)

    def through_log(self, unit: str) -> None:
        command = ["journalctl", "--quiet", "--no-pager", "--output=cat", f"--unit={unit}"]
        if self._since is not None:
            command.append(f"--since=@{int(self._since)}")
        try:
            with subprocess.Popen(  # noqa: S603 - the unit's name is a setting, checked there
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as journal:
                if journal.stdout is not None and self._needles.lie_in_stream(
                    _chunks(journal.stdout)
                ):
                    self._places.add(Place.LOGS)
                    journal.kill()
            if journal.returncode != 0 and Place.LOGS not in self._places:
                self._unseen.add(Place.LOGS)
        except OSError:
            self._unseen.add(Place.LOGS)

    def into(self, clipboard: Clipboard) -> None:
        held = clipboard.read()
        if held is None:
            self._unseen.add(Place.CLIPBOARD)
        elif self._needles.lie_in(held):
            self._places.add(Place.CLIPBOARD)

    def _read(self, found: Found) -> None:
        if found.size > LARGEST_FILE_BYTES:
            self._unseen.add(found.place)
            return
        try:
            with open(found.path, "rb", opener=_without_links) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return
                held = self._needles.lie_in_stream(_chunks(file))
            if not held and found.place is Place.BROWSER_COOKIES and found.path.name == "Cookies":
                held = any(self._needles.lie_in(value) for value in cookie_values(found.path))
        except FileNotFoundError:
            return
        except (OSError, CookiesUnreadable) as fault:
            if isinstance(fault, OSError) and fault.errno == errno.ELOOP:
                return
            self._unseen.add(found.place)
            return
        if held:
            self._places.add(found.place)
            self._files.append((found.place, found.path))


def _without_links(path: str, flags: int) -> int:
    """Open what was a file when its directory was read: a link in its place is not followed, and
    nobody waits for the other end of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of *file* piece by piece; behind each comes a rest as long as its search took.

    People before checks: the doors of a visit run in this process, and wait while a piece is
    searched. A lower priority for this thread would have them wait longer, for whoever may not
    run cannot make room either.
    """
    while chunk := file.read(_CHUNK_BYTES):
        began = time.monotonic()
        yield chunk
        time.sleep(min(time.monotonic() - began, _LONGEST_REST_SECONDS))
