"""Reading the cookies that Chromium wrote to disk, which a search of raw bytes cannot see.

Without a keyring (`--password-store=basic`, as the shell starts it) Chromium enciphers them with a
key that is the same on every Linux machine; newer profiles put the SHA-256 of the host in front.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

_BASIC = b"v10"
_BLOCK = 16


class CookiesUnreadable(Exception):
    """Cookies are there that cannot be read: another store's key, or a file being written."""


def cookie_values(path: Path) -> Iterator[bytes]:
    """What each cookie in a profile's `Cookies` file holds, in the clear.

    Raises `CookiesUnreadable`. The file is opened as immutable: Chromium holds its lock for as
    long as it runs.
    """
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        database = sqlite3.connect(address, uri=True)
        try:
            rows = database.execute("SELECT value, encrypted_value FROM cookies").fetchall()
        finally:
            database.close()
    except sqlite3.Error as fault:
        raise CookiesUnreadable(path.name) from fault
    for value, enciphered in rows:
        if value:
            yield str(value).encode()
        if enciphered:
            yield _deciphered(bytes(enciphered))


def _deciphered(enciphered: bytes) -> bytes:
    body = enciphered[len(_BASIC) :]
    if not enciphered.startswith(_BASIC) or not body or len(body) % _BLOCK:
        raise CookiesUnreadable("not enciphered with the basic store")
    opened = Cipher(algorithms.AES(_basic_key()), modes.CBC(b" " * _BLOCK)).decryptor()
    return opened.update(body) + opened.finalize()


def _basic_key() -> bytes:
    # Chromium's os_crypt for Linux; the constants are published and protect nothing.
    derived = PBKDF2HMAC(algorithm=SHA1(), length=_BLOCK, salt=b"saltysalt", iterations=1)  # noqa: S303
    return derived.derive(b"peanuts")
