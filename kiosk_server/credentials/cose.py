"""
COSE_Sign1 (RFC 9052) and COSE_Key: signed bytes, and keys, in CBOR.

Algorithm, key id and type stand in the protected header and are believed nowhere else. Only
definite, small CBOR is read: what a stranger shows may not cost us memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from kiosk_server.credentials.signers import Algorithm, PublicKey, Signer

SIGN1_TAG = 18
ALG, KID, TYP = 1, 4, 16
SM2_NUMBER = -132918
"""SM2 with SM3 as algorithm, and its curve as curve, after GB/T 32918: neither registry has them,
and both leave what is below -65536 to private use."""
NUMBERS = {Algorithm.ES256: -7, Algorithm.ED25519: -8, Algorithm.SM2: SM2_NUMBER}
_KTY, _KEY_ID, _KEY_ALG, _CRV, _X, _Y = 1, 2, 3, -1, -2, -3
_OKP, _EC2, _P256, _ED25519 = 1, 2, 1, 6
_CONTEXT = "Signature1"
Claims = dict[Any, Any]


class NotCose(Exception):
    """What was given is no COSE_Sign1 of the kind that is read here."""


@dataclass(frozen=True)
class Sign1:
    """A signed message that nobody has verified yet."""

    algorithm: int
    kid: str
    typ: str | int | None
    payload: bytes
    signature: bytes
    signed: bytes
    """The bytes that the signature covers."""

    def names(self, key: PublicKey) -> bool:
        """Whether the header names *key* and its algorithm; a key takes no other than its own."""
        return self.algorithm == NUMBERS[key.algorithm] and self.kid == key.kid

    def signed_by(self, key: PublicKey) -> bool:
        """Whether *key* made this."""
        return self.names(key) and key.verifies(self.signature, self.signed)


def sign1(signer: Signer, payload: Mapping[Any, Any], *, typ: str | int) -> bytes:
    """Return *payload* signed, tagged as COSE_Sign1."""
    header = {ALG: NUMBERS[signer.algorithm], KID: signer.kid.encode(), TYP: typ}
    guarded, body = cbor2.dumps(header), cbor2.dumps(dict(payload))
    signature = signer.sign(_covered(guarded, body))
    return cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, [guarded, {}, body, signature]))


def read_sign1(data: bytes) -> Sign1:
    """Return the message in *data*, unverified; raises `NotCose`."""
    outer = _loads(data)
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != SIGN1_TAG:
        raise NotCose
    parts = outer.value
    if not isinstance(parts, list) or len(parts) != 4:
        raise NotCose
    guarded, _, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (guarded, payload, signature)):
        raise NotCose
    header = _loads(guarded)
    if not isinstance(header, dict) or not isinstance(header.get(ALG), int):
        raise NotCose
    kid = header.get(KID)
    if not isinstance(kid, bytes) or not kid.isascii():
        raise NotCose
    covered = _covered(guarded, payload)
    return Sign1(header[ALG], kid.decode(), header.get(TYP), payload, signature, covered)


def claims_in(message: Sign1) -> Claims:
    """Return the map that was signed; raises `NotCose`."""
    claims = _loads(message.payload)
    if not isinstance(claims, dict):
        raise NotCose
    return claims


def cose_key(key: PublicKey) -> dict[int, Any]:
    """Return the COSE_Key (RFC 9052, 7) of a published key."""
    made: dict[int, Any] = {_KEY_ID: key.kid.encode(), _KEY_ALG: NUMBERS[key.algorithm]}
    if key.y is None:
        return {_KTY: _OKP, **made, _CRV: _ED25519, _X: key.x}
    curve = SM2_NUMBER if key.algorithm is Algorithm.SM2 else _P256
    return {_KTY: _EC2, **made, _CRV: curve, _X: key.x, _Y: key.y}


def key_set(keys: list[PublicKey]) -> bytes:
    """Return the COSE_KeySet of *keys*."""
    return cbor2.dumps([cose_key(key) for key in keys])


def _covered(guarded: bytes, payload: bytes) -> bytes:
    return cbor2.dumps([_CONTEXT, guarded, b"", payload])


def _loads(data: bytes) -> Any:
    try:
        return cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, RecursionError):
        raise NotCose from None
