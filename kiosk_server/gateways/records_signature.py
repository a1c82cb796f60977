"""
How requests to the records service and its answers are signed: HMAC-SHA-256 over canonical text.

Request: `POST`, path, `Kiosk-Timestamp`, `Kiosk-Nonce`, SHA-256 of the body, one a line. Answer:
status, the request's nonce, `Kiosk-Timestamp`, SHA-256 of the body: an answer belongs to exactly
one question and cannot be kept for another.
"""

import hashlib
import hmac
from datetime import datetime

MOST_SKEW_SECONDS = 120
TIMESTAMP, NONCE, SIGNATURE = "Kiosk-Timestamp", "Kiosk-Nonce", "Kiosk-Signature"


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
