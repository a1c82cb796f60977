"""
The key that a phone makes for itself (设备密钥): which public keys are taken, and how kept.

P-256 or Ed25519 as a JWK (RFC 7517); nothing private, no other member. Reading it with the same
library that will verify with it keeps a point off the curve out.
"""

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

_MEMBERS = {
    ("EC", "P-256"): ("kty", "crv", "x", "y"),
    ("OKP", "Ed25519"): ("kty", "crv", "x"),
}
_COORDINATE = 43
"""32 bytes in base64url without padding."""


def checked_key(jwk: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the public members of *jwk*, or None if it is no public key that is taken here."""
    members = _MEMBERS.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if members is None or "d" in jwk:
        return None
    plain = {name: jwk.get(name) for name in members}
    texts = {name: value for name, value in plain.items() if isinstance(value, str)}
    if len(texts) != len(members) or any(len(texts[at]) != _COORDINATE for at in members[2:]):
        return None
    kind = ECKey if texts["kty"] == "EC" else OKPKey
    try:
        kind.import_key(dict(texts)).public_key  # noqa: B018 - the point is computed here
    except (JoseError, ValueError):
        return None
    return texts
