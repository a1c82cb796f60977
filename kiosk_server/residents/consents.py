"""
What a resident agreed to (同意, P34): given for one purpose in one version, withdrawn at any time.

    purposes()                                   -> Mapping[Purpose, PurposeText]
    give(session, resident_id, purpose, *, by), withdraw(session, resident_id, purpose, *, by)
    stands(session, resident_id, purpose)        -> bool
    consents_of(session, resident_id)            -> list[Standing]

Whoever does something for a purpose asks `stands` at the moment of doing it, so that a consent that
was withdrawn stops it there and then. A newer version of the text is no longer what was agreed to.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.residents.models import Consent, Resident

_DATA = Path(__file__).parent / "data" / "consents.toml"


class Purpose(StrEnum):
    """For what a resident is asked."""

    EXPIRY_MESSAGES = "expiry_messages"
    SUGGESTIONS = "suggestions"
    DIGITAL_CARD = "digital_card"


@dataclass(frozen=True)
class PurposeText:
    """What is asked, in words by language; `stops` says what ends when it is withdrawn."""

    purpose: Purpose
    version: str
    names: Mapping[str, str]
    lead: Mapping[str, str]
    stops: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """One purpose as its resident sees it; `given_at` is None where no consent stands."""

    text: PurposeText
    given_at: datetime | None
    withdrawn_at: datetime | None
    """When he last took it back, where none stands."""


@cache
def purposes() -> Mapping[Purpose, PurposeText]:
    """Return every purpose, in the order in which pages show them."""
    kept = tomllib.loads(_DATA.read_text("utf-8"))
    found = (
        PurposeText(
            Purpose(each["id"]), each["version"], each["names"], each["lead"], each["stops"]
        )
        for each in kept["purpose"]
    )
    return {each.purpose: each for each in found}


def give(session: Session, resident_id: str, purpose: Purpose, *, by: Actor) -> None:
    """Enter that a resident agrees to the present text; nothing happens where he already did."""
    # Two phones of one person may agree at once: one row comes of it.
    session.get_one(Resident, resident_id, with_for_update=True)
    if stands(session, resident_id, purpose):
        return
    for old in session.scalars(_standing(resident_id, purpose)):
        old.withdrawn_at = clock.now()
    version = purposes()[purpose].version
    session.add(
        Consent(
            id=new_id(),
            resident_id=resident_id,
            purpose=purpose.value,
            version=version,
            given_at=clock.now(),
        )
    )
    session.flush()
    facts = {"purpose": purpose.value, "version": version}
    subject = Subject("resident", resident_id)
    note(session, AuditEvent.CONSENT_ENTERED, actor=by, subject=subject, facts=facts)


def withdraw(session: Session, resident_id: str, purpose: Purpose, *, by: Actor) -> None:
    """Take a consent back; nothing happens where none stands."""
    standing = list(session.scalars(_standing(resident_id, purpose).with_for_update()))
    for row in standing:
        row.withdrawn_at = clock.now()
    if standing:
        session.flush()
        facts = {"purpose": purpose.value}
        subject = Subject("resident", resident_id)
        note(session, AuditEvent.CONSENT_WITHDRAWN, actor=by, subject=subject, facts=facts)


def stands(session: Session, resident_id: str, purpose: Purpose) -> bool:
    """Return whether a resident agrees to the present text of a purpose now."""
    present = _standing(resident_id, purpose).where(Consent.version == purposes()[purpose].version)
    return session.scalars(present.limit(1)).first() is not None


def consents_of(session: Session, resident_id: str) -> list[Standing]:
    """Return every purpose with where a resident stands to it."""
    mine = select(Consent).where(Consent.resident_id == resident_id).order_by(Consent.id)
    latest = {(row.purpose, row.version): row for row in session.scalars(mine)}
    found = []
    for text in purposes().values():
        row = latest.get((text.purpose.value, text.version))
        given = row.given_at if row is not None and row.withdrawn_at is None else None
        found.append(Standing(text, given, row.withdrawn_at if row is not None else None))
    return found


def _standing(resident_id: str, purpose: Purpose) -> Select[Consent]:
    return select(Consent).where(
        Consent.resident_id == resident_id,
        Consent.purpose == purpose.value,
        Consent.withdrawn_at.is_(None),
    )
