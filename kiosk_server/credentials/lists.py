"""
The two lists that a verifier keeps (信任清单、状态清单): whose keys are believed, and which codes
no longer serve. Both are CWTs in COSE_Sign1 with a type of their own in the header. Pure.

A trust list is believed if a key signed it that the list before it names: keys are announced long
enough before they sign. The first one comes over TLS from the issuer itself. An older version
than the one at hand is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc.util import urlsafe_b64encode

from kiosk_server.credentials import status
from kiosk_server.credentials.cose import (
    NUMBERS,
    Claims,
    NotCose,
    Sign1,
    claims_in,
    cose_key,
    read_sign1,
    sign1,
)
from kiosk_server.credentials.signers import Algorithm, PublicKey, Signer

TRUST_TYPE = "application/trust-list+cwt"
STATUS_TYPE = "application/statuslist+cwt"
_ISS, _SUB, _EXP, _IAT, _TTL, _LIST = 1, 2, 4, 6, 65534, 65533
_VERSION, _ISSUERS, _ADDRESS, _KEYS = "version", "issuers", "statuses", "keys"
_ALGORITHMS = {number: algorithm for algorithm, number in NUMBERS.items()}
_CURVES = {Algorithm.ES256: "P-256", Algorithm.SM2: "SM2"}
_OKP, _EC2 = 1, 2


class ListRefused(Exception):
    """A list that is none, was not signed by whom we believe, or is older than ours."""


@dataclass(frozen=True)
class Issuer:
    """Somebody whose codes are believed, with the keys that may sign them."""

    id: str
    """Its origin, as codes name it."""
    status_address: str
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True)
class TrustList:
    """Whose codes are believed; in force until `next_update`."""

    version: int
    issued_at: datetime
    next_update: datetime
    issuers: tuple[Issuer, ...]

    def find(self, kid: str) -> tuple[str, PublicKey] | tuple[None, None]:
        """Return whose key *kid* is, and the key."""
        for issuer in self.issuers:
            for key in issuer.keys:
                if key.kid == kid:
                    return issuer.id, key
        return None, None


@dataclass(frozen=True)
class StatusList:
    """The states of one list's credentials as of `issued_at`; in force until `expires_at`."""

    address: str
    issued_at: datetime
    expires_at: datetime
    bits: bytes


def write_trust_list(signer: Signer, trust: TrustList, *, issuer: str) -> bytes:
    """Return *trust* signed by one of its own keys."""
    told = [
        {
            "iss": each.id,
            _ADDRESS: each.status_address,
            _KEYS: [cose_key(key) for key in each.keys],
        }
        for each in trust.issuers
    ]
    claims: Claims = {
        _ISS: issuer,
        _EXP: int(trust.next_update.timestamp()),
        _IAT: int(trust.issued_at.timestamp()),
        _VERSION: trust.version,
        _ISSUERS: told,
    }
    return sign1(signer, claims, typ=TRUST_TYPE)


def read_trust_list(data: bytes, *, known: TrustList | None) -> TrustList:
    """Return the list in *data*; *known* is the one at hand, None for the first, from its issuer.

    Raises `ListRefused`.
    """
    message, claims = _signed(data, TRUST_TYPE)
    try:
        trust = TrustList(
            version=int(claims[_VERSION]),
            issued_at=_moment(claims[_IAT]),
            next_update=_moment(claims[_EXP]),
            issuers=tuple(_issuer(each) for each in claims[_ISSUERS]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise ListRefused from None
    believed = known or trust
    if not _made_by(message, believed, str(claims.get(_ISS))):
        raise ListRefused
    if known is not None and (trust.version, trust.issued_at) < (known.version, known.issued_at):
        raise ListRefused
    return trust


def write_status_list(
    signer: Signer,
    statuses: Mapping[int, status.Status],
    head: StatusList,
    *,
    issuer: str,
    ttl: int,
) -> bytes:
    """Return *statuses* signed, with the address and times of *head*; *ttl* is in seconds."""
    claims: Claims = {
        _ISS: issuer,
        _SUB: head.address,
        _EXP: int(head.expires_at.timestamp()),
        _IAT: int(head.issued_at.timestamp()),
        _TTL: ttl,
        _LIST: {"bits": status.BITS, "lst": status.packed(statuses)},
    }
    return sign1(signer, claims, typ=STATUS_TYPE)


def read_status_list(data: bytes, trust: TrustList) -> StatusList:
    """Return the list in *data*, signed by the issuer that *trust* names for its address.

    Raises `ListRefused`.
    """
    message, claims = _signed(data, STATUS_TYPE)
    issuer = str(claims.get(_ISS))
    if not _made_by(message, trust, issuer):
        raise ListRefused
    try:
        listed = claims[_LIST]
        bits = status.unpacked(bytes(listed["lst"])) if listed["bits"] == status.BITS else None
        found = StatusList(
            str(claims[_SUB]), _moment(claims[_IAT]), _moment(claims[_EXP]), bits or b""
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise ListRefused from None
    own = {(each.id, each.status_address) for each in trust.issuers}
    if bits is None or (issuer, found.address) not in own:
        raise ListRefused
    return found


def _signed(data: bytes, typ: str) -> tuple[Sign1, Claims]:
    try:
        message = read_sign1(data)
        claims = claims_in(message)
    except NotCose:
        raise ListRefused from None
    if message.typ != typ:
        raise ListRefused
    return message, claims


def _made_by(message: Sign1, trust: TrustList, issuer: str) -> bool:
    owner, key = trust.find(message.kid)
    return key is not None and owner == issuer and message.signed_by(key)


def _issuer(told: Mapping[str, Any]) -> Issuer:
    keys: Sequence[Mapping[int, Any]] = told[_KEYS]
    found = tuple(_key(each) for each in keys)
    return Issuer(str(told["iss"]), str(told[_ADDRESS]), found)


def _key(told: Mapping[int, Any]) -> PublicKey:
    algorithm = _ALGORITHMS[told[3]]
    x = urlsafe_b64encode(bytes(told[-2])).decode()
    if algorithm in _CURVES and told[1] == _EC2:
        y = urlsafe_b64encode(bytes(told[-3])).decode()
        jwk = {"kty": "EC", "crv": _CURVES[algorithm], "x": x, "y": y}
    elif algorithm is Algorithm.ED25519 and told[1] == _OKP:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
    else:
        raise ValueError
    return PublicKey(bytes(told[2]).decode("ascii"), algorithm, jwk)


def _moment(value: Any) -> datetime:
    if not isinstance(value, int):
        raise TypeError
    return datetime.fromtimestamp(value, UTC)
