"""What follows from fiscal bills: they follow payments, and the treasury is asked for them."""

from collections.abc import Mapping
from typing import Protocol

from kiosk_server.core.database import Database
from kiosk_server.fiscal.asking import ask_treasury
from kiosk_server.fiscal.ports import FiscalBills
from kiosk_server.fiscal.rules import ISSUE_ASKED
from kiosk_server.fiscal.services import follow
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter


class WithTreasury(Protocol):
    """What a handler of fiscal bills needs."""

    @property
    def database(self) -> Database:
        """Where bills stand."""
        ...

    @property
    def treasury(self) -> FiscalBills | None:
        """Who issues them; the same for the life of a worker, whose fuses must remember."""
        ...


def fiscal_bills_follow(context: WithTreasury, letter: Letter) -> None:
    """Money came or went back: its bills are made, where there is a treasury to ask."""
    if context.treasury is not None:
        with context.database.unit_of_work() as session:
            follow(session, str(letter.payload["order"]))


def ask_for_bill(context: WithTreasury, letter: Letter) -> None:
    """A bill is wanted, blue or red."""
    ask_treasury(context.database, context.treasury, str(letter.payload["bill"]))


FISCAL_HANDLERS: Mapping[str, Handler[WithTreasury]] = {ISSUE_ASKED: ask_for_bill}
