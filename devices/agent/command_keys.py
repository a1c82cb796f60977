"""
The keys that commands are believed with (指令公钥): pinned at enrolment, renewed by a list that
one of the pinned keys has signed.

A list that is older than the one that is kept is refused: it could bring a key back that was taken
out because it had leaked. A terminal that was away through the whole overlap of two keys is
enrolled anew.
"""

import base64
import binascii
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from devices.host.durable_file import write_durably

FILE = "command-keys.json"
CONTEXT = b"kiosk-command-keys-v1\0"
OLDEST = timedelta(minutes=10)
"""A list is made when it is asked for: one from another hour was kept by somebody."""
_MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class _Kept:
    issued_at: str
    keys: Mapping[str, str]


class CommandKeys:
    """The pinned keys of this terminal; any thread may call."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._lock = threading.Lock()
        self._kept = _read(self._path)

    @property
    def known(self) -> bool:
        """Whether anything is pinned: a terminal without keys obeys nobody."""
        with self._lock:
            return bool(self._kept.keys)

    def pin(self, keys: Mapping[str, str]) -> None:
        """Keep the keys that enrolment gave, id to base64; on disk when this returns."""
        self._keep(_Kept("", dict(keys)))

    def verify(self, key_id: str, signature: bytes, data: bytes) -> bool:
        """Whether the pinned key called *key_id* signed *data*."""
        with self._lock:
            key = self._kept.keys.get(key_id)
        return key is not None and _holds(key, signature, data)

    def has(self, key_id: str) -> bool:
        """Whether a key is pinned under this id."""
        with self._lock:
            return key_id in self._kept.keys

    def renew(self, answer: Mapping[str, Any], *, terminal: str, now: datetime) -> bool:
        """Take a signed list over if a pinned key vouches for it; returns whether it did."""
        opened = _opened(answer)
        if opened is None:
            return False
        data, signatures = opened
        if not any(self.verify(key_id, made, CONTEXT + data) for key_id, made in signatures):
            return False
        found = _listed(data, terminal)
        if found is None or abs(now - datetime.fromisoformat(found.issued_at)) > OLDEST:
            return False
        with self._lock:
            kept = self._kept.issued_at
        if kept and datetime.fromisoformat(found.issued_at) <= datetime.fromisoformat(kept):
            return False
        self._keep(found)
        return True

    def _keep(self, kept: _Kept) -> None:
        facts = {"issued_at": kept.issued_at, "keys": dict(kept.keys)}
        write_durably(self._path, json.dumps(facts).encode())
        with self._lock:
            self._kept = kept


def _read(path: Path) -> _Kept:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return _Kept(str(found["issued_at"]), {str(k): str(v) for k, v in found["keys"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Without keys nothing is obeyed, which is the safe side.
        return _Kept("", {})


def _opened(answer: Mapping[str, Any]) -> tuple[bytes, list[tuple[str, bytes]]] | None:
    try:
        data = base64.b64decode(answer["payload"], validate=True)
        signatures = [
            (str(each["key_id"]), base64.b64decode(each["signature"], validate=True))
            for each in answer["signatures"][:_MOST_KEYS]
        ]
    except (AssertionError, KeyError, TypeError, ValueError, binascii.Error):
        return None
    return data, signatures


def _listed(data: bytes, terminal: str) -> _Kept | None:
    try:
        found = json.loads(data)
        if found["terminal"] != terminal or not 1 <= len(found["keys"]) <= _MOST_KEYS:
            return None
        keys = {str(each["id"]): str(each["public_key"]) for each in found["keys"]}
        if datetime.fromisoformat(found["issued_at"]).tzinfo is None:
            return None
    except (KeyError, TypeError, ValueError):
        return None
    return _Kept(str(found["issued_at"]), keys)


def _holds(key: str, signature: bytes, data: bytes) -> bool:
    try:
        raw = base64.b64decode(key, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
