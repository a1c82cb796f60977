"""The server's end of commands in a test: signs as the server does, or as an attacker would."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

COMMAND = b"kiosk-command-v1\0"
KEYS = b"kiosk-command-keys-v1\0"
TERMINAL, TERMINAL_KEY = "AT-0001", "key-1"


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as the wire carries it."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


@dataclass
class CommandOffice:
    """Keys by id, the last one signing; commands by id; and what was answered to each."""

    keys: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {"c1": Ed25519PrivateKey.generate()}
    )
    envelopes: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sequence: int = 0
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def public_keys(self) -> list[dict[str, str]]:
        """What enrolment gives."""
        return [{"id": each, "public_key": public_text(key)} for each, key in self.keys.items()]

    def payload(self, command_id: str, kind: str, **changed: Any) -> dict[str, Any]:
        """An honest payload but for what is *changed*; the sequence grows by itself."""
        self.sequence += 1
        honest = {
            "version": 1,
            "id": command_id,
            "terminal": TERMINAL,
            "terminal_key": TERMINAL_KEY,
            "sequence": self.sequence,
            "kind": kind,
            "arguments": {},
            "issued_at": self.now.isoformat(timespec="milliseconds"),
            "expires_at": (self.now + timedelta(hours=1)).isoformat(timespec="milliseconds"),
        }
        return honest | changed

    def sign(
        self,
        payload: Mapping[str, Any],
        *,
        key: Ed25519PrivateKey | None = None,
        key_id: str | None = None,
        context: bytes = COMMAND,
    ) -> dict[str, Any]:
        """An envelope over *payload*."""
        name = key_id or list(self.keys)[-1]
        data = json.dumps(payload).encode()
        made = (key or self.keys[name]).sign(context + data)
        return {
            "key_id": name,
            "payload": base64.b64encode(data).decode(),
            "signature": base64.b64encode(made).decode(),
        }

    def order(self, command_id: str, kind: str, **changed: Any) -> dict[str, Any]:
        """Make an honest command to be fetched; return its envelope."""
        self.envelopes[command_id] = self.sign(self.payload(command_id, kind, **changed))
        return self.envelopes[command_id]

    def key_list(
        self,
        *,
        signers: Mapping[str, Ed25519PrivateKey] | None = None,
        terminal: str = TERMINAL,
        issued_at: datetime | None = None,
    ) -> dict[str, Any]:
        """The list of keys, vouched for by *signers*, or by all."""
        payload = {
            "version": 1,
            "terminal": terminal,
            "issued_at": (issued_at or self.now).isoformat(timespec="milliseconds"),
            "keys": self.public_keys,
        }
        data = json.dumps(payload).encode()
        return {
            "payload": base64.b64encode(data).decode(),
            "signatures": [
                {"key_id": name, "signature": base64.b64encode(key.sign(KEYS + data)).decode()}
                for name, key in (signers or self.keys).items()
            ],
        }

    def states(self, command_id: str) -> list[str]:
        """The answered states, repetitions counted once."""
        by_number = {each["number"]: each["state"] for each in self.answers.get(command_id, [])}
        return [by_number[number] for number in sorted(by_number)]

    def last(self, command_id: str) -> dict[str, Any]:
        """The latest answer."""
        return max(self.answers[command_id], key=lambda each: int(each["number"]))
