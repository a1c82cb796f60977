"""
The code on a machine's screen by which a technician's phone says that he is there (到场码).

HMAC-SHA-256 of the minute under the machine's screen key, 80 bits in base32: the machine makes it
without the line. It is good for five minutes, which leave time to sign in, and at its own machine
alone. What no code can tell is a friend at the machine who sends a picture at once.

    arrival_minute(session, terminal_id, code) -> int | None
"""

import base64
import hashlib
import hmac

from sqlalchemy.orm import Session

from kiosk_server.assets.screen_codes import screen_key
from kiosk_server.core import clock

STEP_SECONDS = 60
GOOD_FOR_STEPS = 5
EARLY_STEPS = 1
"""A machine whose line is dead may be ahead of us by this much."""
_CODE_BYTES = 10


def code_at(key: bytes, minute: int) -> str:
    """Return the sixteen letters and digits of one minute."""
    digest = hmac.digest(key, f"arrival/{minute}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_CODE_BYTES]).decode()


def arrival_minute(session: Session, terminal_id: str, code: str) -> int | None:
    """
    Return the minute in which a terminal showed *code*; None for one that is not good now.

    Raises `NotFound` for a terminal that has no key.
    """
    key = screen_key(session, terminal_id).key
    now = int(clock.now().timestamp()) // STEP_SECONDS
    found = None
    for minute in range(now - GOOD_FOR_STEPS, now + EARLY_STEPS + 1):
        # Every one is compared, so that time tells nothing.
        if hmac.compare_digest(code_at(key, minute).encode(), code.strip().upper().encode()):
            found = minute
    return found
