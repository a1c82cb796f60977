"""`/waiting`: wait for a place on a day that is full (候补), or wait no longer."""

from datetime import date
from http import HTTPStatus

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.bookings import queries, waiting
from kiosk_server.bookings.life import Channel, Priority, WaitingState
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import WaitingEntry
from kiosk_server.places.queries import site
from kiosk_server.places.service_groups import MOST_SERVICES
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted, terms
from mobile_api.doors import Door
from mobile_api.v1.bookings import ENOUGH, MAY, Code
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked
from mobile_api.v1.slots import SiteId, visit_of
from mobile_api.wallets import actor_id


class WaitAsked(Asked):
    """For which visit, on which day."""

    site: SiteId
    services: list[Code] = Field(min_length=1, max_length=MOST_SERVICES)
    day: date
    priority: Priority | None = None


class WaitingSeen(BaseModel):
    """Where I wait; an offer is a booking that is held for me."""

    id: str
    site: str
    day: date
    state: WaitingState
    booking_id: str | None


class WaitingList(BaseModel):
    """Where I wait or have an offer, the newest first."""

    items: list[WaitingSeen]


def join_waiting(body: WaitAsked) -> WaitingSeen:
    """Wait for a place; whoever waits is offered one in order, each for a while."""
    group, _ = visit_of(body.services)
    wish = Wish(actor_id(), tuple(body.services), Channel.PHONE, body.priority)
    with refusals_noted(), database().unit_of_work() as session:
        day = body.site, group.code, body.day
        entry = waiting.join(session, day, wish, terms=terms(), by=holder().actor)
        return _seen(session, entry)


def list_waiting() -> WaitingList:
    """List where I wait."""
    with database().reading() as session:
        found = queries.waiting_of(session, actor_id())
        return WaitingList(items=[_seen(session, each) for each in found])


def leave_waiting(entry_id: str) -> None:
    """Wait no longer."""
    with refusals_noted(), database().unit_of_work() as session:
        waiting.leave(session, actor_id(), entry_id, by=holder().actor)


def _seen(session: Session, entry: WaitingEntry) -> WaitingSeen:
    return WaitingSeen(
        id=entry.id,
        site=in_words(site(session, entry.site_id).names),
        day=entry.day,
        state=WaitingState(entry.state),
        booking_id=entry.booking_id,
    )


DOORS = (
    Door(
        "POST",
        "/waiting",
        join_waiting,
        MAY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.CONFLICT: ("place_free", "waiting_already", "not_bookable"),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("booking_invalid",),
        }
        | ENOUGH,
    ),
    Door("GET", "/waiting", list_waiting, MAY),
    Door(
        "POST",
        "/waiting/<entry_id>/leave",
        leave_waiting,
        MAY,
        HTTPStatus.NO_CONTENT,
        refuses={
            HTTPStatus.NOT_FOUND: ("waiting_not_found",),
            HTTPStatus.CONFLICT: ("wrong_state",),
        },
    ),
)
