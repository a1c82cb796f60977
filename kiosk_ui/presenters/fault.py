"""What the screen says of the machine itself (故障告示): what is wrong, and who was told when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.terminals.rules import Reason
from kiosk_server.upkeep.queries import notice_for
from kiosk_ui.presenters.browsing import reason_word


@dataclass(frozen=True)
class Fault:
    """A code `closed-…`; `told_at` in Beijing time, None while nobody has been told."""

    word: str
    told_at: datetime | None


def fault_at(session: Session, terminal_id: str, *, device: str | None = None) -> Fault | None:
    """Return what is wrong with a terminal, or with one *device* of it; None when all is well."""
    notice = notice_for(session, terminal_id, device=device)
    if notice is None:
        return None
    told = clock.to_beijing(notice.told_at) if notice.told_at else None
    return Fault(reason_word(Reason(notice.cause.device, notice.cause.kind)), told)
