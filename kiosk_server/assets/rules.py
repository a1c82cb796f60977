"""
What may stand in the asset book, on a site card, and about a keeper.

Pure. What can be chosen is chosen: free words in a technical register gather names and numbers of
people in time, and a free text that holds such a number is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk_server.core.errors import FieldFault
from kiosk_server.places.rules import Opening

LONGEST_DIRECTIONS = 200
LONGEST_NAME = 60
KEEPER_LANGUAGES = ("zh", "ug", "ky")
FIRST_YEAR, LAST_YEAR = 2000, 2100
_PLATE = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_-]{0,39}")
_FILING = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕()（）.\-—]{1,40}")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_NUMBER_OF_A_PERSON = re.compile(r"\d[\d\s-]{6,}\d")
"""Eight digits and more in a row: a telephone, an identity number."""


class LineOperator(StrEnum):
    """Whose line it is."""

    TELECOM = "telecom"
    MOBILE = "mobile"
    UNICOM = "unicom"
    BROADNET = "broadnet"
    GOVERNMENT = "government"
    """电子政务外网."""
    OTHER = "other"


class LineKind(StrEnum):
    """How the machine is connected."""

    FIBRE = "fibre"
    LEASED = "leased"
    MOBILE_4G = "mobile_4g"
    MOBILE_5G = "mobile_5g"
    HOST_NETWORK = "host_network"
    """The network of the bank or shop in which it stands."""


class Note(StrEnum):
    """What is worth knowing of a machine before going there."""

    UPS_FITTED = "ups_fitted"
    BACKUP_LINE = "backup_line"
    SPARE_PAPER_INSIDE = "spare_paper_inside"
    LOW_COUNTER = "low_counter"
    BRAILLE_LABELS = "braille_labels"
    STANDS_OUTSIDE = "stands_outside"
    SHARED_SOCKET = "shared_socket"
    ON_LOAN = "on_loan"


class KeyWith(StrEnum):
    """Who has the cabinet's key."""

    KEEPER = "keeper"
    SITE_WINDOW = "site_window"
    SECURITY = "security"
    HOST_MANAGER = "host_manager"
    TECHNICIAN = "technician"


class Access(StrEnum):
    """How one gets to the machine."""

    STEP_FREE = "step_free"
    STEPS = "steps"
    NIGHT_DOOR = "night_door"
    RING_BELL = "ring_bell"
    TELL_GUARD = "tell_guard"
    BADGE_NEEDED = "badge_needed"


class Part(StrEnum):
    """What a change in a machine's history was made to."""

    BOOK = "book"
    SITE_CARD = "site_card"
    MOVED = "moved"
    RETIRED = "retired"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Book:
    """The asset book of one machine. Dates are days in Beijing."""

    model: str = ""
    serial: str = ""
    device_serials: Mapping[str, str] = field(default_factory=dict)
    line_operator: LineOperator | None = None
    line_kind: LineKind | None = None
    line_number: str = ""
    warranty_until: date | None = None
    filing_number: str = ""
    installed_on: date | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Card:
    """The site card of one machine; `hours` are those of the building, Beijing time."""

    key_with: KeyWith | None = None
    always_open: bool = False
    hours: tuple[Opening, ...] = ()
    access: tuple[Access, ...] = ()
    directions: str = ""


def book_faults(book: Book, today: date) -> list[FieldFault]:
    """Return everything that is wrong with *book*, as of *today*."""
    faults = [
        FieldFault(at, "not_a_plate_number")
        for at, value in (("serial", book.serial), ("line_number", book.line_number))
        if value and not _PLATE.fullmatch(value)
    ]
    faults += [
        FieldFault(f"device_serials.{kind}", "not_a_plate_number")
        for kind, value in book.device_serials.items()
        if not _PLATE.fullmatch(value)
    ]
    if len(book.model) > LONGEST_NAME or not book.model.isprintable():
        faults.append(FieldFault("model", "too_long"))
    if book.filing_number and not _FILING.fullmatch(book.filing_number):
        faults.append(FieldFault("filing_number", "not_a_filing_number"))
    return faults + _date_faults(book, today)


def _date_faults(book: Book, today: date) -> list[FieldFault]:
    faults = [
        FieldFault(at, "not_a_plausible_day")
        for at, day in (
            ("installed_on", book.installed_on),
            ("warranty_until", book.warranty_until),
        )
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR
    ]
    if book.installed_on is not None and book.installed_on > today:
        faults.append(FieldFault("installed_on", "in_the_future"))
    if (
        book.installed_on is not None
        and book.warranty_until is not None
        and book.warranty_until < book.installed_on
    ):
        faults.append(FieldFault("warranty_until", "before_installation"))
    return faults


def card_faults(card: Card) -> list[FieldFault]:
    """Return everything that is wrong with *card*."""
    faults = []
    if len(card.directions) > LONGEST_DIRECTIONS:
        faults.append(FieldFault("directions", "too_long"))
    if _NUMBER_OF_A_PERSON.search(card.directions):
        faults.append(FieldFault("directions", "holds_a_number"))
    if card.always_open and card.hours:
        faults.append(FieldFault("hours", "open_twice"))
    return faults


def keeper_faults(name: str, phone: str, language: str) -> list[FieldFault]:
    """Return everything that is wrong with a keeper; *phone* as `plain_phone` gives it."""
    faults = []
    if not name or len(name) > LONGEST_NAME or any(each.isdigit() for each in name):
        faults.append(FieldFault("name", "not_a_name"))
    if not _PHONE.fullmatch(phone):
        faults.append(FieldFault("phone", "not_a_mobile"))
    if language not in KEEPER_LANGUAGES:
        faults.append(FieldFault("language", "not_chosen"))
    return faults


def plain_phone(typed: str) -> str:
    """Return a mobile number as it is dialled: no spaces, no country code."""
    return re.sub(r"[\s-]", "", typed).removeprefix("+86")


def stored_hours(hours: Iterable[Opening]) -> list[dict[str, object]]:
    """Return hours as rows that `places.rules.openings` reads again."""
    return [
        {
            "days": list(opening.days),
            "opens": opening.opens.strftime("%H:%M"),
            "closes": opening.closes.strftime("%H:%M"),
        }
        for opening in hours
    ]


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, list[object]]:
    """Return what changed between two states of one paper: field -> [before, after]."""
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
