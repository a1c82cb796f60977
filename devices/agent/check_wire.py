"""Checks and the key for codes on the terminal wire, version 1; `tests/wire` holds the samples."""

import base64
import binascii
import re
from collections.abc import Mapping

from devices.agent.wire import VERSION, WireError, instant
from devices.host.check_values import CheckRecord
from devices.host.screen_codes import KEY_BYTES

_KEY_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")


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


def screen_key(answer: object) -> tuple[bytes, str]:
    """Read the answer of screen-key: the key, and the signing key that it goes with."""
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
    return key, key_id
