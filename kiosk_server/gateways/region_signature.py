"""
How requests to the region's services and their answers are signed: HMAC-SHA-256 over canonical
text. Their calls to us are signed as our requests are.

Request: `POST`, path, `Kiosk-Timestamp`, `Kiosk-Nonce`, SHA-256 of the body, one a line. Answer:
status, the request's nonce, `Kiosk-Timestamp`, SHA-256 of the body: an answer belongs to exactly
one question and cannot be kept for another.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_token

MOST_SKEW_SECONDS = 120
TIMESTAMP, NONCE, SIGNATURE = "Kiosk-Timestamp", "Kiosk-Nonce", "Kiosk-Signature"


class NotBelieved(Exception):
    """An answer whose signature does not hold; `str` says what is wrong."""


class Unreadable(NotBelieved):
    """An answer of who it should be, that is no object of JSON."""


def signed_headers(key: bytes, *, method: str, path: str, body: bytes) -> dict[str, str]:
    """Return the headers of a request of now, its nonce among them."""
    nonce, timestamp = new_token(128), str(int(clock.now().timestamp()))
    signature = sign_request(
        key, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body
    )
    return {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: signature,
    }


def believed(
    key: bytes, *, nonce: str, status: int, headers: Mapping[str, str], content: bytes
) -> Mapping[str, Any]:
    """Return what an answer to the request with *nonce* says; raises `NotBelieved`.

    *headers* are found by their names in lower case.
    """
    timestamp = headers.get(TIMESTAMP.lower())
    expected = sign_answer(key, status=status, nonce=nonce, timestamp=timestamp or "", body=content)
    given = headers.get(SIGNATURE.lower())
    if not is_fresh(timestamp, clock.now()) or not holds(expected, given):
        raise NotBelieved("signature")
    try:
        told = json.loads(content)
    except ValueError:
        raise Unreadable("unreadable") from None
    if not isinstance(told, dict):
        raise Unreadable("unreadable")
    return told


def fault_of_call(
    key: bytes, *, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> str | None:
    """Return what is wrong with a call to us, `signature` or `stale`; None for a good one.

    *headers* are found by their names in lower case.
    """
    timestamp, nonce = headers.get(TIMESTAMP.lower()), headers.get(NONCE.lower())
    expected = sign_request(
        key, method=method, path=path, timestamp=timestamp or "", nonce=nonce or "", body=body
    )
    if not nonce or not holds(expected, headers.get(SIGNATURE.lower())):
        return "signature"
    return None if is_fresh(timestamp, clock.now()) else "stale"


def sign_request(
    key: bytes, *, method: str, path: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """Return the signature of a request, hexadecimal."""
    return _mac(key, "request", method, path, timestamp, nonce, body)


def sign_answer(key: bytes, *, status: int, nonce: str, timestamp: str, body: bytes) -> str:
    """Return the signature of an answer to the request with *nonce*, hexadecimal."""
    return _mac(key, "answer", str(status), nonce, timestamp, "", body)


def is_fresh(timestamp: str | None, now: datetime) -> bool:
    """Return whether a timestamp (Unix seconds) is within two minutes of *now*."""
    if timestamp is None or not timestamp.isdecimal():
        return False
    return abs(now.timestamp() - int(timestamp)) <= MOST_SKEW_SECONDS


def holds(expected: str, given: str | None) -> bool:
    """Compare two signatures in constant time."""
    return given is not None and hmac.compare_digest(expected.encode(), given.encode())


def _mac(key: bytes, *parts: str | bytes) -> str:
    body = parts[-1]
    digest = hashlib.sha256(body if isinstance(body, bytes) else body.encode()).hexdigest()
    text = "\n".join((*[str(part) for part in parts[:-1]], digest))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
