"""
Our side of the platform's 大厅管理: each minute a site's tickets that were taken, called or ended.

Told by state and not by event: a report that is lost, late or sent twice does no harm. Parking and
handing on have no time of their own and are told with the next call or end.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.outbox.services import emit
from kiosk_server.places.models import ServiceWindow
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.ports import HallPlatform, HallReport, TicketTold

HALL_REPORTED = "hall.reported"
"""Outbox topic: `{"site": id, "since": seconds since 1970}`."""
LANE = "hall"
OVERLAP = timedelta(minutes=3)


class HallSilent(Unavailable):
    """The platform gave no answer that can be believed: the message keeps its tries."""

    default_code = "hall_silent"


def send_out_reports(session: Session) -> None:
    """Have what changed within the last minutes told, a message a site that has any of it."""
    since = clock.now() - OVERLAP
    wanted = select(QueueTicket.site_id).where(_changed(since)).distinct()
    for site_id in sorted(session.scalars(wanted)):
        told: dict[str, str | int] = {"site": site_id, "since": int(since.timestamp())}
        emit(session, HALL_REPORTED, told, lane=LANE)


def report_site(database: Database, hall: HallPlatform, site_id: str, since: datetime) -> None:
    """Tell the platform a site's tickets that changed after *since*; raises `HallSilent`."""
    with database.reading() as session:
        told = HallReport(site_id, clock.now(), tickets_since(session, site_id, since))
    if told.tickets and not hall.report(told):
        raise HallSilent


def tickets_since(session: Session, site_id: str, since: datetime) -> tuple[TicketTold, ...]:
    """Return a site's tickets that were taken, called or ended after *since*, by label."""
    wanted = (
        select(QueueTicket, ServiceWindow.label)
        .outerjoin(ServiceWindow, ServiceWindow.id == QueueTicket.window_id)
        .where(QueueTicket.site_id == site_id, _changed(since))
        .order_by(QueueTicket.day, QueueTicket.label)
    )
    return tuple(
        TicketTold(
            label=ticket.label,
            group_code=ticket.group_code,
            lane=ticket.lane,
            state=ticket.state,
            window=window,
            calls=ticket.calls,
            taken_at=ticket.taken_at,
            called_at=ticket.called_at,
            ended_at=ticket.ended_at,
        )
        for ticket, window in session.execute(wanted)
    )


def _changed(since: datetime) -> ColumnElement[bool]:
    return or_(
        QueueTicket.taken_at > since, QueueTicket.called_at > since, QueueTicket.ended_at > since
    )
