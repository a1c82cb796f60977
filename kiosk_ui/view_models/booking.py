"""Booking a visit to a window (预约办事): what, where, when, and one's own bookings."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Choice, Closed, FieldProblem, Paging
from kiosk_ui.view_models.phones import QrDrawing
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class WindowWay:
    """
    One way to a window: its words are `at-window-…`, and `at-window-…-note` unless it is closed.

    `wait` are minutes, from and to, where somebody waits now.
    """

    way: str
    icon: str
    url: str
    wait: tuple[int, int] | None = None
    closed: Closed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWindowPage(Page):
    """
    To a window: simply come (取号), or book; nobody has to (P16).

    `hours` of this site today as `10:00`, `14:00`; `opens_at` is the next time (Beijing) where it
    is closed now. `elsewhere` is the site, where this terminal stands in a bank.
    """

    template: ClassVar[str] = "pages/at_window.html"
    ways: tuple[WindowWay, ...]
    hours: tuple[tuple[str, str], ...]
    back_url: str
    opens_at: datetime | None = None
    elsewhere: Wording | None = None


@dataclass(frozen=True, slots=True)
class MatterGroup:
    """Matters that one kind of window takes; `matters` are their names."""

    code: str
    name: Wording
    matters: tuple[Wording, ...]
    wait: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingGroupsPage(Page):
    """What about? POST `group` to `answer_url`."""

    template: ClassVar[str] = "pages/booking_groups.html"
    groups: tuple[MatterGroup, ...]
    answer_url: str
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter that can be ticked, with its minutes at the window."""

    code: str
    name: Wording
    minutes: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingServicesPage(Page):
    """Which matters of the group, one or several: POST `service` to `answer_url`."""

    template: ClassVar[str] = "pages/booking_services.html"
    group: Wording
    matters: tuple[Matter, ...]
    answer_url: str
    back_url: str
    priority_url: str
    priority: Wording | None = None
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityPage(Page):
    """绿色通道, if one likes to say so: POST `priority` (a value or `none`) to `answer_url`."""

    template: ClassVar[str] = "pages/booking_priority.html"
    choices: tuple[Choice, ...]
    answer_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site that takes it; `first` is its next free day, None while it is full."""

    id: str
    name: Wording
    address: Wording
    first: date | None
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingSitesPage(Page):
    """Where? This site first; POST `site` to `answer_url`. `minutes` is what the visit takes."""

    template: ClassVar[str] = "pages/booking_sites.html"
    rows: tuple[SiteRow, ...]
    minutes: int
    answer_url: str
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day that the site is open; `free` is how many times can be had."""

    day: date
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDaysPage(Page):
    """On which day? POST `day` to `answer_url`; a full one leads to the waiting list."""

    template: ClassVar[str] = "pages/booking_days.html"
    site: Wording
    rows: tuple[DayRow, ...]
    answer_url: str
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForDayPage(Page):
    """The day is full: wait for a place (候补)? POST to `join_url`."""

    template: ClassVar[str] = "pages/wait_for_day.html"
    site: Wording
    day: date
    offer_minutes: int
    join_url: str
    back_url: str


class Half(StrEnum):
    """Morning or afternoon, as people here part the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A time that can be had; Beijing time."""

    slot_id: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class HalfTab:
    """The way to one half of the day, and how many times it has."""

    half: Half
    url: str
    free: int
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingTimesPage(Page):
    """
    At what time? POST `slot` to `answer_url`.

    `problem` is `gone` (somebody was faster) or `over` (what was kept was let go).
    """

    template: ClassVar[str] = "pages/booking_times.html"
    site: Wording
    day: date
    halves: tuple[HalfTab, ...]
    times: tuple[TimeRow, ...]
    answer_url: str
    back_url: str
    paging: Paging = ONE_PAGE
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What a booking is for, where and when (Beijing time)."""

    site: Wording
    address: Wording
    matters: tuple[Wording, ...]
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage(Page):
    """
    The place is kept until `until`: POST to `confirm_url`, or to `let_go_url` for another time.

    `seconds` are left; script counts them down and then goes to `over_url`.
    """

    template: ClassVar[str] = "pages/booking_held.html"
    facts: BookingFacts
    until: datetime
    seconds: int
    confirm_url: str
    let_go_url: str
    over_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePage(Page):
    """From `before` to `facts`, which is taken first: POST to `confirm_url`."""

    template: ClassVar[str] = "pages/booking_move.html"
    before: datetime
    facts: BookingFacts
    confirm_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One booking, or a place in a waiting list (no time): `state` is `booking-state-…`."""

    url: str
    name: Wording
    site: Wording
    state: str
    starts_at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBookingsPage(Page):
    """My bookings, the soonest first; `new_url` books another."""

    template: ClassVar[str] = "pages/bookings.html"
    rows: tuple[OwnRow, ...]
    new_url: str
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage(Page):
    """
    One booking: where, when, what to bring, and the code to check in with.

    `just` is `booked`, `moved` or None; an address is None where the deed cannot be done now. POST
    to `slip_url`; `change_url` leads to another time and to cancelling.
    """

    template: ClassVar[str] = "pages/booking.html"
    facts: BookingFacts
    state: str
    back_url: str
    just: str | None = None
    code: str | None = None
    qr: QrDrawing | None = None
    slip_url: str | None = None
    slip_asked: bool = False
    change_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBookingPage(Page):
    """Another time (POST to `move_url`), or cancel, which asks once more."""

    template: ClassVar[str] = "pages/change_booking.html"
    facts: BookingFacts
    cancel_url: str
    back_url: str
    move_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBookingPage(Page):
    """Really cancel? POST to `cancel_url`."""

    template: ClassVar[str] = "pages/cancel_booking.html"
    facts: BookingFacts
    cancel_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlacePage(Page):
    """Where somebody waits for a place; POST to `leave_url` waits no longer. `just`: joined now."""

    template: ClassVar[str] = "pages/waiting_place.html"
    site: Wording
    day: date
    offer_minutes: int
    leave_url: str
    back_url: str
    just: bool = False
