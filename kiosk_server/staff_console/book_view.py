"""The asset book, a site card and their history in words for the templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk_server.assets.queries import ChangeView
from kiosk_server.assets.rules import Book, Card, Part
from kiosk_server.places.rules import Opening, openings
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.web.words import message_or, messages, words

WARRANTY_SOON = timedelta(days=60)
SERIAL_KINDS = tuple(
    kind.value for kind in DeviceKind if kind not in (DeviceKind.CABINET, DeviceKind.SPEAKER)
)
"""What has a name plate of its own; the others are parts of the machine."""
_ENUMERATED = {
    "line_operator": "staff-line-operator",
    "line_kind": "staff-line-kind",
    "key_with": "staff-key-with",
    "notes": "staff-note",
    "access": "staff-access",
}


@dataclass(frozen=True)
class Fact:
    """One line: its name, what it says, and whether somebody should look at it."""

    name: str
    value: str
    amiss: bool = False


@dataclass(frozen=True)
class ChangeLine:
    """One change in a terminal's papers."""

    at: str
    by: str
    what: str
    fields: tuple[tuple[str, str, str], ...]
    """Field, before, after."""


def book_facts(book: Book, today: date) -> tuple[Fact, ...]:
    """Return what stands in the book; what is empty is left out."""
    until = book.warranty_until
    facts = [
        Fact(words("staff-book-model"), book.model),
        Fact(words("staff-book-serial"), book.serial),
        Fact(words("staff-book-installed_on"), _iso(book.installed_on)),
        Fact(
            words("staff-book-warranty_until"),
            _iso(until),
            amiss=until is not None and until < today + WARRANTY_SOON,
        ),
        Fact(words("staff-book-filing_number"), book.filing_number),
        Fact(words("staff-book-line_operator"), _chosen("line_operator", book.line_operator)),
        Fact(words("staff-book-line_kind"), _chosen("line_kind", book.line_kind)),
        Fact(words("staff-book-line_number"), book.line_number),
        Fact(words("staff-book-notes"), _joined("notes", book.notes)),
    ]
    serials = [
        Fact(device_words(kind), number) for kind, number in sorted(book.device_serials.items())
    ]
    return tuple(fact for fact in (*facts[:2], *serials, *facts[2:]) if fact.value)


def card_facts(card: Card) -> tuple[Fact, ...]:
    """Return what stands on the site card; what is empty is left out."""
    hours = words("staff-always-open") if card.always_open else hours_words(card.hours)
    facts = (
        Fact(words("staff-card-key_with"), _chosen("key_with", card.key_with)),
        Fact(words("staff-card-hours"), hours),
        Fact(words("staff-card-access"), _joined("access", card.access)),
        Fact(words("staff-card-directions"), card.directions),
    )
    return tuple(fact for fact in facts if fact.value)


def change_lines(changes: Iterable[ChangeView]) -> list[ChangeLine]:
    """Return the history of a terminal's papers, line by line."""
    return [
        ChangeLine(
            at=moment(change.at),
            by=change.by,
            what=words(f"staff-part-{change.part.value}"),
            fields=tuple(
                (_field(change.part, name), _told(name, before), _told(name, after))
                for name, (before, after) in sorted(change.changes.items())
            ),
        )
        for change in changes
    ]


def hours_words(hours: Iterable[Opening]) -> str:
    """Return hours as `一二三四五 10:00–14:00`."""
    return words("staff-reason-gap").join(
        f"{''.join(words(f'staff-weekday-{day}') for day in opening.days)} "
        f"{opening.opens:%H:%M}–{opening.closes:%H:%M}"
        for opening in hours
    )


def device_words(kind: str) -> str:
    """Return the name of a kind of device."""
    return message_or(f"staff-device-{kind}", "staff-device-other")


def _field(part: Part, name: str) -> str:
    paper = "card" if part is Part.SITE_CARD else "book" if part is Part.BOOK else "life"
    return message_or(f"staff-{paper}-{name}", "staff-change-other")


def _told(name: str, value: object) -> str:
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return words("staff-yes") if value else words("staff-no")
    if name in _ENUMERATED:
        listed = value if isinstance(value, list) else [value]
        return _joined(name, (str(each) for each in listed))
    if isinstance(value, Mapping):
        return ", ".join(f"{device_words(kind)} {number}" for kind, number in sorted(value.items()))
    if name == "hours" and isinstance(value, list):
        return hours_words(openings(value))
    return str(value)


def _chosen(name: str, value: str | None) -> str:
    return words(f"{_ENUMERATED[name]}-{value}") if value else ""


def _joined(name: str, values: Iterable[str]) -> str:
    known = [f"{_ENUMERATED[name]}-{value}".replace("_", "-") for value in values]
    return words("staff-reason-gap").join(words(each) for each in known if messages().knows(each))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
