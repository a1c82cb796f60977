"""
What one published version says: the elements of law, the guide for people, and how a terminal
handles it. `ItemContent.from_json` reads it, `as_json` writes it; the two are inverse.

Words for people stand in several languages (`zh` always, then `ug`, `en`, `ky`); the elements
are Chinese, as they are published (P57).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

Wording = Mapping[str, str]
FACTS = ("bring", "for_whom", "limit", "outcome", "fee", "elsewhere", "where")
"""What a guide may say in a line, most wanted first; each surface has its own labels for them."""


class Assurance(StrEnum):
    """How sure the counter must be that the holder stands here."""

    NONE = "none"
    CARD = "card"
    CARD_AND_PRESENCE = "card_and_presence"
    PHONE = "phone"
    """A number typed and a code to its phone: an item takes it only where it says so."""
    HELPED = "helped"
    """A member of staff looked at document and person: an item takes it where it says so."""


@dataclass(frozen=True)
class Purpose:
    """One purpose that may be chosen, by a stable code."""

    code: str
    words: Wording


@dataclass(frozen=True)
class Promise:
    """What the resident promises; the text's version is kept with the case."""

    version: str
    words: Wording


@dataclass(frozen=True)
class Notice:
    """Who reads what from the card, why, and for how long (个人信息保护法 17)."""

    version: str
    who: Wording
    why: Wording
    kept: Wording


@dataclass(frozen=True)
class Window:
    """The counter that takes this item: a person always can go there instead (P16)."""

    site_id: str
    desk: Wording


@dataclass(frozen=True)
class Fee:
    """What the paper costs (工本费): under which code, on what basis, in integer fen."""

    code: str
    names: Wording
    basis: str
    unit_fen: int


@dataclass(frozen=True)
class Handling:
    """How a terminal handles the item from card to paper."""

    assurance: Assurance
    devices: tuple[str, ...]
    card_kinds: tuple[str, ...]
    card_fields: tuple[str, ...]
    record_source: str
    rule: str
    minutes: int
    validity_days: int | None
    notice: Notice
    good_for: str
    """Chinese, printed: what the paper serves for."""
    not_for: str
    """Chinese, printed: what it does not serve for while it bears no seal (P36)."""
    purposes: tuple[Purpose, ...] = ()
    promise: Promise | None = None
    decided_at_once: bool = True
    needs_nothing: bool = True
    without_card: tuple[str, ...] = ()
    """What is taken in place of a card, `phone` and `helped`; nothing unless the item says so."""
    fees: tuple[Fee, ...] = ()
    """Of the paper; its electronic document is free."""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Handling":
        """Return the handling that was kept as JSON."""
        promise = kept.get("promise")
        return cls(
            assurance=Assurance(kept["assurance"]),
            devices=tuple(kept["devices"]),
            card_kinds=tuple(kept["card_kinds"]),
            card_fields=tuple(kept["card_fields"]),
            record_source=kept["record_source"],
            rule=kept["rule"],
            minutes=kept["minutes"],
            validity_days=kept.get("validity_days"),
            notice=Notice(**kept["notice"]),
            good_for=kept["good_for"],
            not_for=kept["not_for"],
            purposes=tuple(Purpose(**purpose) for purpose in kept.get("purposes", ())),
            promise=Promise(**promise) if promise else None,
            decided_at_once=kept.get("decided_at_once", True),
            needs_nothing=kept.get("needs_nothing", True),
            without_card=tuple(kept.get("without_card", ())),
            fees=tuple(Fee(**fee) for fee in kept.get("fees", ())),
        )


@dataclass(frozen=True)
class Life:
    """
    What a service of everyday life (便民服务) says besides: others do it, and answer for it (P47).
    """

    answers: Wording
    """Who answers for it."""
    phone: str
    """Digits and hyphens, as one dials them."""
    basis: Wording
    """The law by its name, and what it grants."""
    site: str | None = None
    """Where it is handed over to: the official page, https."""
    booked: str | None = None
    """The matter, by its code of `places.service_groups`, that a visit is booked for."""
    bills: bool = False
    """Whether its bills are paid here (生活缴费)."""
    when_refused: bool = False
    """Whether it is shown beside a decision that says no."""
    hear: str | None = None
    """Id of the sentence that a terminal says aloud of it."""
    also: str = ""
    """Other words, in any language, by which people look for it."""


@dataclass(frozen=True)
class ItemContent:
    """One version of one item. Without `handling` it is a guide that says where to go."""

    code: str
    sample: bool
    """示例数据: shown wherever the item is shown."""
    field: str
    """Kind of public service (领域), such as 社会保险."""
    icon: str
    names: Wording
    short: Wording
    """One sentence: what comes out, for whom."""
    body: Wording
    """实施主体, as people call it."""
    outcome: str
    """a4, slip, screen or guide: what the person has in the hand at the end."""
    window: Window
    facts: Mapping[str, Wording]
    """Facts of the guide, each by its code in `FACTS`."""
    elements: Mapping[str, Any] | None = None
    handling: Handling | None = None
    life: Life | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ItemContent":
        """Return the content that was kept as JSON; `KeyError` names what is not there."""
        handling, life = kept.get("handling"), kept.get("life")
        return cls(
            code=kept["code"],
            sample=kept["sample"],
            field=kept["field"],
            icon=kept["icon"],
            names=kept["names"],
            short=kept["short"],
            body=kept["body"],
            outcome=kept["outcome"],
            window=Window(**kept["window"]),
            facts=kept["facts"],
            elements=kept.get("elements"),
            handling=Handling.from_json(handling) if handling else None,
            life=Life(**life) if life else None,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the content as JSON values."""
        told = asdict(self)
        if self.handling is not None and not self.handling.fees:
            # What was published before fees were known keeps its text, and with it its hash.
            del told["handling"]["fees"]
        if self.life is None:
            del told["life"]
        return told

    def purpose(self, code: str) -> Purpose | None:
        """Return the purpose with *code*, if the item knows it."""
        known = self.handling.purposes if self.handling else ()
        return next((purpose for purpose in known if purpose.code == code), None)
