"""
Whether a command may be believed (验签): signed by a pinned key, meant for this terminal and this
very enrolment of it, the one that was asked for, not from the future, not over.

Whether it was seen before is the journal's matter: only the journal survives a power cut.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from devices.agent.command_keys import CommandKeys
from devices.host.command_values import CommandKind, Fact, Order, Untrusted

CONTEXT = b"kiosk-command-v1\0"
AHEAD = timedelta(minutes=5)
"""Both ends date by the server's clock; more than this is no delay on the way."""
_LONGEST_PAYLOAD = 4096
_FIELDS: Mapping[str, type] = {
    "id": str,
    "terminal": str,
    "terminal_key": str,
    "sequence": int,
    "kind": str,
    "arguments": dict,
    "issued_at": str,
    "expires_at": str,
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server sends: a key's id, the exact bytes, the signature under them."""

    key_id: str
    payload: bytes
    signature: bytes

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "Envelope | None":
        """The envelope in an answer, or None for something else."""
        try:
            key_id = answer["key_id"]
            payload = base64.b64decode(answer["payload"], validate=True)
            signature = base64.b64decode(answer["signature"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            return None
        if not isinstance(key_id, str) or len(payload) > _LONGEST_PAYLOAD:
            return None
        return cls(key_id, payload, signature)


def opened(
    envelope: Envelope,
    keys: CommandKeys,
    *,
    asked: str,
    terminal: str,
    terminal_key: str,
    now: datetime,
) -> Order | Untrusted:
    """Return the order in *envelope*, or why it is none for this terminal."""
    if not keys.has(envelope.key_id):
        return Untrusted("key_unknown")
    if not keys.verify(envelope.key_id, envelope.signature, CONTEXT + envelope.payload):
        return Untrusted("signature_invalid")
    found = _payload(envelope.payload)
    if found is None:
        return Untrusted("malformed")
    if found["terminal"] != terminal or found["terminal_key"] != terminal_key:
        return Untrusted("wrong_terminal")
    if found["id"] != asked:
        return Untrusted("wrong_command")
    return _order(found, now)


def _order(found: Mapping[str, object], now: datetime) -> Order | Untrusted:
    try:
        issued_at = datetime.fromisoformat(str(found["issued_at"]))
        expires_at = datetime.fromisoformat(str(found["expires_at"]))
        ahead, over = issued_at - now > AHEAD, expires_at <= now
    except (ValueError, TypeError):
        # TypeError: a moment without a time zone cannot be compared.
        return Untrusted("malformed")
    if ahead:
        return Untrusted("issued_ahead")
    if over:
        return Untrusted("expired")
    if found["kind"] not in set(CommandKind):
        # A newer server: nothing is done half.
        return Untrusted("kind_unknown")
    sequence, arguments = found["sequence"], found["arguments"]
    assert isinstance(sequence, int)
    assert isinstance(arguments, dict)
    return Order(
        id=str(found["id"]),
        sequence=sequence,
        kind=CommandKind(str(found["kind"])),
        arguments=_facts(arguments),
        issued_at=issued_at,
        expires_at=expires_at,
    )


def _payload(data: bytes) -> Mapping[str, object] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("version") != 1:
        return None
    fits = all(
        isinstance(found.get(name), kind) and not isinstance(found.get(name), bool)
        for name, kind in _FIELDS.items()
    )
    return found if fits else None


def _facts(found: Mapping[str, object]) -> dict[str, Fact]:
    return {name: value for name, value in found.items() if isinstance(value, str | int) and name}
