"""
What a case needs from outside: the departments' records (政务数据共享).

Every fetch says what for (purpose), under which item and in which case (P35). Answers are values:
that nothing is on record, that a source sleeps, that it does not answer, that it refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class RecordQuery:
    """One fetch. The representation shows no number."""

    source: str
    number: str = field(repr=False)
    purpose: str
    item_code: str
    case_number: str


@dataclass(frozen=True)
class ContactQuery:
    """Asks for the phone that a source holds, to send a code there; no case is open yet."""

    source: str
    number: str = field(repr=False)
    item_code: str
    visit_id: str


@dataclass(frozen=True)
class Found:
    """The record as the source sent it; the rule reads it."""

    record: Mapping[str, Any] = field(repr=False)
    fetched_at: datetime


@dataclass(frozen=True)
class NotFound:
    """The source answers that it holds nothing under this number: a result, no failure."""

    fetched_at: datetime


@dataclass(frozen=True)
class Contact:
    """The phone that the source holds."""

    phone: str = field(repr=False)


@dataclass(frozen=True)
class NoContact:
    """The source holds no phone of this person."""


@dataclass(frozen=True)
class SourceAsleep:
    """The source is closed at this hour; `until` is aware."""

    until: datetime


@dataclass(frozen=True)
class SourceDown:
    """The source does not answer, or its answer cannot be believed."""


@dataclass(frozen=True)
class SourceRefused:
    """The source refuses, by a stable code."""

    code: str


@dataclass(frozen=True)
class Awake:
    """The source can be asked now."""


Answer = Found | NotFound | SourceAsleep | SourceDown | SourceRefused
ContactAnswer = Contact | NoContact | SourceAsleep | SourceDown | SourceRefused
Readiness = Awake | SourceAsleep | SourceDown


class DepartmentRecords(Protocol):
    """The records of the departments, by source name."""

    @property
    def simulated(self) -> bool:
        """Whether the people are made up: papers then say 样张."""
        ...

    def awake(self, source: str, now: datetime) -> Readiness:
        """Say whether *source* can be asked, without asking about a person; quick, never raises."""
        ...

    def contact(self, query: ContactQuery) -> ContactAnswer:
        """Return the phone that the source holds."""
        ...

    def fetch(self, query: RecordQuery) -> Answer:
        """Return the record of one person."""
        ...
