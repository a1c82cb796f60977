"""The slip of a number of the queue (号票), printed as it is taken; it names nobody."""

from sqlalchemy.orm import Session

from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places import queries as places
from kiosk_server.places.service_groups import service_groups
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.slips import ticket_slip
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import position_of
from kiosk_server.queue.tokens import token_of
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

TITLE = "号票"
PAGE = "/q/"
"""Where a phone follows a ticket; its secret stands behind."""


def ticket_slip_asked(session: Session, visit: Visit, ticket_id: str) -> bool:
    """Return whether *visit* has printed a ticket already."""
    return _mark(ticket_id) in draft_of(session, visit)


def ticket_address(session: Session, ticket_id: str, *, origin: str) -> str:
    """Return where a ticket is followed, at the house's public *origin*."""
    return f"{origin}{PAGE}{token_of(session, ticket_id)}"


def queue_ticket_slip(
    session: Session, visit: Visit, ticket: QueueTicket, *, origin: str
) -> PrintJob | None:
    """
    Ask for the slip of *ticket*, with the address that follows it; None at a second touch.

    Raises `Refused("slip_not_possible")` where the receipt printer cannot print now.
    """
    if ticket_slip_asked(session, visit, ticket.id):
        return None
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    rows = {"办什么": service_groups()[ticket.group_code].names["zh"]}
    now = position_of(session, ticket)
    if now.at_most_minutes is not None:
        rows["前面"] = f"{now.ahead} 位"
        rows["大约再等"] = f"{now.at_least_minutes}–{now.at_most_minutes} 分钟"
    slip = ticket_slip(
        office=places.site(session, ticket.site_id).names["zh"],
        label=ticket.label,
        address=ticket_address(session, ticket.id, origin=origin),
        rows=rows,
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
    )
    job = queue(session, visit, slip, title=TITLE)
    put_draft(session, visit, **{_mark(ticket.id): job.id})
    return job


def _mark(ticket_id: str) -> str:
    return f"ticket_slip_{ticket_id}"
