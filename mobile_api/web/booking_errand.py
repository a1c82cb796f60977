"""
What somebody is choosing: the matters of one visit, the place, the day; or another time for a
booking that he has. All of it stands in the address, so that every step works without a script.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import request

from kiosk_server.bookings.life import LIFE, BookingState, BookingVerb
from kiosk_server.bookings.queries import booking_of
from kiosk_server.core.errors import NotFound
from kiosk_server.places.queries import SiteView
from kiosk_server.places.queries import site as site_of
from kiosk_server.places.service_groups import ServiceGroup
from kiosk_server.web.request_context import database
from mobile_api.booking_terms import refusals_noted
from mobile_api.v1.slots import visit_of
from mobile_api.wallets import actor_id
from mobile_api.web.guard import own_id

_LONGEST = 200


@dataclass(frozen=True)
class Errand:
    """The services of one visit; `moves` is the booking whose time is to be another."""

    services: tuple[str, ...]
    group: ServiceGroup
    needed: timedelta
    moves: str | None = None

    @property
    def minutes(self) -> int:
        """Return how long the visit takes."""
        return int(self.needed.total_seconds()) // 60

    def at(self, step: str, **more: object) -> str:
        """Return the address of a step with this errand in it."""
        asked: dict[str, object] = {"services": ",".join(self.services)}
        if self.moves:
            asked = {"moves": self.moves}
        return f"/m/book/{step}?{urlencode(asked | more)}"


def errand_asked() -> Errand:
    """
    Return what the address or the form says.

    Raises `Invalid("booking_invalid")` where the services are not of one group, `NotFound` and
    `WrongState` for a booking that cannot be moved.
    """
    moves = request.values.get("moves", "")
    if moves:
        return _moving(own_id(moves))
    services = services_asked()
    group, needed = visit_of(services)
    return Errand(tuple(services), group, needed)


def services_asked() -> list[str]:
    """Return the codes that were chosen: ticked one by one, or joined as an address has them."""
    return [
        code
        for sent in request.values.getlist("services")
        for code in sent[:_LONGEST].split(",")
        if code
    ]


def site_asked() -> SiteView:
    """Return the site that is asked for; raises `NotFound("site_not_found")`."""
    with database().reading() as session:
        return site_of(session, request.values.get("site", "")[:_LONGEST])


def day_asked() -> date:
    """Return the day that is asked for; `NotFound` for what is none."""
    try:
        return date.fromisoformat(request.values.get("day", "")[:10])
    except ValueError:
        raise NotFound from None


def _moving(booking_id: str) -> Errand:
    with refusals_noted(), database().reading() as session:
        booking = booking_of(session, actor_id(), booking_id)
    LIFE.after(BookingState(booking.state), BookingVerb.MOVE)
    group, needed = visit_of(list(booking.services))
    return Errand(tuple(booking.services), group, needed, moves=booking.id)
