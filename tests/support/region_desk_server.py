"""
The region's unified booking and hall on loopback, faithful to the contract of the gateway.

It stands on the records' service: the same signatures, nonces and times are checked, and it
misbehaves when told to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.records_server import RecordsServer, serving

TAKEN = {"answer": "taken"}


@dataclass
class RegionDesk:
    """What is booked there, and what it was told."""

    service: RecordsServer

    def wishes(self, after: int, *told: dict[str, Any]) -> None:
        """Have wishes for who asks after a position, and none after the last of them."""
        last = max((each["position"] for each in told), default=after)
        self.service.answers[f"/wishes?after={after}"] = {"answer": "wishes", "wishes": list(told)}
        if last != after:
            self.service.answers[f"/wishes?after={last}"] = {"answer": "wishes", "wishes": []}

    def told(self, path: str) -> list[dict[str, Any]]:
        """What came to one path, the first one first."""
        return [each for each in self.service.asked if each["path"] == path]


@contextmanager
def region_desk() -> Iterator[RegionDesk]:
    """Serve while the block runs."""
    with serving() as service:
        for path in ("/days", "/answers", "/tickets"):
            service.answers[path] = TAKEN
        desk = RegionDesk(service)
        desk.wishes(0)
        yield desk
