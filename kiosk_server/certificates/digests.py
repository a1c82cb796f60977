"""
Digests of documents: SHA-256, or SM3 (GB/T 32905) where a setting asks for it.

The algorithm is named beside each digest, so that the setting may change while papers are out.
"""

import hashlib
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from sqlalchemy.orm import Session

LENT_AS = "digest_algorithm"
"""The name under which the setting is lent to sessions."""


class DigestAlgorithm(StrEnum):
    """Algorithms by the names that stand beside their digests."""

    SHA_256 = "sha-256"
    SM3 = "sm3"


def digest_of(data: bytes, algorithm: DigestAlgorithm) -> str:
    """Return the digest of `data`: 64 hexadecimal characters with either algorithm."""
    if algorithm is DigestAlgorithm.SHA_256:
        return hashlib.sha256(data).hexdigest()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(data)
    return sm3.finalize().hex()


def algorithm_in_force(session: Session) -> DigestAlgorithm:
    """Return the algorithm for new digests; SHA-256 where nobody lent another."""
    return DigestAlgorithm(session.info.get(LENT_AS, DigestAlgorithm.SHA_256))
