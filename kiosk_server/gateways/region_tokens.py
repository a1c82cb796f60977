"""
Whether an identity token may be believed (OpenID Connect Core 3.1.3.7): signature, issuer,
audience, time, nonce. ES256 and RS256 alone: neither `none` nor a shared secret proves an issuer.

Keys are fetched once and kept; a token signed with a key that is not among them has them fetched
again, at most once a minute, so that the issuer can rotate and nobody can make us ask without end.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

ALGORITHMS = ("ES256", "RS256")
ASK_AGAIN_AFTER = timedelta(minutes=1)
LEEWAY_SECONDS = 60
OLDEST = timedelta(minutes=10)


class NotBelieved(Exception):
    """The token proves nothing; `str` names the check that failed."""


class RegionKeys:
    """The issuer's public keys, fetched through *fetch* when one is missing."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._asked_at: datetime | None = None

    def with_key(self, key_id: str | None, now: datetime) -> KeySet:
        """Return the keys, fetched again where *key_id* is none of them."""
        if self._keys is None or (not self._has(key_id) and self._may_ask(now)):
            self._asked_at = now
            try:
                self._keys = KeySet.import_key_set({"keys": _signing(self._fetch())})
            except (JoseError, ValueError, TypeError) as fault:
                raise NotBelieved("keys") from fault
        return self._keys

    def _has(self, key_id: str | None) -> bool:
        return self._keys is not None and any(key.kid == key_id for key in self._keys.keys)

    def _may_ask(self, now: datetime) -> bool:
        return self._asked_at is None or now - self._asked_at >= ASK_AGAIN_AFTER


def believed_claims(
    token: str, keys: RegionKeys, *, issuer: str, client: str, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Return the claims of an identity token for *client*, or raise `NotBelieved`."""
    try:
        header = extract_compact(token.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise NotBelieved("algorithm")
        known = keys.with_key(header.get("kid"), now)
        claims = jwt.decode(token, known, algorithms=list(ALGORITHMS)).claims
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": client},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as fault:
        raise NotBelieved(type(fault).__name__) from fault
    _check_rest(claims, client=client, nonce=nonce, now=now)
    return claims


def _check_rest(claims: Mapping[str, Any], *, client: str, nonce: str, now: datetime) -> None:
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NotBelieved("nonce")
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client:
        raise NotBelieved("authorised_party")
    if now.timestamp() - int(claims["iat"]) > OLDEST.total_seconds() + LEEWAY_SECONDS:
        raise NotBelieved("old")


def _signing(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    # A key of another kind in the set (an encryption key, a shared one) verifies nothing here.
    kinds = ("EC", "RSA")
    return [
        dict(key) for key in told["keys"] if key.get("kty") in kinds and key.get("use") != "enc"
    ]
