"""Checks and the key for codes on the terminal wire, version 1; `tests/wire` holds the samples."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from devices.agent.wire import VERSION, WireError, instant
from devices.host.check_values import CheckRecord
from devices.host.screen_codes import KEY_BYTES, ScreenKey

_KEY_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_EDITION = re.compile(r"[0-9a-f]{0,64}\Z")
_ADDRESS = re.compile(r"https?://[0-9A-Za-z.:\[\]-]{1,100}/[0-9A-Za-z/_-]{1,100}\Z")


def check_body(record: CheckRecord) -> dict[str, object]:
    """Body of POST checks."""
    return {
        "version": VERSION,
        "id": record.id,
        "kind": record.kind.value,
        "at": instant(record.at),
        "by": record.by.value,
        "code_window": record.code_window,
        "results": [each.as_json() for each in record.results],
    }


def check_paper_body(pdf: bytes) -> dict[str, object]:
    """Body of POST checks/<id>/paper."""
    return {
        "version": VERSION,
        "media_type": "application/pdf",
        "digest": hashlib.sha256(pdf).hexdigest(),
        "document": base64.b64encode(pdf).decode(),
    }


def screen_key(answer: object) -> ScreenKey:
    """Read the answer of screen-key; edition and address are empty where it names none."""
    found: Mapping[str, object] = answer if isinstance(answer, dict) else {}
    text, key_id = found.get("key"), found.get("key_id")
    if not isinstance(text, str) or not isinstance(key_id, str) or not _KEY_ID.match(key_id):
        raise WireError("key: must be there with its id")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise WireError("key: must be base64") from None
    if len(key) != KEY_BYTES:
        raise WireError("key: must be 32 bytes")
    arrive_at = found.get("arrive_at", "")
    # It becomes a code on the screen: an address that is none is not shown.
    good = isinstance(arrive_at, str) and _ADDRESS.match(arrive_at)
    return ScreenKey(key, key_id, _edition(found.get("edition")), str(arrive_at) if good else "")


def screen_key_edition(answer: object) -> str:
    """Read which edition of the key the server holds from a heartbeat's answer; empty for none."""
    found: Mapping[str, object] = answer if isinstance(answer, dict) else {}
    return _edition(found.get("screen_key"))


def _edition(told: object) -> str:
    return told if isinstance(told, str) and _EDITION.match(told) else ""
