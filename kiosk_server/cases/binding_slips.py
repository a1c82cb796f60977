"""
The slip with the code that binds a phone (手机绑定码), for whoever cannot type from the screen.

It names nobody: whoever finds it after its few minutes holds eight dead digits.
"""

from sqlalchemy.orm import Session

from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places import queries as places
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.slips import binding_slip
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.visits.own_phones import SLIP, ShownCode

TITLE = "手机绑定码"


def slip_asked(session: Session, visit: Visit) -> bool:
    """Return whether the code that *visit* shows was put on a slip already."""
    return SLIP in draft_of(session, visit)


def queue_binding_slip(
    session: Session, visit: Visit, shown: ShownCode, *, address: str
) -> PrintJob | None:
    """
    Ask for the slip with the code of *shown* and the *address* that a phone opens; once a code.

    Returns None at a second touch. Raises `Refused("slip_not_possible")` where the receipt printer
    cannot print now.
    """
    if slip_asked(session, visit):
        return None
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    slip = binding_slip(
        office=places.site(session, visit.site_id).names["zh"],
        code=shown.code,
        address=address,
        until=shown.expires_at,
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
    )
    job = queue(session, visit, slip, title=TITLE)
    put_draft(session, visit, **{SLIP: job.id})
    return job
