"""`/tickets`: my own tickets in a site's queue of today: where they stand, and leaving."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.places.queries import site
from kiosk_server.places.service_groups import service_groups
from kiosk_server.queue import queries, services
from kiosk_server.queue.life import TicketState
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.tokens import token_of
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, signed_in
from mobile_api.booking_terms import refusals_noted, terms
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id


class TicketSeen(BaseModel):
    """One ticket of mine, as the queue stands at this moment."""

    id: str
    booking_id: str
    label: str = Field(description="What is called out and stands on the board.")
    site: str
    group: str
    state: TicketState
    ahead: int = Field(description="How many are called before me.")
    at_least_minutes: int | None = Field(description="The wait as a range; null once I am called.")
    at_most_minutes: int | None
    window: str | None = Field(description="Where I am called, or was last.")
    taken_at: datetime
    called_at: datetime | None
    address: str = Field(description="The ticket's page, for whoever has its address.")


class TicketList(BaseModel):
    """My tickets of today, the newest first."""

    items: list[TicketSeen]


def list_tickets() -> TicketList:
    """List my tickets of today."""
    with database().reading() as session:
        found = queries.tickets_of(session, actor_id())
        return TicketList(items=[_seen(session, each) for each in found])


def see_ticket(ticket_id: str) -> TicketSeen:
    """Show one of my tickets."""
    with refusals_noted(AuditEvent.TICKET_REFUSED), database().reading() as session:
        return _seen(session, queries.ticket_of(session, actor_id(), ticket_id))


def leave_queue(ticket_id: str) -> TicketSeen:
    """Give a ticket of mine back; done again, nothing."""
    with refusals_noted(AuditEvent.TICKET_REFUSED), database().unit_of_work() as session:
        ticket = queries.ticket_of(session, actor_id(), ticket_id)
        left = services.leave(session, ticket, terms=terms(), by=holder().actor)
        return _seen(session, left)


def _seen(session: Session, ticket: QueueTicket) -> TicketSeen:
    position = queries.position_of(session, ticket)
    return TicketSeen(
        id=ticket.id,
        booking_id=ticket.booking_id,
        label=ticket.label,
        site=in_words(site(session, ticket.site_id).names),
        group=in_words(service_groups()[ticket.group_code].names),
        state=position.state,
        ahead=position.ahead,
        at_least_minutes=position.at_least_minutes,
        at_most_minutes=position.at_most_minutes,
        window=position.window_label,
        taken_at=ticket.taken_at,
        called_at=ticket.called_at,
        address=f"{settings().public_origin}/q/{token_of(session, ticket.id)}",
    )


_MAY = signed_in(Act.BOOK)
_GONE = {HTTPStatus.NOT_FOUND: ("ticket_not_found",)}
DOORS = (
    Door("GET", "/tickets", list_tickets, _MAY),
    Door("GET", "/tickets/<ticket_id>", see_ticket, _MAY, refuses=_GONE),
    Door(
        "POST",
        "/tickets/<ticket_id>/leave",
        leave_queue,
        _MAY,
        refuses=_GONE | {HTTPStatus.CONFLICT: ("wrong_state",)},
    ),
)
