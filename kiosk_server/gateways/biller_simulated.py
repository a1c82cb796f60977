"""
Billers that are only played (模拟收费单位): nobody is owed anything, and pages say so.

The last two digits of an account choose its story (`STORIES`), which `cli demo` prints; all other
accounts are unknown. Absent in production.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    Asleep,
    Booked,
    BookingAnswer,
    Kept,
    NotKnown,
    Owed,
    OwedBill,
    Pending,
    QueryAnswer,
    ReversalAnswer,
    Reversed,
    StandingAnswer,
    TurnedDown,
    UnknownAccount,
)
from kiosk_server.core import clock
from kiosk_server.core.clock import BEIJING
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import digest
from kiosk_server.gateways.models import SimulatedBooking

STORIES = {
    "01": "owes two months",
    "02": "owes nothing",
    "03": "is not booked, and the money comes back",
    "04": "is booked, and the answer is lost",
    "05": "is never confirmed, until it is given up and the money comes back",
    "06": "is asleep until seven in the morning",
    "07": "owes another amount each hour",
}
"""The last two digits of an account, and what they play."""
_TWO_MONTHS, _NOTHING, _REFUSED, _LOST, _NEVER, _ASLEEP, _CHANGING = STORIES
HOLDER = "测*（模拟）"
_KEPT = timedelta(days=60)
_MORNING = time(7)
_BOOKED, _REVERSED, _TAKEN, _TURNED_DOWN = "booked", "reversed", "taken", "refused"


class SimulatedBiller:
    """Keeps what it was asked to book, and says so until it is undone."""

    simulated = True

    def __init__(self, database: Database) -> None:
        self._database = database

    def query(self, biller: str, account: str) -> QueryAnswer:
        """Say what an account owes."""
        story = account[-2:]
        if story not in STORIES:
            return UnknownAccount()
        if story == _ASLEEP:
            return Asleep(_next_morning(clock.now()))
        if story == _NOTHING:
            return Owed(HOLDER, ())
        months = _months_before(clock.beijing_today(), 2 if story == _TWO_MONTHS else 1)
        due_on = clock.beijing_today().replace(day=28)
        owed = [
            OwedBill(f"{account}-{month}", month, _amount(biller, account, month), due_on)
            for month in months
        ]
        paid = select(SimulatedBooking.bill_digest).where(
            SimulatedBooking.state == _BOOKED,
            SimulatedBooking.bill_digest.in_([_of_bill(biller, bill.number) for bill in owed]),
        )
        with self._database.reading() as session:
            gone = set(session.scalars(paid))
        left = tuple(bill for bill in owed if _of_bill(biller, bill.number) not in gone)
        return Owed(HOLDER, left)

    def write_off(self, asked: AskedBooking) -> BookingAnswer:
        """Book a payment, once."""
        story = asked.account[-2:]
        with self._database.unit_of_work() as session:
            found = session.get(SimulatedBooking, asked.number, with_for_update=True)
            is_new = found is None
            if found is None:
                state = {_REFUSED: _TURNED_DOWN, _NEVER: _TAKEN}.get(story, _BOOKED)
                found = SimulatedBooking(
                    id=asked.number,
                    bill_digest=_of_bill(asked.biller, asked.bill),
                    state=state,
                    at=clock.now(),
                )
                session.add(found)
            answer = _standing(found)
        return AnswerLost("simulated") if is_new and story == _LOST else answer

    def ask_write_off(self, number: str) -> StandingAnswer:
        """Say how a payment stands."""
        with self._database.reading() as session:
            found = session.get(SimulatedBooking, number)
            return NotKnown() if found is None else _standing(found)

    def reverse(self, number: str) -> ReversalAnswer:
        """Undo a payment; what it never heard of is undone for good, too."""
        with self._database.unit_of_work() as session:
            found = session.get(SimulatedBooking, number, with_for_update=True)
            if found is None:
                found = SimulatedBooking(id=number, bill_digest="", state=_REVERSED, at=clock.now())
                session.add(found)
            if found.state == _BOOKED:
                return Kept(_reference(number))
            found.state = _REVERSED
        return Reversed()


def forget_bookings(session: Session) -> int:
    """Delete what was played two months ago; return how many bookings."""
    old = SimulatedBooking.at < clock.now() - _KEPT
    result = session.execute(delete(SimulatedBooking).where(old))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _standing(row: SimulatedBooking) -> Booked | TurnedDown | Pending | Reversed:
    match row.state:
        case "booked":
            return Booked(_reference(row.id))
        case "refused":
            return TurnedDown("simulated")
        case "reversed":
            return Reversed()
        case _:
            return Pending()


def _reference(number: str) -> str:
    return f"SIM-{number}"


def _of_bill(biller: str, number: str) -> str:
    return digest(f"{biller}\x1f{number}")


def _amount(biller: str, account: str, month: str) -> int:
    """Return between 10 and 110 yuan, the same for the same month; one story's changes hourly."""
    told = f"{biller}{account}{month}"
    if account.endswith(_CHANGING):
        told += clock.now().strftime("%Y%m%d%H")
    return 1000 + int(digest(told)[:8], 16) % 10_000


def _months_before(today: date, count: int) -> list[str]:
    months: list[str] = []
    day = today
    for _ in range(count):
        day = day.replace(day=1) - timedelta(days=1)
        months.insert(0, f"{day.year}-{day.month:02}")
    return months


def _next_morning(now: datetime) -> datetime:
    local = clock.to_beijing(now)
    day = local.date() if local.time() < _MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, _MORNING, BEIJING)
