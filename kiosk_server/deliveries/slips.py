"""The slip that carries the code of a hand-over (收件核验码), for whoever has no phone."""

from sqlalchemy.orm import Session

from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.core import clock
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import Direction
from kiosk_server.places import queries as places
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.shown_slips import hand_over_slip
from kiosk_server.visits.models import Visit

TITLE = "收件核验码"
TITLE_FETCHED = "取件核验码"


def hand_over_slip_possible(session: Session, visit: Visit) -> bool:
    """Return whether the slip would come out now, before its person's eyes."""
    return slip_possible(session, visit)


def queue_hand_over_slip(
    session: Session, visit: Visit, delivery: DeliveryOrder, *, code: str
) -> PrintJob:
    """Ask for the slip that carries *code*; it names nobody and no address."""
    fetched = delivery.direction == Direction.PAPERS
    rows = {"运单号": delivery.waybill} if delivery.waybill else {}
    if delivery.to_site_id is not None:
        place = places.site(session, delivery.to_site_id)
        rows |= {"到哪里取": place.names["zh"], "地址": place.addresses["zh"]}
    slip = hand_over_slip(
        office=places.site(session, delivery.site_id).names["zh"],
        code=code,
        rows=rows,
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
        fetched=fetched,
    )
    return queue(session, visit, slip, title=TITLE_FETCHED if fetched else TITLE)
