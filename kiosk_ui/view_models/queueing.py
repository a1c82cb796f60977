"""The queue at the site itself (现场排队): take a number, check in, the ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.booking import MatterGroup
from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Closed, FieldProblem, Paging
from kiosk_ui.view_models.phones import QrDrawing
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketGroupsPage(Page):
    """
    A number for what? POST `group` to `take_url`; nobody is asked who he is (P16).

    Where the site is closed there are no groups, and `opens_at` (Beijing time) says when.
    """

    template: ClassVar[str] = "pages/ticket_groups.html"
    groups: tuple[MatterGroup, ...]
    take_url: str
    back_url: str
    priority_url: str
    book_url: str
    priority: Wording | None = None
    opens_at: datetime | None = None
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class Waited:
    """How many are before one, and between which minutes it will be one's turn."""

    ahead: int
    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage(Page):
    """
    The number, large, with the way to follow it on a phone; `due` (Beijing) of who has booked.

    `window` is the window that calls, once one does. `slip` is `asked`, `no` (none comes out
    here) or None, and then POST to `slip_url` prints one.
    """

    template: ClassVar[str] = "pages/ticket.html"
    label: str
    group: Wording
    qr: QrDrawing
    waited: Waited | None
    done_url: str
    window: str | None = None
    due: datetime | None = None
    slip: str | None = None
    slip_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInPage(Page):
    """
    The eight digits of a booking, typed or scanned; POST `code` to `answer_url`.

    `card_url` checks in by card instead; `closed` says why it cannot here. `scan_nonce` as on the
    page of the print code.
    """

    template: ClassVar[str] = "pages/check_in.html"
    answer_url: str
    back_url: str
    card_url: str
    digits: int = 8
    typed: str = ""
    problem: FieldProblem | None = None
    scan_nonce: str | None = None
    scanned_url: str = ""
    again_url: str = ""
    card_closed: Closed | None = None


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A booking of today at this site: POST `booking` checks it in."""

    booking_id: str
    name: Wording
    starts_at: datetime
    early: datetime | None = None
    """From when on it can be checked in, where that is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPage(Page):
    """What the holder of the card has booked here today; POST `booking` to `check_in_url`."""

    template: ClassVar[str] = "pages/expected.html"
    rows: tuple[ExpectedRow, ...]
    check_in_url: str
    ticket_url: str
    back_url: str
