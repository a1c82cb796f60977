"""The way of one print: true progress, trouble, and the ends printed, not printed, unknown."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import FieldProblem, Nearby, Outcome, Reprint, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingPage(Page):
    """
    True progress of one job. Script polls `state_url` (JSON `{"version"}` with an ETag) and draws
    the page again when `version` changed; without script the page refreshes itself.
    """

    template: ClassVar[str] = "pages/printing.html"
    state_url: str
    version: str
    steps: tuple[Step, ...]
    pages_done: int
    pages: int
    seconds_left: int | None = None
    reprinted: bool = False
    card_left: bool = False
    kind: Outcome = Outcome.A4


@dataclass(frozen=True, slots=True)
class MoneyInstead:
    """What was paid, in yuan, for a paper that does not come: GET `url` asks whether to have it.

    Without `url` it is on its way back already.
    """

    amount: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroublePage(Page):
    """
    The printer needs a person; the job is kept and goes on after the cure.

    `trouble` is a code of the wire. `wait_url` (GET) draws the page again. `reprint` is given as
    soon as the right exists, `reprint_url` (POST) asks for it before.
    """

    template: ClassVar[str] = "pages/trouble.html"
    trouble: str
    pages_done: int
    pages: int
    state_url: str
    version: str
    wait_url: str
    reprint: Reprint | None = None
    reprint_url: str | None = None
    nearby: tuple[Nearby, ...] = ()
    told_at: datetime | None = None
    money: MoneyInstead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameOutPage(Page):
    """The printer says printed: did it come out? POST `answer` (yes, no) to `answer_url`."""

    template: ClassVar[str] = "pages/came_out.html"
    pages: int
    answer_url: str
    card_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPrintedPage(Page):
    """
    Nothing, or not all, was printed; printing again (`retry_url`, POST) is marked 重打.

    `reprint_url` (POST) asks for the right to print elsewhere, while `reprint` is not there yet.
    """

    template: ClassVar[str] = "pages/not_printed.html"
    trouble: str | None
    pages_done: int
    pages: int
    rate_url: str
    retry_url: str | None = None
    reprint: Reprint | None = None
    reprint_url: str | None = None
    nearby: tuple[Nearby, ...] = ()
    money: MoneyInstead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownPage(Page):
    """The printer lost track of the job: only the person can see whether it came out."""

    template: ClassVar[str] = "pages/unknown.html"
    pages_done: int
    pages: int
    answer_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintPage(Page):
    """
    The eight-digit print code; POST `code` to `answer_url`. The card is asked for next, or staff
    where it cannot be read (`reader_away`).

    With `scan_nonce` the slip's code may be shown to the scanner instead: script goes on to
    `scanned_url`, or draws `again_url` with `?scan=` and the code of what stood against it.
    """

    template: ClassVar[str] = "pages/reprint.html"
    answer_url: str
    back_url: str
    digits: int = 8
    tries_left: int | None = None
    typed: str = ""
    problem: FieldProblem | None = None
    scan_nonce: str | None = None
    scanned_url: str = ""
    again_url: str = ""
    reader_away: bool = False
