"""A residue check over folders of a test, with its own clock and clipboard, and no host around."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.host.residue import ResidueCheck
from devices.host.residue_memory import ResidueMemory
from devices.host.residue_places import Ground, Place
from devices.host.residue_search import Search
from devices.host.residue_wipe import delete_found, wipe_profile

LOOKS = (2.0, 45.0)
UNCHECKED_FOR = timedelta(hours=24)


@dataclass
class FakeClipboard:
    """A clipboard that holds what a test puts in; None cannot be looked at."""

    held: bytes | None = b""

    def read(self) -> bytes | None:
        return self.held

    def clear(self) -> None:
        self.held = b"" if self.held is not None else None


@dataclass
class ResidueBench:
    """The folders, the check over them, and what a test may turn."""

    folder: Path
    seconds: float = 1000.0
    clipboard: FakeClipboard = field(default_factory=FakeClipboard)
    told: int = 0
    closed: bool = False
    """Whether the door was closed over a finding when the host ended."""

    def __post_init__(self) -> None:
        for name in ("browser/one/Default", "state", "temp", "spool", "downloads", "logs"):
            (self.folder / name).mkdir(parents=True)
        self.check = self.another_life()

    @property
    def profile(self) -> Path:
        """The profile of the one browser that runs."""
        return self.folder / "browser/one/Default"

    @property
    def state(self) -> Path:
        """The host's own folder."""
        return self.folder / "state"

    def over(self) -> tuple[str, ...]:
        """The marks that are still to be looked for, as they stand on disk."""
        found = self.memory.read()
        assert found is not None
        return found.over

    @property
    def memory(self) -> ResidueMemory:
        """What survives the host."""
        return ResidueMemory(self.state / "residue.json")

    def another_life(self) -> ResidueCheck:
        """A host that has just started over the same folders."""
        memory = self.memory
        return ResidueCheck(
            Search(self._grounds(), self.clipboard, passing_over=memory.files),
            memory,
            wipe=self._wipe,
            now=lambda: datetime(2026, 11, 21, 19, tzinfo=UTC) + timedelta(seconds=self.seconds),
            told=self._tell,
            lapsed=lambda: None,
            unchecked_for=UNCHECKED_FOR,
            wish=self.state / "residue-wipe-wanted",
            looks_after=LOOKS,
            closed_before=self.closed,
            clock=lambda: self.seconds,
        )

    def restart(self) -> None:
        """Kill the host and start it again."""
        self.check = self.another_life()

    def visit(self, mark: str) -> None:
        """A visit from its first page to its last."""
        self.check.visit_began(mark)
        self.check.visit_over(mark)

    def later(self, seconds: float) -> None:
        """Let time pass, and the check do what is due."""
        self.seconds += seconds
        self.check.step()

    def settle(self) -> None:
        """Both looks of a visit that has just ended."""
        for seconds in LOOKS:
            self.later(seconds)

    def _grounds(self) -> Sequence[Ground]:
        return (
            Ground(None, self.folder / "browser"),
            Ground(Place.JOURNAL, self.state),
            Ground(Place.TEMP, self.folder / "temp", frozenset({os.getuid()})),
            Ground(Place.SPOOL, self.folder / "spool"),
            Ground(Place.DOWNLOADS, self.folder / "downloads"),
            Ground(Place.LOGS, self.folder / "logs"),
        )

    def _wipe(self, files: Sequence[tuple[Place, Path]]) -> None:
        wipe_profile(self.folder / "browser")
        delete_found(files)
        self.clipboard.clear()

    def _tell(self) -> None:
        self.told += 1
