"""
Why the terminal's door is closed (停用): what a technician locked stays locked through a power cut
and a dead line, until the same door is told to open.

The door shows the host's own page for the first reason there is. Reasons are independent: what one
part of the terminal closed, another cannot open.
"""

import json
import threading
from enum import StrEnum
from pathlib import Path

from devices.host.durable_file import write_durably

FILE = "closed.json"


class ClosedFor(StrEnum):
    """The reasons, the one that is told first standing first."""

    RESTARTING = "restarting"
    """For the minutes of a restart; a host that has begun anew is open again."""
    TESTING = "testing"
    """For the minute of a test, or of another work that a person would disturb."""
    SERVICING = "servicing"
    """While somebody is at the technician's pages, who has only this screen."""
    UNIDENTIFIED = "unidentified"
    """Key or identity on disk cannot be read: found out anew at each start, over when they can."""
    RESIDUE = "residue"
    """A trace of an earlier visit was found on this machine (P52)."""
    LOCKED = "locked"


_PASSING = frozenset(
    {
        ClosedFor.RESTARTING,
        ClosedFor.TESTING,
        ClosedFor.SERVICING,
        ClosedFor.UNIDENTIFIED,
    }
)


class Closure:
    """The reasons for which the door is closed; any thread may call."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._lock = threading.Lock()
        self._reasons = self._on_disk = _kept(self._path)

    @property
    def reason(self) -> ClosedFor | None:
        """What the door tells whoever comes; None while it is open."""
        with self._lock:
            return next((reason for reason in ClosedFor if reason in self._reasons), None)

    def holds(self, reason: ClosedFor) -> bool:
        """Whether the door is closed for *reason*, perhaps among others."""
        with self._lock:
            return reason in self._reasons

    def close(self, reason: ClosedFor) -> None:
        """Close the door; on disk when this returns, unless the reason passes by itself.

        Raises OSError where the disk takes nothing: closed in this life, perhaps not in the next.
        """
        with self._lock:
            self._reasons |= {reason}
            self._keep(self._reasons)

    def open(self, reason: ClosedFor) -> None:
        """Take one reason away. Raises OSError, and opens nothing, where the disk takes nothing."""
        with self._lock:
            reasons = self._reasons - {reason}
            self._keep(reasons)
            self._reasons = reasons

    def _keep(self, reasons: frozenset[ClosedFor]) -> None:
        lasting = reasons - _PASSING
        if lasting != self._on_disk:
            write_durably(self._path, json.dumps(sorted(lasting)).encode())
            self._on_disk = lasting


def _kept(path: Path) -> frozenset[ClosedFor]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError):
        # Nobody can tell any more whether this machine was locked: it stays out of service, and
        # the server, which knows, opens it again.
        return frozenset({ClosedFor.LOCKED})
    known = set(ClosedFor)
    return frozenset(ClosedFor(each) for each in found if each in known)
