"""
A simulated courier (模拟快递): nothing is carried; a parcel goes its way by the clock.

What happens to it can be chosen by a word in the street it is sent to: 模拟·拒收 is refused and
comes back, 模拟·查无此人 is stopped for its address, 模拟·丢失 gets lost, 模拟·不到 is not carried
at all. It never ships to production.
"""

from datetime import timedelta

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.ports import (
    CalledOff,
    CancelAnswer,
    Consignment,
    FindAnswer,
    NoSuchOrder,
    TakeAnswer,
    Taken,
    Told,
    TooLate,
    TrackAnswer,
    TurnedDown,
)
from kiosk_server.gateways.models import SimulatedParcel

_WAYBILL = "SIM"
_KEPT = timedelta(days=30)
_STAGES = (Step.PICK_UP, Step.MOVE, Step.GO_OUT)
_EACH = timedelta(minutes=1)
"""From one stage to the next: whoever shows the product sees it move."""
_WORDS = {
    Step.PICK_UP: "（模拟）已揽收",
    Step.MOVE: "（模拟）运输中",
    Step.GO_OUT: "（模拟）派送中",
    Step.DELIVER: "（模拟）已签收",
    Step.STRAY: "（模拟）异常",
    Step.TURN_BACK: "（模拟）退回中",
    Step.GIVE_BACK: "（模拟）已退回",
}
NOT_CARRIED = "模拟·不到"
_LAST_STAGES: dict[str, tuple[tuple[Step, Trouble | None], ...]] = {
    "delivered": ((Step.DELIVER, None),),
    "模拟·拒收": ((Step.TURN_BACK, Trouble.REFUSED), (Step.GIVE_BACK, None)),
    "模拟·查无此人": ((Step.STRAY, Trouble.WRONG_ADDRESS),),
    "模拟·丢失": ((Step.STRAY, Trouble.LOST),),
}


class SimulatedCourier:
    """Keeps what it was given, and reckons from the clock how far it has come."""

    simulated = True
    look_every = timedelta(seconds=30)

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Take a parcel; the same id twice is one."""
        if NOT_CARRIED in consignment.receiver.street:
            return TurnedDown("unreachable")
        ending = next((word for word in _LAST_STAGES if word in consignment.receiver.street), None)
        with self._database.unit_of_work() as session:
            if session.get(SimulatedParcel, consignment.order_id) is None:
                session.add(
                    SimulatedParcel(
                        id=consignment.order_id,
                        ending=ending or "delivered",
                        taken_at=clock.now(),
                    )
                )
        return Taken(_WAYBILL + consignment.order_id)

    def find(self, order_id: str) -> FindAnswer:
        """Look a parcel up."""
        with self._database.reading() as session:
            parcel = session.get(SimulatedParcel, order_id)
            if parcel is None:
                return NoSuchOrder()
            return CalledOff() if parcel.cancelled_at else Taken(_WAYBILL + order_id)

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Cancel a parcel that nobody has fetched."""
        with self._database.unit_of_work() as session:
            parcel = session.get(SimulatedParcel, order_id, with_for_update=True)
            if parcel is None or _told(parcel):
                return TooLate()
            parcel.cancelled_at = parcel.cancelled_at or clock.now()
        return CalledOff()

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Tell how far a parcel has come by now."""
        with self._database.reading() as session:
            parcel = session.get(SimulatedParcel, order_id)
            return _told(parcel) if parcel is not None else []


def forget_parcels(session: Session) -> int:
    """Delete parcels whose way ended long ago; return how many."""
    result = session.execute(
        delete(SimulatedParcel).where(SimulatedParcel.taken_at < clock.now() - _KEPT)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


def _told(parcel: SimulatedParcel) -> list[Told]:
    if parcel.cancelled_at is not None:
        return []
    stages: list[tuple[Step, Trouble | None]] = [(step, None) for step in _STAGES]
    whole = [*stages, *_LAST_STAGES[parcel.ending]]
    lines = [
        Told(parcel.taken_at + _EACH * number, step.value, _WORDS[step], step, trouble)
        for number, (step, trouble) in enumerate(whole, 1)
    ]
    return [line for line in lines if line.at <= clock.now()]
