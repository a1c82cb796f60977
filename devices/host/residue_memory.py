"""What the residue check must still know after a power cut: marks to look for, and its last word.

One small file of the host's own, mode 0600, replaced in one step. A mark is in it from the
beginning of its visit until it was looked for and not found; it says nothing of anybody.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from devices.host.residue_places import Place

_MARK = re.compile(r"[0-9a-f]{32}\Z")


class ResidueState(StrEnum):
    """The last word of the residue check; values are part of the wire."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Remembered:
    """The file's content. `current` belongs to a visit that may go on, `over` are to be looked for.

    `unchecked_since` is when a look first failed to see everything; times are the server's.
    """

    state: ResidueState = ResidueState.NOT_CHECKED
    current: str | None = None
    over: tuple[str, ...] = ()
    found_in: frozenset[Place] = frozenset()
    unseen: frozenset[Place] = frozenset()
    checked_at: datetime | None = None
    unchecked_since: datetime | None = None


def without_memory(*, found: bool) -> Remembered:
    """What is known where the file is lost: whether something was found, no longer where."""
    return Remembered(ResidueState.FOUND if found else ResidueState.NOT_CHECKED)


@dataclass(frozen=True, slots=True)
class ResidueMemory:
    """Keeps what is to be remembered in the file at *path*."""

    path: Path

    def read(self) -> Remembered | None:
        """What was kept; None where the file is missing or damaged."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
            return _remembered(found) if isinstance(found, dict) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, remembered: Remembered) -> float:
        """Replace what was kept, durably; returns the file system's own time of this step."""
        beside = self.path.with_suffix(".new")
        written = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(written, "w", encoding="utf-8") as file:
            json.dump(_written(remembered), file)
            file.flush()
            os.fsync(file.fileno())
            stamped = os.fstat(file.fileno()).st_mtime
        beside.replace(self.path)
        return stamped

    @property
    def files(self) -> tuple[Path, Path]:
        """The files that may hold marks."""
        return self.path, self.path.with_suffix(".new")


def _written(remembered: Remembered) -> dict[str, object]:
    def instant(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat()

    return {
        "state": remembered.state.value,
        "current": remembered.current,
        "over": list(remembered.over),
        "found_in": sorted(remembered.found_in),
        "unseen": sorted(remembered.unseen),
        "checked_at": instant(remembered.checked_at),
        "unchecked_since": instant(remembered.unchecked_since),
    }


def _remembered(found: Mapping[str, object]) -> Remembered:
    current, over = found["current"], found["over"]
    return Remembered(
        state=ResidueState(str(found["state"])),
        current=current if isinstance(current, str) and _MARK.match(current) else None,
        over=tuple(each for each in _texts(over) if _MARK.match(each)),
        found_in=frozenset(Place(each) for each in _texts(found["found_in"])),
        unseen=frozenset(Place(each) for each in _texts(found["unseen"])),
        checked_at=_instant(found["checked_at"]),
        unchecked_since=_instant(found["unchecked_since"]),
    )


def _texts(found: object) -> list[str]:
    if not isinstance(found, list):
        raise TypeError("a list was expected")
    return [each for each in found if isinstance(each, str)]


def _instant(found: object) -> datetime | None:
    return datetime.fromisoformat(found) if isinstance(found, str) else None
