"""
Alerts of what will run out (耗材预警): opened and closed by a forecast, by no word of a machine.

    review_foresight(session, terminal_id, devices)    after a forecast, in the same unit of work
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.causes import RUNNING_OUT, Cause, Severity, Sight, Teller
from kiosk_server.upkeep.services import follow

_ENDED = (TerminalState.REVOKED, TerminalState.AWAITED)


def review_foresight(session: Session, terminal_id: str, devices: Collection[str]) -> None:
    """
    Warn of each of these *devices* that something in it runs out, and of no other; doing it twice
    changes nothing more.

    When a warning begins and ends, without wavering, is the forecast's to say. Raises `NotFound`.
    """
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None:
        raise NotFound("terminal_not_found")
    ended = terminal.state in _ENDED
    found = {} if ended else {Cause(device, RUNNING_OUT): Severity.SOON for device in devices}
    sight = Sight(
        found,
        opens=terminal.state == TerminalState.IN_SERVICE,
        over=ended,
        teller=Teller.FORECAST,
    )
    follow(session, terminal, sight, clock.now())
