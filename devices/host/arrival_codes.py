"""
The code that a technician's phone reads off the screen on arrival (到场码), made without the line.

HMAC-SHA-256 of the minute under the machine's own screen key, 80 bits in base32. The server knows
the same key and takes a code for a few minutes, so that a photograph is worth nothing an hour
later, nor at another machine.
"""

import base64
import hashlib
import hmac
from datetime import datetime

STEP_SECONDS = 60
_CODE_BYTES = 10


def arrival_code(key: bytes, moment: datetime) -> str:
    """Return the sixteen letters and digits of *moment*'s minute; *moment* is the server's time."""
    minute = int(moment.timestamp()) // STEP_SECONDS
    # Codes that are typed are made of other words (`technician/…`): neither tells of the other.
    digest = hmac.digest(key, f"arrival/{minute}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_CODE_BYTES]).decode()
