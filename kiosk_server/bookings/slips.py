"""
The slip of a booked visit (预约单), for whoever has no phone: when, where, and the check-in code.

It names nobody, and neither does what is printed once it is torn off.
"""

from sqlalchemy.orm import Session

from kiosk_server.bookings.check_in_codes import qr_text
from kiosk_server.bookings.models import Booking
from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places import queries as places
from kiosk_server.places.service_groups import service_groups
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.slips import booking_slip
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

TITLE = "预约单"


def booking_slip_asked(session: Session, visit: Visit, booking_id: str) -> bool:
    """Return whether *visit* has printed a booking already."""
    return _mark(booking_id) in draft_of(session, visit)


def queue_booking_slip(
    session: Session, visit: Visit, booking: Booking, *, code: str
) -> PrintJob | None:
    """
    Ask for the slip of *booking* with its check-in *code*; None at a second touch.

    Raises `Refused("slip_not_possible")` where the receipt printer cannot print now.
    """
    if booking_slip_asked(session, visit, booking.id):
        return None
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    place, group = places.site(session, booking.site_id), service_groups()[booking.group_code]
    matters = [group.services[each].names["zh"] for each in booking.services]
    minutes = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    slip = booking_slip(
        office=places.site(session, visit.site_id).names["zh"],
        code=code,
        scanned=qr_text(code),
        when=booking.starts_at,
        rows={
            "去哪里": place.names["zh"],
            "地址": place.addresses["zh"],
            "办什么": "、".join(matters) or group.names["zh"],
            "大约要": f"{minutes} 分钟",
            "电话": place.phone,
        },
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
    )
    job = queue(session, visit, slip, title=TITLE)
    put_draft(session, visit, **{_mark(booking.id): job.id})
    return job


def _mark(booking_id: str) -> str:
    return f"booking_slip_{booking_id}"
