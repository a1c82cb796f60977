"""
A server as others build it: it looks whether a place is free, and takes it then.

A race that finds nothing here would prove nothing of ours. On SQLite nothing is found:
there, whoever writes is alone from the first look.
"""

import time
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk_server.bookings import services, slots, waiting
from kiosk_server.bookings.models import Slot
from wsgi import app

THINKS_SECONDS = 1.0
"""Long enough for others to look too, however slow the machine is."""

__all__ = ["app"]


def look_then_leap(session: Session, slot_ids: Iterable[str], *, walk_in: bool = False) -> bool:
    """Take one place in each slot if there was one a moment ago."""
    for slot_id in sorted(slot_ids):
        wanted = select(Slot.remaining_booked, Slot.remaining_total).where(Slot.id == slot_id)
        booked, total = session.execute(wanted).one()
        if booked < 1 or total < 1:
            return False
        time.sleep(THINKS_SECONDS)
        left = {"remaining_booked": booked - 1, "remaining_total": total - 1}
        session.execute(update(Slot).where(Slot.id == slot_id).values(**left))
    return True


for module in (services, slots, waiting):
    vars(module)["take"] = look_then_leap
