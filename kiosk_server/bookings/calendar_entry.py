"""
A booking for anybody's calendar (iCalendar: RFC 5545, and RFC 5546 for a change and an end).

It names the site and the time, never a matter and never a person: calendars are shared, and lie
with whoever runs them. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_LINE = 75
"""Octets of a content line without its end (RFC 5545, 3.1)."""
_MOMENT = "%Y%m%dT%H%M%SZ"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class CalendarEntry:
    """
    What stands in a calendar. Moments are aware; `position` is latitude and longitude (WGS 84).

    A booking that was moved keeps `uid`, and `sequence` rises: the old time is replaced.
    """

    uid: str
    sequence: int
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    note: str
    page: str
    """Address of the booking's own page, behind its owner's sign-in."""
    host: str
    """Whose entry it is: the site."""
    origin: str
    position: tuple[float, float] | None = None


def calendar_text(entry: CalendarEntry, as_of: datetime) -> str:
    """Return *entry* as iCalendar text, made at *as_of* (aware)."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Atushi government services//Bookings//ZH",
        f"METHOD:{'CANCEL' if entry.cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_moment(as_of)}",
        f"DTSTART:{_moment(entry.starts_at)}",
        f"DTEND:{_moment(entry.ends_at)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_text(entry.title)}",
        f"LOCATION:{_text(entry.place)}",
        f"DESCRIPTION:{_text(entry.note)}",
        f'ORGANIZER;CN="{_quoted(entry.host)}":{entry.origin}',
        f"URL:{entry.page}",
        *_position(entry.position),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{part}\r\n" for part in _folded(lines))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_MOMENT)


def _text(words: str) -> str:
    return "".join(each for each in words if each >= " " or each == "\n").translate(_ESCAPED)


def _quoted(words: str) -> str:
    return "".join(each for each in words if each >= " " and each != '"')


def _position(position: tuple[float, float] | None) -> Iterator[str]:
    if position is not None:
        yield f"GEO:{position[0]:.6f};{position[1]:.6f}"


def _folded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        part, octets = "", 0
        for character in line:
            size = len(character.encode())
            if octets + size > LONGEST_LINE:
                yield part
                # The blank that marks what goes on counts.
                part, octets = " ", 1
            part, octets = part + character, octets + size
        yield part
