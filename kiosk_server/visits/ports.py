"""What a visit needs from outside: a face comparison."""

from enum import StrEnum
from typing import Protocol


class Likeness(StrEnum):
    """What the outside comparison found."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"
    WAITING = "waiting"
    DOWN = "down"


class PresenceCheck(Protocol):
    """
    An outside comparison of the person with the card. No picture ever reaches this product.

    `simulated` is said on the screen, in the proof and on the paper.
    """

    @property
    def simulated(self) -> bool:
        """Whether nobody looks in truth."""
        ...

    def begin(self, visit_id: str) -> str:
        """Start a comparison for a visit; return the ticket to ask for it by."""
        ...

    def outcome(self, ticket: str, *, said: str | None = None) -> Likeness:
        """Return what was found. *said* is a simulation's button; a real service ignores it."""
        ...
