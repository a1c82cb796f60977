"""
Names for rows, secrets for people, codes for hands.

A row's id sorts by creation (a ULID in Crockford's base 32) so that indexes stay compact and a
list by id is a list by time. A secret is stored only as its digest.
"""

import hashlib
import re
import secrets
import threading
import time

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26
ID_PATTERN = f"^[{CROCKFORD}]{{{ID_LENGTH}}}$"
_ID = re.compile(ID_PATTERN)
_PAIRS = [first + second for first in CROCKFORD for second in CROCKFORD]
_SHIFTS = range(120, -1, -10)
_STEP_BITS = 64


class _Ascending:
    """Numbers of one process, each greater than the one before, as the ULID specification asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = 0

    def next(self) -> int:
        value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
        with self._lock:
            if value <= self._latest:
                value = self._latest + 1 + secrets.randbits(_STEP_BITS)
            self._latest = value
        return value


_ids = _Ascending()


def new_id() -> str:
    """Return a new row id: 48 bits of milliseconds, 80 random bits, 26 characters.

    Two rows that one process made in one millisecond keep their order.
    """
    value = _ids.next()
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])


def is_id(text: str) -> bool:
    """Return whether *text* could be a row's id: what is none need not be looked for."""
    return bool(_ID.fullmatch(text))


def new_token(bits: int = 256) -> str:
    """Return an unguessable URL-safe secret of *bits* random bits."""
    return secrets.token_urlsafe(bits // 8)


def new_mark() -> str:
    """Return 128 random bits as 32 lower-case hexadecimal digits: a word to be looked for.

    Hexadecimal, because no encoding of text on the way escapes or folds its characters.
    """
    return secrets.token_hex(16)


def digest(secret: str) -> str:
    """Return what is stored of a random *secret*: SHA-256, 64 hexadecimal characters.

    Only for secrets of 128 bits and more; short codes need a keyed digest (`Keyring.mac`).
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def new_code(length: int, alphabet: str = "0123456789") -> str:
    """Return a random code of *length* characters for a person to type."""
    rest, found = secrets.randbelow(len(alphabet) ** length), ""
    for _ in range(length):
        rest, place = divmod(rest, len(alphabet))
        found += alphabet[place]
    return found
