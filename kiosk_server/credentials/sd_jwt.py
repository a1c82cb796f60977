"""
Selective disclosure (选择性披露): an SD-JWT (RFC 9901) whose holder chooses what is read. Pure.

    issue     the issuer signs digests of what may be told; the holder keeps the disclosures
    present   the holder adds the disclosures he chose and signs for one verifier and one nonce
    verify    the verifier reads what was chosen and learns nothing else

Only flat claims and arrays of none: what this house states is one word each. Decoys hide how many
statements there are.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from kiosk_server.core.database import canonical_json
from kiosk_server.credentials.signers import Algorithm, Jwk, PublicKey, Signer
from kiosk_server.residents.phone_keys import checked_key

TYPE, BINDING_TYPE = "dc+sd-jwt", "kb+jwt"
LEEWAY = timedelta(seconds=60)
BINDING_LIFE = timedelta(minutes=5)
"""How old a holder's signature may be."""
LONGEST = 16_000
_DIGESTS = 8
"""Digests of every credential, decoys among them."""
_RESERVED = frozenset({"_sd", "_sd_alg", "...", "iss", "nbf", "exp", "cnf", "vct", "status", "iat"})
Json = str | int | bool | None
FindKey = Callable[[str, str], PublicKey | None]
"""Issuer and key id -> the key that is believed."""


class DisclosureReason(StrEnum):
    """Why a presentation is not believed."""

    UNREADABLE = "unreadable"
    UNKNOWN_ISSUER = "unknown_issuer"
    ALTERED = "altered"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WRONG_AUDIENCE = "wrong_audience"
    ALREADY_USED = "already_used"
    """Signed for another nonce, or too long ago."""
    NOT_THE_HOLDER = "not_the_holder"
    """Without the holder's signature, or with somebody else's."""


class DisclosureRefused(Exception):
    """A presentation that is not believed; *reason* says why."""

    def __init__(self, reason: DisclosureReason) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True)
class Disclosed:
    """What was told, besides who issued it and of what type it is."""

    issuer: str
    type: str
    claims: Mapping[str, Json]
    holder_jwk: Jwk


def issue(
    signer: Signer,
    *,
    issuer: str,
    kind: str,
    statements: Mapping[str, Json],
    holder_jwk: Jwk,
    now: datetime,
    expires_at: datetime,
) -> str:
    """Return the credential with all its disclosures, for the holder of *holder_jwk* alone."""
    disclosures = [_disclosure(name, value) for name, value in statements.items()]
    digests = [_digest(each) for each in disclosures]
    digests += [_digest(secrets.token_urlsafe(32)) for _ in range(_DIGESTS - len(digests))]
    body = {
        "iss": issuer,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        "vct": kind,
        "cnf": {"jwk": dict(holder_jwk)},
        # Sorted, so that their order tells nothing of what stands behind them.
        "_sd": sorted(digests),
        "_sd_alg": "sha-256",
    }
    return "~".join([_jws(signer, TYPE, body, kid=signer.kid), *disclosures, ""])


def present(
    credential: str,
    names: Sequence[str],
    *,
    holder: Signer,
    audience: str,
    nonce: str,
    now: datetime,
) -> str:
    """Return *credential* with the statements *names* alone, signed for one verifier's nonce."""
    jwt, *disclosures, _ = credential.split("~")
    kept = [each for each in disclosures if _opened(each)[0] in names]
    told = "~".join([jwt, *kept, ""])
    body = {"iat": int(now.timestamp()), "aud": audience, "nonce": nonce, "sd_hash": _digest(told)}
    return told + _jws(holder, BINDING_TYPE, body)


def verify(
    presentation: str, *, find_key: FindKey, audience: str, nonce: str, now: datetime
) -> Disclosed:
    """Return what a presentation tells *audience* under its *nonce*; raises `DisclosureRefused`."""
    jwt, _, rest = presentation.partition("~")
    if len(presentation) > LONGEST or not rest:
        raise DisclosureRefused(DisclosureReason.UNREADABLE)
    *disclosures, binding = rest.split("~")
    header, body = _parts(jwt)
    issuer = str(body.get("iss"))
    key = find_key(issuer, str(header.get("kid")))
    if key is None:
        raise DisclosureRefused(DisclosureReason.UNKNOWN_ISSUER)
    if header.get("typ") != TYPE or not _signed(jwt, header, key):
        raise DisclosureRefused(DisclosureReason.ALTERED)
    _in_time(body, now)
    claims = _told(body, disclosures)
    jwk = _holder_jwk(body)
    told = presentation.removesuffix(binding)
    _check_binding(binding, told, jwk, audience=audience, nonce=nonce, now=now)
    return Disclosed(issuer, str(body.get("vct")), claims, jwk)


def _in_time(body: Mapping[str, Any], now: datetime) -> None:
    if now > _moment(body.get("exp")) + LEEWAY:
        raise DisclosureRefused(DisclosureReason.EXPIRED)
    if now < _moment(body.get("nbf", body.get("iat"))) - LEEWAY:
        raise DisclosureRefused(DisclosureReason.NOT_YET_VALID)


def _told(body: Mapping[str, Any], disclosures: Sequence[str]) -> dict[str, Json]:
    digests = body.get("_sd")
    if not isinstance(digests, list) or body.get("_sd_alg", "sha-256") != "sha-256":
        raise DisclosureRefused(DisclosureReason.UNREADABLE)
    told: dict[str, Json] = {}
    for each in disclosures:
        name, value = _opened(each)
        # What the issuer did not sign, or what would speak over what it did, is refused whole.
        if digests.count(_digest(each)) != 1 or name in told or name in body or name in _RESERVED:
            raise DisclosureRefused(DisclosureReason.ALTERED)
        told[name] = value
    return told


def _check_binding(
    binding: str, told: str, jwk: Jwk, *, audience: str, nonce: str, now: datetime
) -> None:
    if not binding:
        raise DisclosureRefused(DisclosureReason.NOT_THE_HOLDER)
    header, body = _parts(binding)
    algorithm = Algorithm.ES256 if jwk["kty"] == "EC" else Algorithm.ED25519
    if header.get("typ") != BINDING_TYPE or not _signed(
        binding, header, PublicKey("", algorithm, jwk)
    ):
        raise DisclosureRefused(DisclosureReason.NOT_THE_HOLDER)
    if body.get("sd_hash") != _digest(told):
        raise DisclosureRefused(DisclosureReason.ALTERED)
    if body.get("aud") != audience:
        raise DisclosureRefused(DisclosureReason.WRONG_AUDIENCE)
    age = now - _moment(body.get("iat"))
    if body.get("nonce") != nonce or not -LEEWAY <= age <= BINDING_LIFE:
        raise DisclosureRefused(DisclosureReason.ALREADY_USED)


def _holder_jwk(body: Mapping[str, Any]) -> Jwk:
    named = body.get("cnf")
    jwk = named.get("jwk") if isinstance(named, dict) else None
    taken = checked_key(jwk) if isinstance(jwk, dict) else None
    if taken is None:
        raise DisclosureRefused(DisclosureReason.NOT_THE_HOLDER)
    return taken


def _disclosure(name: str, value: Json) -> str:
    salted = canonical_json([secrets.token_urlsafe(16), name, value])
    return urlsafe_b64encode(salted.encode()).decode()


def _opened(disclosure: str) -> tuple[str, Json]:
    parts = _json(disclosure)
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[1], str):
        raise DisclosureRefused(DisclosureReason.UNREADABLE)
    return parts[1], parts[2]


def _digest(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _jws(signer: Signer, typ: str, body: Mapping[str, Any], **named: str) -> str:
    header = {"alg": signer.algorithm.value, "typ": typ, **named}
    parts = (canonical_json(dict(part)).encode() for part in (header, body))
    signed = ".".join(urlsafe_b64encode(part).decode() for part in parts)
    return f"{signed}.{urlsafe_b64encode(signer.sign(signed.encode())).decode()}"


def _signed(jwt: str, header: Mapping[str, Any], key: PublicKey) -> bool:
    # EdDSA is what RFC 8037 called Ed25519; the algorithm is the key's, never the header's choice.
    names = {Algorithm.ES256: ("ES256",), Algorithm.ED25519: ("Ed25519", "EdDSA")}
    # No other signs statements: JOSE has no name for SM2.
    if header.get("alg") not in names.get(key.algorithm, ()):
        return False
    signed, _, signature = jwt.rpartition(".")
    return key.verifies(_bytes(signature), signed.encode())


def _parts(jwt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = jwt.split(".")
    read = [_json(part) for part in parts[:2]]
    if len(parts) != 3 or not all(isinstance(part, dict) for part in read):
        raise DisclosureRefused(DisclosureReason.UNREADABLE)
    return read[0], read[1]


def _json(text: str) -> Any:
    try:
        return json.loads(_bytes(text))
    except (ValueError, RecursionError):
        raise DisclosureRefused(DisclosureReason.UNREADABLE) from None


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        raise DisclosureRefused(DisclosureReason.UNREADABLE) from None


def _moment(value: Any) -> datetime:
    if not isinstance(value, int):
        raise DisclosureRefused(DisclosureReason.UNREADABLE)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise DisclosureRefused(DisclosureReason.UNREADABLE) from None
