"""What a visit has asked of terminal, staff or phone, closed when it turns to something else."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from kiosk_server.visits.helping import close as close_help
from kiosk_server.visits.models import (
    CaptureRequest,
    CardReadRequest,
    RequestState,
    ScanRequest,
    Visit,
)
from kiosk_server.visits.pass_ends import stop_waiting


def close_requests(session: Session, visit: Visit) -> None:
    """Close every request of *visit* that is open: none of them is answered any more."""
    close_help(session, visit)
    stop_waiting(session, visit)
    for asked in (CardReadRequest, ScanRequest, CaptureRequest):
        session.execute(
            update(asked)
            .where(asked.visit_id == visit.id, asked.state == RequestState.OPEN)
            .values(state=RequestState.CLOSED)
        )
