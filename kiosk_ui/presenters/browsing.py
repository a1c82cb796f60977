"""
The catalogue as rows and facts: what can be finished here now, and why not what cannot.

What is closed is said before anything is asked of a person (P50), with the next place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk_server.catalogue.content import FACTS, ItemContent
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.catalogue.rules import ELEMENTS
from kiosk_server.core.clock import to_beijing
from kiosk_server.terminals.rules import READER_SWAPPED, Ability, DeviceKind, Reason
from kiosk_ui.presenters.wording import Say, chinese, worded
from kiosk_ui.view_models import (
    Closed,
    Fact,
    Language,
    NoCard,
    Outcome,
    ServiceRow,
    Wording,
)

FREE = "不收费"
_FACTS_OF_LIFE = ("for_whom", "fee", "bring", "limit", "where", "outcome", "elsewhere")
"""What is asked first of those whom nobody sends: is it for me, and what does it cost?"""

_OF_PRINTER = {
    "paper_out": "paper-out",
    "toner_empty": "toner-empty",
    "cover_open": "cover-open",
    "jam": "jam",
}
_OF_TROUBLE: Mapping[str, Mapping[str, str]] = {
    DeviceKind.A4_PRINTER.value: _OF_PRINTER,
    DeviceKind.RECEIPT_PRINTER.value: _OF_PRINTER,
    DeviceKind.ID_READER.value: {READER_SWAPPED: "reader-changed"},
}
"""Device kind -> its troubles that have a sentence of their own."""
_OF_DEVICE: Mapping[str, str] = {
    DeviceKind.A4_PRINTER.value: "printer-away",
    DeviceKind.RECEIPT_PRINTER.value: "printer-away",
    DeviceKind.ID_READER.value: "reader-away",
    DeviceKind.QR_SCANNER.value: "scanner-away",
}
"""Device kind -> the sentence for whatever else is wrong with it."""


@dataclass(frozen=True, slots=True)
class SourceRest:
    """A record source that does not answer now: until when (aware), where that is known."""

    until: datetime | None = None


def reason_word(reason: Reason) -> str:
    """Return which `closed-…` sentence tells a resident of *reason*."""
    told = _OF_TROUBLE.get(reason.device, {}).get(reason.code)
    return told or _OF_DEVICE.get(reason.device, "hardware")


def closed_for(
    content: ItemContent, ability: Ability, rest: SourceRest | None, elsewhere: Wording | None
) -> Closed | None:
    """Return why *content* cannot be finished at this machine now, or None when it can."""
    if content.handling is None:
        return Closed("not-at-machines", elsewhere=elsewhere)
    if not ability.possible:
        return Closed(reason_word(ability.reasons[0]), elsewhere=elsewhere)
    if rest is None:
        return None
    if rest.until is None:
        return Closed("source-down", elsewhere=elsewhere)
    return Closed("source-asleep", until=to_beijing(rest.until), elsewhere=elsewhere)


def row_of(
    item: PublishedItem,
    language: Language,
    *,
    url: str,
    closed: Closed | None = None,
    no_card: NoCard | None = None,
) -> ServiceRow:
    """Return one item as a row of a list."""
    content = item.content
    return ServiceRow(
        name=worded(content.names, language),
        url=url,
        icon=content.icon,
        outcome=Outcome(content.outcome),
        minutes=content.handling.minutes if content.handling else None,
        fee_fen=fee_of(content),
        closed=closed,
        no_card=no_card,
    )


def fee_of(content: ItemContent) -> int | None:
    """Return the fee in fen: 0 where the published elements say that it is free, else unsaid."""
    return 0 if (content.elements or {}).get("fee") == FREE else None


def open_first(rows: Iterable[ServiceRow]) -> list[ServiceRow]:
    """Return *rows* with the closed ones last, otherwise in their order."""
    return sorted(rows, key=lambda row: row.closed is not None)


def guide_facts(content: ItemContent, language: Language, say: Say) -> tuple[Fact, ...]:
    """
    Return the few facts of the guide, each under the label that the kiosk has for its code.

    What others do and answer for says first who that is, and at the end on what ground (P47).
    """
    life = content.life
    told = tuple(
        Fact(Wording(say(f"fact-{code}".replace("_", "-"))), worded(content.facts[code], language))
        for code in (FACTS if life is None else _FACTS_OF_LIFE)
        if code in content.facts
    )
    if life is None:
        return told
    answers = Fact(Wording(say("fact-answers")), worded(life.answers, language), life.phone)
    basis = Fact(Wording(say("fact-basis")), worded(life.basis, language))
    site = (Fact(Wording(say("fact-site")), Wording(""), life.site),) if life.site else ()
    return (answers, *told, *site, basis)


def lines_of(content: ItemContent, language: Language, say: Say) -> tuple[str, ...]:
    """Return name and facts of a guide as lines to print, those that *language* has words for."""
    name = worded(content.names, language)
    facts = [fact for fact in guide_facts(content, language, say) if fact.value.lang is None]
    lines = [
        f"{fact.label}: {' '.join(part for part in (fact.value.text, fact.number) if part)}"
        for fact in facts
    ]
    return (name.text, *lines) if name.lang is None and lines else ()


def element_facts(content: ItemContent, language: Language) -> tuple[Fact, ...]:
    """Return all published elements in their order, each as one text (P02)."""
    elements = content.elements or {}
    return tuple(
        Fact(chinese(label, language), chinese(_as_text(elements[key]), language))
        for key, label in ELEMENTS.items()
        if key in elements
    )


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "，".join(str(part) for part in value.values())
    if isinstance(value, Iterable):
        return "；".join(_as_text(part) for part in value)
    return str(value)
