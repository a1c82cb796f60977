"""
What follows from what, in one table: message -> handler, and the chores by the clock.

Handlers run in the worker, at least once, in units of work of their own; a chore may run twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.core import limits
from kiosk_server.core.database import Database
from kiosk_server.files.services import sweep
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.services import forget_done
from kiosk_server.outbox.timetable import Chore, chore_handler
from kiosk_server.settings import Settings
from kiosk_server.staff.sign_in import forget_sessions
from kiosk_server.terminals.services import forget_nonces
from kiosk_server.visits.card_reads import forget_old_requests


@dataclass(frozen=True)
class Context:
    """What a handler may use."""

    database: Database
    settings: Settings


def in_one_unit(deed: Callable[[Session], object]) -> Callable[[Context], object]:
    """Return *deed* as a chore that does its work in one unit of work."""

    def run(context: Context) -> None:
        with context.database.unit_of_work() as session:
            deed(session)

    return run


CHORES: tuple[Chore[Context], ...] = (
    Chore("forget_nonces", "*/5 * * * *", in_one_unit(forget_nonces)),
    Chore("forget_attempts", "17 * * * *", in_one_unit(limits.forget_old)),
    Chore("forget_sessions", "27 * * * *", in_one_unit(forget_sessions)),
    Chore("forget_card_requests", "37 * * * *", in_one_unit(forget_old_requests)),
    Chore("sweep_files", "47 * * * *", in_one_unit(sweep)),
    Chore("forget_messages", "23 4 * * *", in_one_unit(forget_done)),
)

HANDLERS: Mapping[str, Handler[Context]] = {
    **chore_handler(CHORES),
}
