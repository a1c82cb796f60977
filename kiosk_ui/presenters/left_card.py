"""A card left on the reader (遗忘证件), as the terminal last told of it."""

from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.terminals.queries import devices_of
from kiosk_server.terminals.rules import DeviceKind, is_silent
from kiosk_ui.view_models import LeftCard


class _Trouble(StrEnum):
    LEFT = "card_left"
    FORGOTTEN = "card_forgotten"


def left_card_at(session: Session, terminal_id: str) -> LeftCard | None:
    """Return whose turn the card on the reader is; None where none was left."""
    now = clock.now()
    for device in devices_of(session, terminal_id):
        if device.kind != DeviceKind.ID_READER or is_silent(device.reported_at, now):
            continue
        if _Trouble.FORGOTTEN in device.troubles:
            return LeftCard.FORGOTTEN
        if _Trouble.LEFT in device.troubles:
            return LeftCard.LEFT
    return None
