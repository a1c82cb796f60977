"""A town with one broken terminal, who mends it, and who looks at it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from kiosk_server.audit.services import Actor
from kiosk_server.core.database import Database
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage
from kiosk_server.terminals.rules import Condition
from kiosk_server.work_orders import queries, services
from kiosk_server.work_orders.checklists import checklist_for
from kiosk_server.work_orders.queries import OrderView
from kiosk_server.work_orders.rules import Arrival, ArrivalReason, FaultCause
from tests.support.ailing import Ailing

Result = TypeVar("Result")
ONE, OF_TOWN = "AT-0001", "AT-0002"
ALL_WELL = {point.value: "good" for point in checklist_for("a4_printer")}


@dataclass
class Phones:
    """A channel that remembers what it was given."""

    simulated: bool = False
    got: list[PhoneMessage] = field(default_factory=list)

    def send(self, message: PhoneMessage) -> MessageOutcome:
        """Take one message."""
        self.got.append(message)
        return MessageOutcome.SENT


class Workshop:
    """Every deed is a unit of work of its own, at the town's time."""

    def __init__(self, database: Database) -> None:
        self.town = Ailing(database).open(centre=1, town=1)
        self.technician = Actor("staff", self.town.on_call("weihu"))
        self.clerk = Actor("staff", "01clerk")
        self.breaks()

    def breaks(self) -> None:
        """Let the A4 printer run out of paper for long enough."""
        self.town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
        self.town.wait(20)

    def mended(self) -> None:
        """Let the terminal say that all is well, until the alert closes by itself."""
        self.town.well(ONE)
        self.town.wait(40)

    def does(self, deed: Callable[[Session], Result]) -> Result:
        """Do something in one unit of work."""
        with self.town.at_work(), self.town.database.unit_of_work() as session:
            return deed(session)

    def opens(self) -> str:
        """The clerk opens an order for the newest alert; returns its id."""
        alert = self.town.alerts()[-1].id
        return self.does(lambda session: services.open_from_alert(session, alert, by=self.clerk))

    def goes(self, order: str) -> None:
        """The technician takes an order, goes there, and begins."""
        me = self.technician
        self.does(lambda session: services.assign(session, order, me.id, by=me))
        self.does(lambda session: services.set_out(session, order, by=me))
        self.does(
            lambda session: services.arrive(
                session, order, Arrival.BY_HAND, by=me, reason=ArrivalReason.SCREEN_DEAD
            )
        )
        self.does(lambda session: services.begin(session, order, by=me))

    def finishes(self, order: str, cause: FaultCause = FaultCause.SUPPLY) -> None:
        """The technician says that it is done."""
        self.does(
            lambda session: services.finish(session, order, ALL_WELL, cause, by=self.technician)
        )

    def seen(self, order: str) -> OrderView:
        """The order as it stands."""
        found = self.does(lambda session: queries.find(session, order))
        assert found is not None
        return found
