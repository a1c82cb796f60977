"""
What becomes of a visit's phone passes when it turns to something else, and when it ends.

No row says afterwards at which terminal a phone was (P39).
"""

from datetime import timedelta

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.visits.models import PhonePass, Visit
from kiosk_server.visits.pass_life import WAITING, PassState

_KEPT = timedelta(days=1)
"""How long a dead code is remembered: a photograph of it is told from a made-up one till then."""


def stop_waiting(session: Session, visit: Visit) -> None:
    """Stop what still waits in *visit* for a phone or for a touch."""
    session.execute(
        update(PhonePass)
        .where(PhonePass.visit_id == visit.id, PhonePass.state.in_(WAITING))
        .values(state=PassState.STOPPED.value)
    )


def forget_place(session: Session, visit: Visit) -> None:
    """Let no pass say any more that it was for this visit, or where it was."""
    stop_waiting(session, visit)
    session.execute(
        update(PhonePass)
        .where(PhonePass.visit_id == visit.id)
        .values(visit_id=None, terminal_id=None, site_id=None)
    )


def forget_passes(session: Session) -> int:
    """Delete passes that died a day ago; return how many."""
    old = PhonePass.expires_at < clock.now() - _KEPT
    result = session.execute(delete(PhonePass).where(old))
    return result.rowcount if isinstance(result, CursorResult) else 0
