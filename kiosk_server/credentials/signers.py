"""
Signatures behind one interface: ES256 (P-256, what every phone verifies) and Ed25519; SM2 where
its extra is installed (`sm2_signers`).

The first two sign the same bytes into the same signature every time (RFC 6979, RFC 8032), so that
several servers publish one list and not several. A signature is r‖s or RFC 8032's 64 bytes, as COSE
(RFC 9053), JOSE (RFC 7518, 8037) and WebCrypto have it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
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
    """How a key signs, by its name in JOSE; SM2 has none registered there."""

    ES256 = "ES256"
    ED25519 = "Ed25519"
    SM2 = "SM2"


UNIVERSAL = (Algorithm.ES256, Algorithm.ED25519)
"""What every verifier can judge: lists, signs and statements are signed by these alone."""
SM2_EXTRA = "requirements-gm.txt"


def can_use(algorithm: Algorithm) -> bool:
    """Whether this server can sign and verify by *algorithm*; SM2 needs `SM2_EXTRA` installed."""
    return algorithm is not Algorithm.SM2 or find_spec("gmssl_pyx") is not None


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
        """Whether *signature* was made over *data* with this key, by its own algorithm.

        False as well for an algorithm that this server has not: ask `can_use` first.
        """
        if len(signature) != 2 * _HALF or not can_use(self.algorithm):
            return False
        if self.algorithm is Algorithm.SM2:
            from kiosk_server.credentials.sm2_signers import sm2_verifies  # noqa: PLC0415

            return sm2_verifies(self, signature, data)
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


class SoftwareSigner(Signer, Protocol):
    """A key whose private half lies in this process."""

    @property
    def public(self) -> PublicKey:
        """The half that is published."""
        ...

    @property
    def secret(self) -> bytes:
        """The private half, 32 bytes."""
        ...


class Es256Signer:
    """Signs with P-256 and SHA-256 in this process."""

    algorithm = Algorithm.ES256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        numbers = key.public_key().public_numbers()
        x, y = (urlsafe_b64encode(n.to_bytes(_HALF)).decode() for n in (numbers.x, numbers.y))
        self.public = named_key(self.algorithm, {"kty": "EC", "crv": "P-256", "x": x, "y": y})
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
        self.public = named_key(self.algorithm, {"kty": "OKP", "crv": "Ed25519", "x": x})
        self.kid = self.public.kid

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes over *data*."""
        return self._key.sign(data)

    @property
    def secret(self) -> bytes:
        """The private half, 32 bytes."""
        return self._key.private_bytes_raw()


def new_signer(algorithm: Algorithm) -> SoftwareSigner:
    """Return a signer with a new key; of an algorithm that `can_use` is true of."""
    if algorithm is Algorithm.SM2:
        from kiosk_server.credentials.sm2_signers import new_sm2_signer  # noqa: PLC0415

        return new_sm2_signer()
    if algorithm is Algorithm.ES256:
        return Es256Signer(ec.generate_private_key(ec.SECP256R1()))
    return Ed25519Signer(Ed25519PrivateKey.generate())


def signer_of(
    algorithm: Algorithm, secret: bytes, public: PublicKey | None = None
) -> SoftwareSigner:
    """Return the signer whose private half is *secret*, 32 bytes.

    SM2 needs *public* with it, and raises ValueError without.
    """
    if algorithm is Algorithm.SM2:
        from kiosk_server.credentials.sm2_signers import Sm2Signer  # noqa: PLC0415

        if public is None:
            raise ValueError("SM2 does not find the public half by itself")
        return Sm2Signer(secret, public)
    if algorithm is Algorithm.ES256:
        return Es256Signer(ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1()))
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))


def named_key(algorithm: Algorithm, jwk: Jwk) -> PublicKey:
    """Return the key of *jwk* under the id that its thumbprint gives it."""
    thumbprint = hashlib.sha256(canonical_json(dict(jwk)).encode()).digest()  # RFC 7638
    return PublicKey(urlsafe_b64encode(thumbprint).decode()[:_KID_LENGTH], algorithm, jwk)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode())
