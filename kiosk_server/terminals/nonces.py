"""
Nonces that terminals have spent: a signed request is believed once (RFC 9421, 7.2.2).

    spend_nonce(session, terminal_id, *, nonce) -> bool
    forget_nonces(session) -> int
"""

from datetime import timedelta
from functools import cache

from sqlalchemy import CursorResult, Executable, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.terminals.models import TerminalNonce

SIGNATURE_WINDOW = timedelta(seconds=60)
NONCE_LIFE = 3 * SIGNATURE_WINDOW
"""A signature dated a window ahead is believed for two; the third is for slow clocks."""


def spend_nonce(session: Session, terminal_id: str, *, nonce: str) -> bool:
    """Keep *nonce* as spent and return True; return False if it was spent before."""
    spent = {"terminal_id": terminal_id, "nonce": nonce, "forget_at": clock.now() + NONCE_LIFE}
    return session.scalar(_spending(session.get_bind().dialect.name), spent) is not None


@cache
def _spending(engine_name: str) -> Executable:
    # Built once: every request of every terminal passes here.
    dialect = sqlite if engine_name == "sqlite" else postgresql
    table = TerminalNonce.__table__
    assert isinstance(table, Table)
    spending: Executable = dialect.insert(table).on_conflict_do_nothing().returning(table.c.nonce)
    return spending


def forget_nonces(session: Session) -> int:
    """Delete nonces whose signatures are too old to be believed; return how many."""
    result = session.execute(delete(TerminalNonce).where(TerminalNonce.forget_at < clock.now()))
    return result.rowcount if isinstance(result, CursorResult) else 0
