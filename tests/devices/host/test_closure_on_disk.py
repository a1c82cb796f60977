"""What keeps a terminal closed, where the disk does not take it."""

import errno
from pathlib import Path

import pytest

from devices.host.closure import ClosedFor, Closure


def test_a_full_disk_closes_the_door_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed for this life although it cannot be written; opened only when that is on disk."""
    closure = Closure(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as disk:
        disk.setattr("devices.host.closure.write_durably", full)
        with pytest.raises(OSError, match="full"):
            closure.close(ClosedFor.RESIDUE)
        assert closure.reason is ClosedFor.RESIDUE
    closure.close(ClosedFor.LOCKED)
    with monkeypatch.context() as disk:
        disk.setattr("devices.host.closure.write_durably", full)
        with pytest.raises(OSError, match="full"):
            closure.open(ClosedFor.RESIDUE)
    assert closure.holds(ClosedFor.RESIDUE)
    assert Closure(tmp_path).holds(ClosedFor.RESIDUE)
