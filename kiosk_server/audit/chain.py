"""The arithmetic of the chain: what an entry's text is, and what its link must be."""

import hashlib
import hmac

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core.database import canonical_json

CANONICAL_VERSION = 1
GENESIS = "0" * 64
"""Stands in for the link before the first."""


def canonical_text(entry: AuditEntry) -> str:
    """Return *entry* as text that is the same on both engines and for all time."""
    return canonical_json(
        {
            "version": CANONICAL_VERSION,
            "id": entry.id,
            "at": entry.at.isoformat(timespec="microseconds"),
            "event": entry.event,
            "actor": [entry.actor_kind, entry.actor_id],
            "terminal": entry.terminal_id,
            "visit": entry.visit_id,
            "subject": [entry.subject_kind, entry.subject_id],
            "facts": entry.facts,
        }
    )


def next_link(key: bytes, *, sequence: int, previous: str, text: str) -> str:
    """Return the link at *sequence*: HMAC-SHA-256 over place, previous link and text, in hex."""
    message = f"{sequence}\n{previous}\n{text}".encode()
    return hmac.digest(key, message, hashlib.sha256).hex()
