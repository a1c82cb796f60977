"""
Offline codes (离线码) as a holder fetches them for a phone of his, and gives them back.

    fetch_codes(session, holder, wish, origin=, terms=)   -> Batch
    drop_codes(session, holder, certificate_id)           stops what this phone keeps

Fetched behind the phone's PIN. What is kept there is shown without us: nobody who scans it offline
enters the holder's log, and whoever fetches is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core.limits import count_attempt
from kiosk_server.credentials.codes import (
    CodeTerms,
    OfflineCode,
    issue_codes,
    shown_fields,
    stop_batch,
)
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.showing.codes import shower
from kiosk_server.showing.pins import require_unlocked
from kiosk_server.showing.scenes import UsageScene, scene_named

FETCHED_PER_HOUR = 30
"""Batches that one phone may fetch in an hour."""


@dataclass(frozen=True)
class OfflineWish:
    """What a phone wants to keep: a certificate's codes in one scene, and how many windows.

    `fields`: what the holder chose of the scene's fields, None for all of them.
    """

    certificate_id: str
    scene: str
    count: int
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Batch:
    """Codes of consecutive windows, and what each of them says besides kind and masked name."""

    shown: WalletCertificate = field(repr=False)
    masked_holder: str
    scene: UsageScene
    fields: tuple[Field, ...]
    codes: Sequence[OfflineCode] = field(repr=False)


def fetch_codes(
    session: Session, holder: PhoneHolder, wish: OfflineWish, *, origin: str, terms: CodeTerms
) -> Batch:
    """Give this phone new codes; those that it kept of the same certificate serve no longer.

    Raises `Refused("pin_needed")`, `NotFound` for what is not his to show,
    `TooMany("too_many_offline_codes")`, and whatever `codes.issue_codes` raises.
    """
    require_unlocked(session, holder)
    certificate = certificate_for(session, shower(holder), wish.certificate_id)
    scene = scene_named(wish.scene)
    said = shown_fields(session, certificate, scene.id, wish.fields)
    hour = timedelta(hours=1)
    count_attempt(session, "offline_codes", holder.phone_id, limit=FETCHED_PER_HOUR, window=hour)
    codes = issue_codes(
        session,
        certificate,
        scene_id=scene.id,
        origin=origin,
        count=wish.count,
        by=holder.actor,
        fields=wish.fields,
        phone_id=holder.phone_id,
        terms=terms,
    )
    shown = view(session, certificate)
    fields = tuple(each for each in shown.type.fields if each.id in said)
    return Batch(shown, certificate.masked_holder, scene, fields, codes)


def drop_codes(session: Session, holder: PhoneHolder, certificate_id: str) -> None:
    """Let what this phone keeps of a certificate serve no longer; `NotFound` for anybody else's."""
    certificate = certificate_for(session, shower(holder), certificate_id)
    stop_batch(session, certificate.id, holder.phone_id)
