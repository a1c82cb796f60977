"""
The code on a verifier's sign (立牌码): a name of ours with a signature over what the sign says.

    sign_code(session, sign)            the text behind `/sign/`, printed once
    read_sign(session, code)            SignRead | SignRefused

The signature covers organisation, place, scene, purpose and end as the row has them: a code that
was made up, or whose row was moved to another organisation or place, is no sign of ours. Paper
outlives keys: one that retired by its timetable left no private half and still vouches here, where
the row is looked at as well; one that was withdrawn does not.
"""

import re
from binascii import Error as BinasciiError
from dataclasses import dataclass
from enum import StrEnum

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.credentials import keys
from kiosk_server.partners.rules import Verifier
from kiosk_server.partners.signs import SignView, sign_of

SIGN_PATH = "/sign/"
LONGEST_CODE = 160
_CONTEXT = "city-sign/1"
_FORM = re.compile(r"[0-9a-z]{26}\.[0-9A-Za-z_-]{11}\.[0-9A-Za-z_-]{86}")


class SignReason(StrEnum):
    """Why a sign is not believed."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"
    ALTERED = "altered"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """Its organisation took it back, or is itself not approved (any more)."""


@dataclass(frozen=True)
class SignRead:
    """A sign that is good now: whose, where, for what."""

    id: str
    place: str
    scene: str
    purpose: str
    verifier: Verifier


@dataclass(frozen=True)
class SignRefused:
    """Why a sign asks for nobody."""

    reason: SignReason


def looks_like_sign(code: str) -> bool:
    """Whether *code* has the form of a sign's; its signature is looked at by `read_sign`."""
    return len(code) <= LONGEST_CODE and _FORM.fullmatch(code) is not None


def sign_code(session: Session, sign: SignView) -> str:
    """Return the code of *sign*; `Unavailable("issuer_key_missing")` before the first key."""
    signer = keys.signer(session)
    signature = urlsafe_b64encode(signer.sign(_covered(sign))).decode()
    return f"{sign.id}.{signer.kid}.{signature}"


def read_sign(session: Session, code: str) -> SignRead | SignRefused:
    """Return what the sign with this code asks, or why it is not believed."""
    if not looks_like_sign(code):
        return SignRefused(SignReason.UNREADABLE)
    sign_id, kid, signature = code.split(".")
    sign, key = _found(session, sign_id), keys.key_that_signed(session, kid)
    if sign is None or key is None:
        return SignRefused(SignReason.NOT_OURS)
    if not key.verifies(_bytes(signature), _covered(sign)):
        return SignRefused(SignReason.ALTERED)
    if sign.verifier is None:
        over = not sign.revoked and sign.ends_at <= clock.now()
        return SignRefused(SignReason.EXPIRED if over else SignReason.REVOKED)
    return SignRead(sign.id, sign.place, sign.scene, sign.purpose, sign.verifier)


def _found(session: Session, sign_id: str) -> SignView | None:
    try:
        return sign_of(session, sign_id) if is_id(sign_id) else None
    except NotFound:
        return None


def _covered(sign: SignView) -> bytes:
    told = {
        "sign": sign.id,
        "organisation": sign.organisation_id,
        "place": sign.place,
        "scene": sign.scene,
        "purpose": sign.purpose,
        "ends": int(sign.ends_at.timestamp()),
    }
    return f"{_CONTEXT}\n{canonical_json(told)}".encode()


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.encode())
    except (BinasciiError, ValueError):
        return b""
