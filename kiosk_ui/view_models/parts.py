"""
The smaller things that kiosk pages are made of: rows, facts, steps, questions, reasons.

They are plain values. Where a field is a code (`reason`, `trouble`, `refusal`), the sentence for it
stands in the locale files under that code with `-` for `_`, so that a view never writes words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk_ui.view_models.screen import Wording


class Stage(StrEnum):
    """The four steps that the bar at the top of a task counts."""

    GUIDE = "guide"
    IDENTITY = "identity"
    RESULT = "result"
    PRINT = "print"

    @property
    def number(self) -> int:
        """From 1."""
        return list(Stage).index(self) + 1


class Outcome(StrEnum):
    """What the person has in the hand at the end."""

    A4 = "a4"
    SLIP = "slip"
    SCREEN = "screen"
    GUIDE = "guide"
    WINDOW = "window"
    BILL = "bill"
    LIFE = "life"


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of how many, from 1; `more_url` leads on, and from the last page to the first."""

    page: int = 1
    pages: int = 1
    more_url: str = ""


ONE_PAGE = Paging()


@dataclass(frozen=True, slots=True)
class Closed:
    """
    Why something cannot be finished here now, said before a card is asked for.

    `reason` is one of the ids `closed-…` of `service.ftl`: paper-out, toner-empty, cover-open, jam,
    printer-away, reader-away, source-asleep, source-down, not-at-machines, no-phone, hardware.
    `until` (Beijing time) is given where the end is known; `elsewhere` is the next place.
    """

    reason: str
    until: datetime | None = None
    elsewhere: Wording | None = None


class NoCardWay(StrEnum):
    """By what a service is handled without the ID card."""

    NUMBER = "number"
    STAFF = "staff"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class NoCard:
    """
    That a service goes without the ID card now, and by what.

    `reader` is the `closed-…` id of why no card can be read here now; None: the card serves too.
    """

    way: NoCardWay
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """
    One service on the list: what it is, what comes out, how long, what it costs.

    `icon` is a symbol of the sheet; `fee_fen` 0 is free and None is not said; a closed row is shown
    last, with its reason, and cannot be pressed. `no_card` is None where the card is needed.
    """

    name: Wording
    url: str
    icon: str = "paper"
    outcome: Outcome = Outcome.A4
    minutes: int | None = None
    fee_fen: int | None = None
    closed: Closed | None = None
    no_card: NoCard | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the outlined tiles beneath a list; `label` is the id of its words."""

    label: str
    url: str
    icon: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """
    A label and what is said beside it; `label` is data, since the catalogue names its own.

    `number` is a telephone or an address of the net, which reads left to right after it.
    """

    label: Wording
    value: Wording
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """
    One line of who reads what from the card, why and for how long.

    `what` are field names of the card (name, number, valid_until …), whose words are `field-…`.
    """

    what: tuple[str, ...]
    who: Wording
    why: Wording
    kept: Wording


class LeftCard(StrEnum):
    """A card lies on the reader: its owner is called after, or it waits for the keeper."""

    LEFT = "left"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Beside:
    """What technicians have the waiting screen say: the same in each language, Chinese first."""

    lines: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a question: the value that is posted and the words on the button."""

    value: str
    words: Wording
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """
    What is wrong with what was typed: a code (`problem-…` of `refusal.ftl`) and its numbers.

    Codes: code-wrong, code-short (missing), code-expired, code-unknown, purpose-missing,
    promise-missing, card-first.
    """

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProofWay:
    """A second proof: `kind` is `face` or `phone`; `phone` is masked; closed says why not."""

    kind: str
    url: str
    phone: str | None = None
    closed: Closed | None = None


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours of a window on some days, in Beijing time: ids `days-…`, then `10:00` and `19:30`."""

    days: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Window:
    """A named window where a person handles the same item (P16)."""

    name: Wording
    address: Wording
    number: Wording | None
    hours: tuple[OpeningHours, ...]
    phone: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a decision in words of the rule, and whether it was met."""

    words: Wording
    met: bool = True


class StepState(StrEnum):
    """Where a step of the print stands."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step as it truly happened; `note` stands at its end.

    `label` is one of `step-identity`, `step-record`, `step-document`, `step-queuing` (when done,
    `step-queued`; while the printer is at another's paper, `step-busy`), `step-printing`,
    `step-take`.
    """

    label: str
    state: StepState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """The right to print elsewhere: eight digits, until when (Beijing), where to print a slip."""

    code: str
    until: datetime
    slip_url: str | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A place that can print now, with a note of how far and how long it is open."""

    name: Wording
    note: Wording | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A standard tag of 好差评: its code, the standard's words and its sense (GB/T 39735)."""

    code: str
    words: Wording


@dataclass(frozen=True, slots=True)
class RatingLevel:
    """One of the five levels (5 best) with the tags that are offered for it."""

    level: int
    tags: tuple[Tag, ...] = ()
