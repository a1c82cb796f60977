"""
What a caller did that cannot be done, as one tree.

    KioskError
    ├── Invalid      what was sent cannot be read; names every faulty field
    ├── NotFound     there is no such thing, or none for this caller
    ├── Refused      understood, and not allowed
    ├── Conflict     allowed, but not in this state of things
    │   └── WrongState   a verb that this state does not know
    ├── TooMany      tried too often; `retry_after_seconds` says when again
    └── Unavailable  a part that is needed does not answer now

Each error carries a stable `code` (snake_case, the promise to programs and to the message
files) and facts, never sentences: the surfaces find the words. The tree knows no HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

Fact = str | int | float | bool | None


class KioskError(Exception):
    """A caller's mistake or bad luck, with a stable code and the facts around it."""

    default_code: ClassVar[str] = "kiosk_error"

    def __init__(self, code: str | None = None, **facts: Fact) -> None:
        self.code = code or self.default_code
        self.facts: Mapping[str, Fact] = facts
        super().__init__(self.code)


@dataclass(frozen=True)
class FieldFault:
    """One faulty field: where it stands, a stable code, a sentence for a developer."""

    at: str
    code: str
    message: str = ""


class Invalid(KioskError):
    """What was sent cannot be read; every faulty field is named at once."""

    default_code = "invalid"

    def __init__(
        self, code: str | None = None, *, fields: Sequence[FieldFault] = (), **facts: Fact
    ) -> None:
        super().__init__(code, **facts)
        self.fields = tuple(fields)


class NotFound(KioskError):
    """There is no such thing, or none that this caller may know of."""

    default_code = "not_found"


class Refused(KioskError):
    """The request was understood and is not allowed."""

    default_code = "refused"


class Conflict(KioskError):
    """The request would be allowed in another state of things."""

    default_code = "conflict"


class WrongState(Conflict):
    """A verb was tried that the present state does not know."""

    default_code = "wrong_state"


class TooMany(KioskError):
    """It was tried too often."""

    default_code = "too_many"

    def __init__(self, code: str | None = None, *, retry_after_seconds: int, **facts: Fact) -> None:
        super().__init__(code, retry_after_seconds=retry_after_seconds, **facts)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(KioskError):
    """A part that this needs does not answer now."""

    default_code = "unavailable"
