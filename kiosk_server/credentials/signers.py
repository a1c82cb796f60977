"""
Signatures behind one interface: ES256 (P-256, what every phone verifies) and Ed25519.

Both sign the same bytes into the same signature every time (RFC 6979, RFC 8032), so that several
servers publish one list and not several. A signature is r‖s or RFC 8032's 64 bytes, as COSE (RFC
9053), JOSE (RFC 7518, 8037) and WebCrypto have it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from kiosk_server.core.database import canonical_json

_HALF = 32
_KID_LENGTH = 11
"""Characters of a key id: 66 bits of the key's thumbprint."""
Jwk = Mapping[str, str]


class Algorithm(StrEnum):
    """How a key signs, by its name in JOSE."""

    ES256 = "ES256"
    ED25519 = "Ed25519"


class Signer(Protocol):
    """A key that signs; where it lies, in this process or in a cipher machine, is its own."""

    @property
    def kid(self) -> str:
        """The key's id, which verifiers find its public half by."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature over *data*, 64 bytes."""
        ...


@dataclass(frozen=True)
class PublicKey:
    """The published half of an issuer key: id, algorithm, and the members of its JWK."""

    kid: str
    algorithm: Algorithm
    jwk: Jwk

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether *signature* was made over *data* with this key, by its own algorithm."""
        if len(signature) != 2 * _HALF:
            return False
        try:
            if self.algorithm is Algorithm.ES256:
                halves = (int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:]))
                self._p256().verify(encode_dss_signature(*halves), data, ec.ECDSA(hashes.SHA256()))
            else:
                Ed25519PublicKey.from_public_bytes(self.x).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def x(self) -> bytes:
        """The first coordinate, or the whole key of Ed25519."""
        return _bytes(self.jwk["x"])

    @property
    def y(self) -> bytes | None:
        """The second coordinate; None for Ed25519."""
        return _bytes(self.jwk["y"]) if "y" in self.jwk else None

    @property
    def published(self) -> dict[str, str]:
        """The JWK as it stands in a key set (RFC 7517)."""
        return {**self.jwk, "kid": self.kid, "alg": self.algorithm.value, "use": "sig"}

    def _p256(self) -> ec.EllipticCurvePublicKey:
        x, y = int.from_bytes(self.x), int.from_bytes(self.y or b"")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


class Es256Signer:
    """Signs with P-256 and SHA-256 in this process."""

    algorithm = Algorithm.ES256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        numbers = key.public_key().public_numbers()
        x, y = (urlsafe_b64encode(n.to_bytes(_HALF)).decode() for n in (numbers.x, numbers.y))
        self.public = _named(self.algorithm, {"kty": "EC", "crv": "P-256", "x": x, "y": y})
        self.kid = self.public.kid

    def sign(self, data: bytes) -> bytes:
        """Return r‖s over *data*."""
        made = self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(half.to_bytes(_HALF) for half in decode_dss_signature(made))

    @property
    def secret(self) -> bytes:
        """The private half, 32 bytes."""
        return self._key.private_numbers().private_value.to_bytes(_HALF)


class Ed25519Signer:
    """Signs with Ed25519 in this process."""

    algorithm = Algorithm.ED25519

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        x = urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()
        self.public = _named(self.algorithm, {"kty": "OKP", "crv": "Ed25519", "x": x})
        self.kid = self.public.kid

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes over *data*."""
        return self._key.sign(data)

    @property
    def secret(self) -> bytes:
        """The private half, 32 bytes."""
        return self._key.private_bytes_raw()


SoftwareSigner = Es256Signer | Ed25519Signer


def new_signer(algorithm: Algorithm) -> SoftwareSigner:
    """Return a signer with a new key."""
    if algorithm is Algorithm.ES256:
        return Es256Signer(ec.generate_private_key(ec.SECP256R1()))
    return Ed25519Signer(Ed25519PrivateKey.generate())


def signer_of(algorithm: Algorithm, secret: bytes) -> SoftwareSigner:
    """Return the signer whose private half is *secret*, 32 bytes."""
    if algorithm is Algorithm.ES256:
        return Es256Signer(ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1()))
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))


def _named(algorithm: Algorithm, jwk: Jwk) -> PublicKey:
    thumbprint = hashlib.sha256(canonical_json(dict(jwk)).encode()).digest()  # RFC 7638
    return PublicKey(urlsafe_b64encode(thumbprint).decode()[:_KID_LENGTH], algorithm, jwk)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode())
