"""What the screen says beside everything else (屏幕通知): a message of the technicians, and the
last minute before the machine has to go. The page asks; it is said to everybody who stands there.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from devices.api.answers import answer
from devices.host.screen_message import Message


@dataclass(frozen=True)
class NoticeBoard:
    """Where the notices come from; a terminal that is not enrolled has none."""

    message: Callable[[], Message | None] = lambda: None
    closing_in_seconds: Callable[[], float | None] = lambda: None
    wipe_wanted: Callable[[], bool] = lambda: False


def blueprint(board: NoticeBoard) -> Blueprint:
    """The one route, open to every page of this door."""
    notices = Blueprint("notices", __name__)

    @notices.get("/device/v1/notices")
    def all_notices() -> Response:
        message, closing = board.message(), board.closing_in_seconds()
        told = (
            {
                "text": message.text,
                "note_zh": message.note_zh,
                "note_ug": message.note_ug,
            }
            if message
            else None
        )
        return answer(
            {
                "message": told,
                "closing_in_seconds": None if closing is None else round(closing),
                "version": _version(told, wipe=board.wipe_wanted()),
            }
        )

    return notices


def _version(told: object, *, wipe: bool) -> str:
    """Return what changes when the waiting screen should ask for itself again."""
    return hashlib.sha256(json.dumps([told, wipe], sort_keys=True).encode()).hexdigest()[:16]
