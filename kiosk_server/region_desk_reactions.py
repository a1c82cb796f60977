"""What follows from bookings and tickets at the region's desks, where they are connected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kiosk_server.bookings import region
from kiosk_server.bookings.ports import UnifiedBooking
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.queue import hall
from kiosk_server.queue.ports import HallPlatform
from kiosk_server.settings import Settings
from kiosk_server.settings_region_desk import NONE, SIMULATED


@dataclass(frozen=True)
class RegionDesks:
    """Who is connected, for the life of a worker: their fuses must remember. None: nobody is."""

    booking: UnifiedBooking | None
    hall: HallPlatform | None


class WithDesks(Protocol):
    """What a handler of these needs."""

    @property
    def database(self) -> Database:
        """Where bookings and tickets stand."""
        ...

    @property
    def settings(self) -> Settings:
        """What the house lets people book."""
        ...

    @property
    def desks(self) -> RegionDesks:
        """Who is connected."""
        ...


def desks_from(settings: Settings) -> RegionDesks:
    """Return who *settings* connect; production has nobody who only plays his part."""
    return RegionDesks(_booking(settings), _hall(settings))


def publish_site(context: WithDesks, letter: Letter) -> None:
    """A site's days are shown at the region's."""
    if context.desks.booking is not None:
        terms = booking_terms(context.settings)
        site_id = str(letter.payload["site"])
        region.publish_site(context.database, context.desks.booking, site_id, terms)


def read_wishes(context: WithDesks, letter: Letter) -> None:
    """What was asked for at the region's is taken or refused here."""
    if context.desks.booking is not None:
        region.take_wishes(context.database, context.desks.booking, booking_terms(context.settings))


def answer_wish(context: WithDesks, letter: Letter) -> None:
    """The region hears what became of a wish."""
    if context.desks.booking is not None:
        region.send_answer(context.database, context.desks.booking, str(letter.payload["wish"]))


def report_hall(context: WithDesks, letter: Letter) -> None:
    """The platform hears of a site's tickets."""
    if context.desks.hall is not None:
        since = datetime.fromtimestamp(int(letter.payload["since"]), UTC)
        site_id = str(letter.payload["site"])
        hall.report_site(context.database, context.desks.hall, site_id, since)


def publish_places(context: WithDesks) -> None:
    """Have every site's days published, if anybody shows them."""
    if context.desks.booking is not None:
        with context.database.unit_of_work() as session:
            region.send_out_publishers(session)


def look_for_wishes(context: WithDesks) -> None:
    """Have the region's wishes read, and have it told what ended here."""
    if context.desks.booking is not None:
        with context.database.unit_of_work() as session:
            region.send_out_reader(session)
            region.note_ends(session)


def look_for_tickets(context: WithDesks) -> None:
    """Have the platform told of tickets, if it takes them."""
    if context.desks.hall is not None:
        with context.database.unit_of_work() as session:
            hall.send_out_reports(session)


def _booking(settings: Settings) -> UnifiedBooking | None:
    told = settings.region_desk
    if told.booking == NONE or (told.booking == SIMULATED and settings.production):
        return None
    if told.booking == SIMULATED:
        from kiosk_server.gateways.region_desk_simulated import (  # noqa: PLC0415
            SimulatedUnifiedBooking,
        )

        return SimulatedUnifiedBooking()
    # The HTTP library is slow to import, and who is not connected has no use for it.
    from kiosk_server.gateways.region_desk_http import HttpUnifiedBooking  # noqa: PLC0415

    return HttpUnifiedBooking(told.booking, told.booking_key)


def _hall(settings: Settings) -> HallPlatform | None:
    told = settings.region_desk
    if told.hall == NONE or (told.hall == SIMULATED and settings.production):
        return None
    if told.hall == SIMULATED:
        from kiosk_server.gateways.region_desk_simulated import SimulatedHall  # noqa: PLC0415

        return SimulatedHall()
    from kiosk_server.gateways.region_desk_http import HttpHall  # noqa: PLC0415

    return HttpHall(told.hall, told.hall_key)


DESK_HANDLERS: Mapping[str, Handler[WithDesks]] = {
    region.REGION_PUBLISHED: publish_site,
    region.REGION_READ: read_wishes,
    region.REGION_ANSWERED: answer_wish,
    hall.HALL_REPORTED: report_hall,
}
