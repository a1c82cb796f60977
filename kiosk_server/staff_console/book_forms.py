"""Read the forms of the asset book, of a site card and of a keeper's hours."""

from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from kiosk_server.assets.rules import Access, Book, Card, KeyWith, LineKind, LineOperator, Note
from kiosk_server.core.errors import FieldFault
from kiosk_server.places.rules import Opening
from kiosk_server.staff_console.book_view import SERIAL_KINDS

Form = MultiDict[str, str]
Choice = TypeVar("Choice", bound=StrEnum)
SPELLS = (1, 2)
"""Hours are given in two spells at most, as places here close at noon."""


def book_from(form: Form) -> tuple[Book, list[FieldFault]]:
    """Return the book that a form tells, and what of it cannot be read."""
    faults: list[FieldFault] = []
    serials = {kind: _text(form, f"device_serials.{kind}") for kind in SERIAL_KINDS}
    book = Book(
        model=_text(form, "model"),
        serial=_text(form, "serial"),
        device_serials={kind: number for kind, number in serials.items() if number},
        line_operator=_one(LineOperator, form.get("line_operator", "")),
        line_kind=_one(LineKind, form.get("line_kind", "")),
        line_number=_text(form, "line_number"),
        warranty_until=_day(form, "warranty_until", faults),
        filing_number=_text(form, "filing_number"),
        installed_on=_day(form, "installed_on", faults),
        notes=_several(Note, form.getlist("notes")),
    )
    return book, faults


def card_from(form: Form) -> tuple[Card, list[FieldFault]]:
    """Return the site card that a form tells, and what of it cannot be read."""
    hours, faults = hours_from(form)
    card = Card(
        key_with=_one(KeyWith, form.get("key_with", "")),
        always_open=form.get("always_open") == "yes",
        hours=hours,
        access=_several(Access, form.getlist("access")),
        directions=" ".join(form.get("directions", "").split()),
    )
    return card, faults


def hours_from(form: Form) -> tuple[tuple[Opening, ...], list[FieldFault]]:
    """Return the hours of a form's spells; a spell that is half filled in is a fault."""
    found, faults = [], []
    for spell in SPELLS:
        days = sorted({int(day) for day in form.getlist(f"days{spell}") if day in set("1234567")})
        times = [form.get(f"{at}{spell}", "") for at in ("opens", "closes")]
        if not days and not any(times):
            continue
        opening = _opening(days, times)
        if opening is None:
            faults.append(FieldFault("hours", "hours_unreadable"))
        else:
            found.append(opening)
    return tuple(found), faults[:1]


def edition_from(form: Form) -> int:
    """Return the edition that the form was filled in from; -1, which none is, for nonsense."""
    told = form.get("edition", "")
    return int(told) if told.isdecimal() and len(told) < 9 else -1


def _opening(days: Iterable[int], times: list[str]) -> Opening | None:
    try:
        opens, closes = (time.fromisoformat(each) for each in times)
    except ValueError:
        return None
    chosen = tuple(days)
    return Opening(chosen, opens, closes) if chosen and opens < closes else None


def _text(form: Form, name: str) -> str:
    return " ".join(form.get(name, "").split())


def _day(form: Form, name: str, faults: list[FieldFault]) -> date | None:
    told = form.get(name, "").strip()
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        faults.append(FieldFault(name, "not_a_day"))
        return None


def _one(kind: type[Choice], told: str) -> Choice | None:
    return kind(told) if told in set(kind) else None


def _several(kind: type[Choice], told: Iterable[str]) -> tuple[Choice, ...]:
    chosen = set(told)
    return tuple(each for each in kind if each.value in chosen)
