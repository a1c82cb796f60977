"""What the outbox brings to people: short messages (短信) to phones."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class PhoneMessage:
    """One message. `id` is the idempotency key; `template` and `values` make the text."""

    id: str
    phone: str
    template: str
    values: dict[str, str]
    voice: bool = False
    """Read out in a call, for who cannot read it."""


class MessageOutcome(StrEnum):
    """What the channel said; a lost answer is not an error: it may have arrived."""

    SENT = "sent"
    REFUSED = "refused"
    ANSWER_LOST = "answer_lost"


class PhoneMessages(Protocol):
    """A channel that brings short messages to phones; `simulated` is said wherever it matters."""

    @property
    def simulated(self) -> bool:
        """Whether no phone receives anything."""
        ...

    def send(self, message: PhoneMessage) -> MessageOutcome:
        """Hand one message over; the same `id` twice is one message."""
        ...
