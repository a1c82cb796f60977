"""
Keys, and the four things done with them.

Personal fields are sealed with AES-256-GCM-SIV (RFC 8452; a repeated nonce harms less than with
GCM). The associated data names table, column and row, so that a value moved to another row does
not open. The key's id is kept in front of the ciphertext, so that keys can be rotated on a live
database. Equality is found by a blind index, a keyed digest that only the server can make.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from kiosk_server.core.errors import KioskError

_VERSION = b"\x01"
_NONCE_BYTES = 12
KEY_ID_BYTES = 8


class SealBroken(KioskError):
    """A sealed value does not open: moved, altered, or its key is gone."""

    default_code = "seal_broken"


@dataclass(frozen=True)
class Keyring:
    """The server's keys. `sealing_keys` maps key id to key; the last one seals."""

    sealing_keys: Mapping[str, bytes]
    index_key: bytes

    @property
    def current_key_id(self) -> str:
        """The id of the key that seals new values."""
        return list(self.sealing_keys)[-1]

    def seal(self, text: str, *, table: str, column: str, row: str) -> bytes:
        """Return *text* sealed for one cell: version, key id, nonce, ciphertext with tag."""
        return self.seal_bytes(text.encode(), place=_place(table, column, row))

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> str:
        """Return what was sealed for this cell, or raise `SealBroken`."""
        return self.open_bytes(sealed, place=_place(table, column, row)).decode()

    def seal_bytes(self, data: bytes, *, place: bytes) -> bytes:
        """Return *data* sealed for *place* (the associated data)."""
        key_id = self.current_key_id
        nonce = secrets.token_bytes(_NONCE_BYTES)
        body = AESGCMSIV(self.sealing_keys[key_id]).encrypt(nonce, data, place)
        return _VERSION + key_id.encode().ljust(KEY_ID_BYTES, b"\0") + nonce + body

    def open_bytes(self, sealed: bytes, *, place: bytes) -> bytes:
        """Return what was sealed for *place*, or raise `SealBroken`."""
        key = self.sealing_keys.get(sealed_key_id(sealed))
        start = len(_VERSION) + KEY_ID_BYTES
        if key is None or sealed[: len(_VERSION)] != _VERSION:
            raise SealBroken
        nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            return AESGCMSIV(key).decrypt(nonce, body, place)
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def blind_index(self, text: str, *, purpose: str) -> str:
        """Return the keyed digest by which equal values are found: 32 hexadecimal characters."""
        return self.mac(text.encode(), purpose=f"index:{purpose}")[:16].hex()

    def mac(self, data: bytes, *, purpose: str) -> bytes:
        """Return HMAC-SHA-256 of *data* under a key derived for *purpose*: 32 bytes."""
        derived = hmac.digest(self.index_key, f"kiosk:{purpose}".encode(), hashlib.sha256)
        return hmac.digest(derived, data, hashlib.sha256)


def sealed_key_id(sealed: bytes) -> str:
    """Return the id of the key that *sealed* was sealed with."""
    return sealed[1 : 1 + KEY_ID_BYTES].rstrip(b"\0").decode("ascii", "replace")


def _place(table: str, column: str, row: str) -> bytes:
    return f"{table}\x1f{column}\x1f{row}".encode()
