"""
A head of the chain: how far it reached and what its last link was, signed.

Cutting off the end of the chain leaves a shorter chain that is whole in itself. Only a head kept
elsewhere tells that there was more.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from kiosk_server.core.database import canonical_json

HEAD_VERSION = 1
_PURPOSE = b"kiosk:audit-head\n"


@dataclass(frozen=True)
class Head:
    """The chain as it stood `at` a moment (RFC 3339, UTC): its last sequence and link."""

    sequence: int
    chain: str
    at: str
    mac: str
    version: int = HEAD_VERSION

    def as_line(self) -> str:
        """Return the head as one line of canonical JSON."""
        return canonical_json(asdict(self))


def signed_head(key: bytes, *, sequence: int, chain: str, at: str) -> Head:
    """Return the head of a chain that reached *sequence*, signed with the audit *key*."""
    return Head(sequence=sequence, chain=chain, at=at, mac=_mac(key, sequence, chain, at))


def is_genuine(head: Head, key: bytes) -> bool:
    """Return whether *head* was signed with *key*."""
    return hmac.compare_digest(head.mac, _mac(key, head.sequence, head.chain, head.at))


def read_line(line: str) -> Head | None:
    """Return the head that stands on *line*, or None for a line that holds none."""
    try:
        values = json.loads(line)
        head = Head(**values)
    except (TypeError, ValueError):
        return None
    texts = all(isinstance(value, str) for value in (head.chain, head.at, head.mac))
    return head if texts and type(head.sequence) is int else None


def _mac(key: bytes, sequence: int, chain: str, at: str) -> str:
    message = canonical_json([HEAD_VERSION, sequence, chain, at]).encode()
    return hmac.digest(key, _PURPOSE + message, hashlib.sha256).hex()
