"""
What a rule says: an outcome, its reasons, and what is printed (P20).

Reasons and findings are codes with small facts; the words stand in the message files, so that they
are read on screen in every language. Paper is Chinese (P57), and so is what a record says in words
that no code stands for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from kiosk_server.cases.models import Outcome


@dataclass(frozen=True)
class Reason:
    """One reason: a stable code and the facts that its sentence needs."""

    code: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True)
class Saying:
    """What the paper says in Chinese, and the code under which screens have words for it."""

    chinese: str
    code: str | None = None
    """None for the record's own words: a name, a place, a term that nobody has listed."""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One fact of the result, for screens, and for whoever compares it with the paper."""

    label: Saying
    value: Saying

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Finding":
        """Return what was kept as JSON."""
        return cls(Saying(**kept["label"]), Saying(**kept["value"]))


@dataclass(frozen=True)
class PaperColumn:
    """One column of the paper's table; `share` is its part of the width."""

    label: str
    share: int = 1
    numeric: bool = False


@dataclass(frozen=True)
class PaperFacts:
    """What the paper says, in Chinese, beside whose it is and who issues it."""

    title: str
    holder_name: str
    sentences: tuple[str, ...]
    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]

    @property
    def compare(self) -> tuple[tuple[str, str], ...]:
        """Chinese label and value of the facts that a checker compares with the paper."""
        return tuple((each.label.chinese, each.value.chinese) for each in self.findings)

    @property
    def text(self) -> str:
        """Every character that the paper needs a glyph for."""
        cells = (cell for row in (*self.rows, *self.compare) for cell in row)
        labels = (column.label for column in self.columns)
        return "".join((self.title, self.holder_name, *self.sentences, *labels, *cells))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "PaperFacts":
        """Return what was kept as JSON."""
        return cls(
            title=kept["title"],
            holder_name=kept["holder_name"],
            sentences=tuple(kept["sentences"]),
            columns=tuple(PaperColumn(**column) for column in kept["columns"]),
            rows=tuple(tuple(row) for row in kept["rows"]),
            findings=tuple(Finding.from_json(finding) for finding in kept["findings"]),
        )


@dataclass(frozen=True)
class Decision:
    """The outcome of one case, with the rule and version that made it."""

    rule: str
    rule_version: int
    outcome: Outcome
    reasons: tuple[Reason, ...]
    paper: PaperFacts | None

    def for_holder(
        self, card_name: str, unprintable: Callable[[str], tuple[str, ...]]
    ) -> "Decision":
        """Return the decision with the name as the card has it where the record's cannot be set."""
        if self.paper is None or not unprintable(self.paper.holder_name):
            return self
        return replace(self, paper=replace(self.paper, holder_name=card_name))

    def as_json(self) -> dict[str, Any]:
        """Return reasons and paper as JSON values."""
        return {
            "reasons": [asdict(reason) for reason in self.reasons],
            "paper": asdict(self.paper) if self.paper is not None else None,
        }


@dataclass(frozen=True)
class Applicant:
    """Who asks, by the card that was read, and what for."""

    card_name: str
    purpose: str | None


class Rule(Protocol):
    """One rule: the record (None: nothing on record), the applicant, the day in Beijing."""

    @property
    def name(self) -> str:
        """Its stable name, as an item's version names it."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same inputs could lead to another decision."""
        ...

    def decide(
        self, record: Mapping[str, Any] | None, *, applicant: Applicant, today: date
    ) -> Decision:
        """Return the decision; `RecordUnreadable` where the record is not of the agreed form."""
        ...


class RecordUnreadable(Exception):
    """A source sent a record that is not of the agreed form; names the field, never its value."""


def text_of(record: Mapping[str, Any], field: str) -> str:
    """Return a text that the record must have."""
    value = record.get(field)
    if not isinstance(value, str) or not value.strip():
        raise RecordUnreadable(field)
    return value.strip()


def count_of(record: Mapping[str, Any], field: str) -> int:
    """Return a whole number, not negative, that the record must have."""
    value = record.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RecordUnreadable(field)
    return value


def rows_of(record: Mapping[str, Any], field: str) -> Sequence[Mapping[str, Any]]:
    """Return a list of rows that the record must have."""
    value = record.get(field)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise RecordUnreadable(field)
    return value


def chinese_date(day: date) -> str:
    """Return a day as a paper says it."""
    return f"{day.year}年{day.month}月{day.day}日"
