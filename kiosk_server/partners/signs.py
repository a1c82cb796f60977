"""
Signs (立牌码) at an organisation's places: which organisation asks there, for what, until when.

    make_sign(session, organisation_id, wish, by=…)   -> PartnerSign
    revoke_sign(session, sign_id, by=…)
    sign_of(session, sign_id)                         -> SignView        what a phone may be told
    signs_of(session, organisation_id)

The code on it, and its signature, are made above this room.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.partners.models import PartnerSign
from kiosk_server.partners.organisations import approved, require_approved
from kiosk_server.partners.rules import SIGN_LIFE, Verifier, sign_holds, unpacked

LONGEST_PLACE, LONGEST_PURPOSE = 80, 60


@dataclass(frozen=True)
class SignWish:
    """Where a sign hangs, for which scene, and why it asks."""

    place: str
    scene: str
    purpose: str


@dataclass(frozen=True)
class SignView:
    """A sign as it stands now. `verifier` is None where it may ask for nothing any more."""

    id: str
    organisation_id: str
    place: str
    scene: str
    purpose: str
    made_at: datetime
    ends_at: datetime
    revoked: bool
    verifier: Verifier | None


def make_sign(session: Session, organisation_id: str, wish: SignWish, *, by: Actor) -> PartnerSign:
    """Enter a sign for a year. Raises `NotFound`, `Conflict("partner_not_approved")`, `Invalid`."""
    organisation = require_approved(session, organisation_id)
    texts = (("place", wish.place, LONGEST_PLACE), ("purpose", wish.purpose, LONGEST_PURPOSE))
    faults = [
        FieldFault(at, "length") for at, text, most in texts if not 0 < len(text.strip()) <= most
    ]
    if wish.scene not in unpacked(organisation.scenes):
        faults.append(FieldFault("scene", "scene_unknown"))
    if faults:
        raise Invalid(fields=faults)
    now = clock.now()
    made = PartnerSign(
        id=new_id(),
        organisation_id=organisation_id,
        place=wish.place.strip(),
        scene=wish.scene,
        purpose=wish.purpose.strip(),
        made_at=now,
        ends_at=now + SIGN_LIFE,
    )
    session.add(made)
    session.flush()
    _note(session, AuditEvent.PARTNER_SIGN_MADE, by, made)
    return made


def revoke_sign(session: Session, sign_id: str, *, by: Actor) -> None:
    """Let a sign ask for nothing any more, at once. Raises `NotFound`."""
    found = session.get(PartnerSign, sign_id, with_for_update=True)
    if found is None:
        raise NotFound("partner_sign_not_found")
    found.revoked_at = found.revoked_at or clock.now()
    _note(session, AuditEvent.PARTNER_SIGN_REVOKED, by, found)


def sign_of(session: Session, sign_id: str) -> SignView:
    """Return one sign; `NotFound("partner_sign_not_found")`."""
    found = session.get(PartnerSign, sign_id)
    if found is None:
        raise NotFound("partner_sign_not_found")
    return _view(session, found)


def signs_of(session: Session, organisation_id: str) -> list[SignView]:
    """Return an organisation's signs, the newest first."""
    own = select(PartnerSign).where(PartnerSign.organisation_id == organisation_id)
    return [_view(session, each) for each in session.scalars(own.order_by(PartnerSign.id.desc()))]


def _view(session: Session, sign: PartnerSign) -> SignView:
    return SignView(
        sign.id,
        sign.organisation_id,
        sign.place,
        sign.scene,
        sign.purpose,
        sign.made_at,
        sign.ends_at,
        sign.revoked_at is not None,
        _verifier(session, sign),
    )


def _verifier(session: Session, sign: PartnerSign) -> Verifier | None:
    organisation = approved(session, sign.organisation_id)
    if organisation is None or not sign_holds(sign.revoked_at, sign.ends_at, clock.now()):
        return None
    scenes = unpacked(organisation.scenes) & {sign.scene}
    if not scenes:
        return None
    return Verifier(organisation.id, organisation.name, scenes, sign_id=sign.id)


def _note(session: Session, event: AuditEvent, by: Actor, sign: PartnerSign) -> None:
    facts = {"organisation": sign.organisation_id, "scene": sign.scene}
    note(session, event, actor=by, subject=Subject("partner_sign", sign.id), facts=facts)
