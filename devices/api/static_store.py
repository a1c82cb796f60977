"""Versioned static files of the server, kept in memory so that they cost the line nothing.

Only what the server calls `immutable` is kept: its address changes with its content, so nothing
here can grow stale, and it is bounded, oldest out first.
"""

import threading
from collections import OrderedDict

from devices.host.ports import Reply

PREFIX = "/kiosk/static/"
LARGEST_FILE_BYTES = 6 * 1024 * 1024
LARGEST_STORE_BYTES = 64 * 1024 * 1024

_Key = tuple[str, str]


class StaticStore:
    """A bounded store of answers by address and encoding; any thread may call."""

    def __init__(self, largest_bytes: int = LARGEST_STORE_BYTES) -> None:
        self._largest_bytes = largest_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Reply] = OrderedDict()
        self._bytes = 0

    def find(self, target: str, encodings: str) -> Reply | None:
        """The kept answer for *target* as a browser with these Accept-Encoding would get it."""
        with self._lock:
            found = self._kept.get((target, encodings))
            if found is not None:
                self._kept.move_to_end((target, encodings))
            return found

    def forget(self) -> int:
        """Drop everything, to be fetched anew; returns how many files there were."""
        with self._lock:
            dropped = len(self._kept)
            self._kept.clear()
            self._bytes = 0
            return dropped

    def keep(self, target: str, encodings: str, reply: Reply) -> None:
        """Keep *reply* if it may be kept."""
        if not may_keep(target, reply):
            return
        with self._lock:
            before = self._kept.pop((target, encodings), None)
            self._bytes += len(reply.body) - (len(before.body) if before else 0)
            self._kept[(target, encodings)] = reply
            while self._bytes > self._largest_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.body)


def may_keep(target: str, reply: Reply) -> bool:
    """Whether an answer is a versioned static file that belongs to nobody."""
    promises = (reply.header("Cache-Control") or "").replace(" ", "").lower().split(",")
    return (
        target.startswith(PREFIX)
        and reply.status == 200
        and "immutable" in promises
        and not {"private", "no-store"} & set(promises)
        and reply.header("Set-Cookie") is None
        and len(reply.body) <= LARGEST_FILE_BYTES
    )
