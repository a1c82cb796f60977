"""
Publish items. What is published once is kept; every surface shows the current version (P05).
"""

import hashlib
import re
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.catalogue.content import FACTS, Fee, ItemContent, Life
from kiosk_server.catalogue.models import Item, ItemVersion
from kiosk_server.catalogue.rules import missing_elements
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import new_id

_PHONE = re.compile(r"[0-9]{3,5}|[0-9]{3,4}-[0-9]{7,8}")
"""A service number, or one of the city with its area code."""


def publish(session: Session, content: ItemContent, *, by: Actor) -> ItemVersion:
    """
    Publish *content* as the item's next version and return it; unchanged content returns the
    version that stands. `Invalid("item_incomplete")` lists everything that is missing (P02).
    """
    faults = content_faults(content)
    if faults:
        raise Invalid("item_incomplete", fields=faults, item=content.code)
    hash_ = content_hash(content)
    item = session.get(Item, content.code, with_for_update=True)
    if item is None:
        item = Item(code=content.code)
        session.add(item)
        session.flush()
    current = session.get(ItemVersion, item.current_version_id) if item.current_version_id else None
    if current is not None and current.hash == hash_:
        return current
    last = session.scalar(
        select(func.max(ItemVersion.version)).where(ItemVersion.item_code == item.code)
    )
    version = ItemVersion(
        id=new_id(),
        item_code=item.code,
        version=(last or 0) + 1,
        hash=hash_,
        content=content.as_json(),
        published_at=clock.now(),
    )
    session.add(version)
    item.current_version_id = version.id
    note(
        session,
        AuditEvent.CATALOGUE_PUBLISHED,
        actor=by,
        subject=Subject("item", item.code),
        facts={"version": version.version, "hash": hash_},
    )
    session.flush()
    return version


def content_hash(content: ItemContent) -> str:
    """Return the version hash that each surface shows: SHA-256 of the canonical text (P05)."""
    return hashlib.sha256(canonical_json(content.as_json()).encode()).hexdigest()


def content_faults(content: ItemContent) -> tuple[FieldFault, ...]:
    """Return what bars *content* from publication: handling needs all elements and a window."""
    faults = [
        FieldFault(f"{at}.zh", "words_missing", "the Chinese words are wanted")
        for at, words in (
            ("names", content.names),
            ("body", content.body),
            ("short", content.short),
            ("window.desk", content.window.desk),
            *((f"facts.{code}", words) for code, words in content.facts.items()),
        )
        if not words.get("zh", "").strip()
    ]
    faults += [
        FieldFault(f"facts.{code}", "fact_unknown", "a surface has no label for it")
        for code in content.facts
        if code not in FACTS
    ]
    if content.handling is not None:
        faults.extend(missing_elements(content.elements or {}))
        faults.extend(_fee_faults(content.handling.fees))
    if content.life is not None:
        faults.extend(_life_faults(content.life))
    return tuple(faults)


def _life_faults(life: Life) -> list[FieldFault]:
    # Whoever sends a person on says to whom, by which number, and on what ground (P47).
    wrong = (
        ("answers", not all(life.answers.get(language) for language in ("zh", "ug", "en"))),
        ("phone", _PHONE.fullmatch(life.phone) is None),
        ("basis", not life.basis.get("zh", "").strip()),
        ("site", life.site is not None and not life.site.startswith("https://")),
    )
    return [
        FieldFault(f"life.{at}", "life_incomplete", "便民服务: who answers, and on what ground")
        for at, is_wrong in wrong
        if is_wrong
    ]


def _fee_faults(fees: Sequence[Fee]) -> list[FieldFault]:
    # What an order of payments needs, said before anybody is to pay it.
    wrong = [
        (f"handling.fees.{at}.{name}", is_wrong)
        for at, fee in enumerate(fees)
        for name, is_wrong in (
            ("names", not all(fee.names.get(language) for language in ("zh", "ug", "en"))),
            ("basis", not fee.basis.strip()),
            ("unit_fen", fee.unit_fen <= 0),
        )
    ]
    return [
        FieldFault(at, "fee_incomplete", "收费: names, basis and an amount in fen")
        for at, is_wrong in wrong
        if is_wrong
    ]
