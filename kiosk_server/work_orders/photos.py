"""
Photographs of a machine at an order (检修照片): drawn anew, kept sealed, looked at by name.

    keep_photo(session, order_id, data, *, by) -> str
    look_at_photo(session, order_id, photo_id, *, by) -> bytes

Nothing of the upload is kept but its pixels (`files.pictures`). People and papers have no place on
it; the page says so where the picture is taken.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.files import pictures
from kiosk_server.files.pictures import MEDIA_TYPE, PictureRefused
from kiosk_server.files.services import read, store
from kiosk_server.work_orders.models import WorkOrder, WorkOrderPhoto
from kiosk_server.work_orders.rules import ENDS, OrderState

MOST_PHOTOS = 12
LARGEST_BYTES = 5 * 1024 * 1024


def keep_photo(session: Session, order_id: str, data: bytes, *, by: Actor) -> str:
    """
    Keep a JPEG or PNG picture with an order; return its id.

    Raises `Invalid` for anything that is no such picture or too large, `Conflict` beyond twelve.
    """
    order = session.get(WorkOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("work_order_not_found")
    if OrderState(order.state) in ENDS:
        raise WrongState("work_order_over", state=order.state)
    count = select(func.count()).where(WorkOrderPhoto.order_id == order_id)
    if (session.scalar(count) or 0) >= MOST_PHOTOS:
        raise Conflict("photos_enough")
    file = store(session, redrawn(data), MEDIA_TYPE, "work_order_photo")
    photo = WorkOrderPhoto(
        id=new_id(), order_id=order_id, file_id=file.id, by_id=by.id, at=clock.now()
    )
    session.add(photo)
    _note(session, AuditEvent.WORK_ORDER_PHOTO_TAKEN, photo, order.terminal_id, by)
    session.flush()
    return photo.id


def look_at_photo(session: Session, order_id: str, photo_id: str, *, by: Actor) -> bytes:
    """Return a picture as JPEG; who looks is written down."""
    photo = session.get(WorkOrderPhoto, photo_id)
    if photo is None or photo.order_id != order_id:
        raise NotFound("photo_not_found")
    order = session.get_one(WorkOrder, order_id)
    _note(session, AuditEvent.WORK_ORDER_PHOTO_SEEN, photo, order.terminal_id, by)
    return read(session, photo.file_id)


def redrawn(data: bytes) -> bytes:
    """Return the pixels of *data* as a new JPEG; `Invalid("photo_invalid")`."""
    if not data:
        raise Invalid("photo_invalid", fields=[FieldFault("photo", "missing")])
    if len(data) > LARGEST_BYTES:
        raise Invalid("photo_invalid", fields=[FieldFault("photo", "too_large")])
    try:
        return pictures.redrawn(data)
    except PictureRefused as refused:
        raise Invalid("photo_invalid", fields=[FieldFault("photo", refused.code)]) from None


def _note(
    session: Session, event: AuditEvent, photo: WorkOrderPhoto, terminal_id: str, by: Actor
) -> None:
    note(
        session,
        event,
        actor=by,
        subject=Subject("work_order", photo.order_id),
        facts={"terminal": terminal_id, "photo": photo.id},
    )
