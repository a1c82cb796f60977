"""
Argon2id hashes of passwords, a bounded number at once.

Each takes 19 MiB and a few hundredths of a second: unbounded, a burst of sign-ins would take the
memory of the whole server. A password against no account costs the same as one against an account.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kiosk_server.core.errors import TooMany
from kiosk_server.core.identifiers import new_token

# RFC 9106 and OWASP's first choice for interactive use: m = 19 MiB, t = 2, p = 1.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = 4
_WAIT_SECONDS = 10
_turns = threading.BoundedSemaphore(_AT_ONCE)


@cache
def nobodys_hash() -> str:
    """Return the hash that stands in where there is no account."""
    return _hasher.hash(new_token())


def hash_of(password: str) -> str:
    """Return the Argon2id hash of *password*, with its salt and parameters."""
    with _Turn():
        return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Return whether *password* is the one that was hashed; raise `TooMany` when too many ask."""
    with _Turn():
        try:
            return _hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


class _Turn:
    """One of the few places in which a hash is computed."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=_WAIT_SECONDS):
            raise TooMany("too_many_sign_ins", retry_after_seconds=_WAIT_SECONDS)

    def __exit__(self, *fault: object) -> None:
        _turns.release()
