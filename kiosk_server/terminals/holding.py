"""
A terminal held until the unit of work ends (加锁), so that its words are judged one after another.

    hold(session, terminal_id) -> Terminal

A heartbeat passes several rooms, and each must be sure of the lock: the first asks the database for
it, the others find it held.
"""

from sqlalchemy.orm import Session

from kiosk_server.core.errors import NotFound
from kiosk_server.terminals.models import Terminal

_HELD = "terminals_held"


def hold(session: Session, terminal_id: str) -> Terminal:
    """Return a terminal, locked and as it stands now; raises `NotFound` for none of that number.

    Not within a savepoint: one that is rolled back takes the lock with it.
    """
    held: dict[str, Terminal] = session.info.setdefault(_HELD, {})
    if terminal_id not in held:
        terminal = session.get(Terminal, terminal_id, with_for_update=True)
        if terminal is None:
            raise NotFound("terminal_not_found")
        held[terminal_id] = terminal
    return held[terminal_id]
