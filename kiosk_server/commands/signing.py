"""
The server's signature under a command (指令签名), and the list of keys that it may be made with.

Ed25519 over a context and the exact bytes that are sent, so that nobody has to agree on how JSON
is written and no signature of one kind can pass for another. The list is signed by every key that
the server has: a terminal believes it if one of them is pinned already, which is how it learns a
new key, and forgets an old one, without anybody's visit.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk_server.core.database import canonical_json
from kiosk_server.settings import Settings

COMMAND_CONTEXT = b"kiosk-command-v1\0"
KEYS_CONTEXT = b"kiosk-command-keys-v1\0"


@dataclass(frozen=True)
class CommandSigner:
    """The command keys by id; the last one signs commands, all of them sign the list."""

    keys: Mapping[str, Ed25519PrivateKey]

    @property
    def public_keys(self) -> list[dict[str, str]]:
        """What a terminal pins: id and 32 raw bytes in base64, oldest first."""
        return [
            {"id": key_id, "public_key": _base64(_public_bytes(key))}
            for key_id, key in self.keys.items()
        ]

    def command(self, payload: Mapping[str, object]) -> dict[str, str]:
        """Return *payload* as a signed envelope: key id, bytes, signature."""
        key_id = list(self.keys)[-1]
        data = canonical_json(payload).encode()
        signature = self.keys[key_id].sign(COMMAND_CONTEXT + data)
        return {"key_id": key_id, "payload": _base64(data), "signature": _base64(signature)}

    def key_list(self, *, terminal_id: str, now: datetime) -> dict[str, object]:
        """Return the list of keys for one terminal, signed by each of them."""
        payload = {
            "version": 1,
            "terminal": terminal_id,
            "issued_at": now.isoformat(timespec="milliseconds"),
            "keys": self.public_keys,
        }
        data = canonical_json(payload).encode()
        return {
            "payload": _base64(data),
            "signatures": [
                {"key_id": key_id, "signature": _base64(key.sign(KEYS_CONTEXT + data))}
                for key_id, key in self.keys.items()
            ],
        }


def signer_from(settings: Settings) -> CommandSigner:
    """Return the signer with the keys that *settings* name."""
    return CommandSigner(
        {
            key_id: Ed25519PrivateKey.from_private_bytes(seed)
            for key_id, seed in settings.command_keys.items()
        }
    )


def _public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
