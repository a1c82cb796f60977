"""A town whose terminals have printed for weeks: days in figures, prints of today, loads."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.fleet.models import TerminalDay
from kiosk_server.printing.models import PrintJob
from kiosk_server.supplies.models import SupplyStock
from kiosk_server.supplies.review import refit, review
from kiosk_server.supplies.rules import Supply
from kiosk_server.supplies.services import take_load
from kiosk_server.terminals.models import Terminal
from kiosk_server.visits.models import Visit
from tests.support.ailing import CENTRE, Ailing

ONE = "AT-0001"
_DAY_SECONDS = 86_400


class PaperTown:
    """The town, and its paper; every deed happens at the town's time."""

    def __init__(self, database: Database, *, centre: int = 1, town: int = 0) -> None:
        self.database = database
        self.town = Ailing(database).open(centre=centre, town=town)

    def has_printed(
        self, daily: int, *, days: int = 60, terminals: Sequence[str] = (ONE,), slips: int = 10
    ) -> "PaperTown":
        """Each of these terminals has used so much on every day before today."""
        today = clock.to_beijing(self.town.now).date()
        with self.database.unit_of_work() as session:
            for terminal_id in terminals:
                site_id = session.get_one(Terminal, terminal_id).site_id
                session.add_all(
                    TerminalDay(
                        terminal_id=terminal_id,
                        day=today - timedelta(days=back),
                        site_id=site_id,
                        expected_seconds=_DAY_SECONDS,
                        whole_seconds=_DAY_SECONDS,
                        partly_seconds=0,
                        stopped_seconds=0,
                        silent_seconds=0,
                        locked_seconds=0,
                        finished=0,
                        unfinished=0,
                        looked=0,
                        pages=daily,
                        slips=slips,
                        card_reads=0,
                    )
                    for back in range(1, days + 1)
                )
        return self

    def prints(self, pages: int, *, terminal: str = ONE, state: str = "printed") -> None:
        """A terminal prints one paper now."""
        now, visit = self.town.now, new_id()
        with self.database.unit_of_work() as session:
            session.add(
                Visit(
                    id=visit,
                    terminal_id=terminal,
                    site_id=CENTRE,
                    language="zh",
                    size="m",
                    theme="light",
                    reach="standard",
                    state="ended",
                    started_at=now,
                    last_seen_at=now,
                    ends_at=now,
                    ended_at=now,
                    assurance="none",
                )
            )
            session.flush()
            session.add(
                PrintJob(
                    id=new_id(),
                    kind="a4",
                    terminal_id=terminal,
                    visit_id=visit,
                    file_id=new_id(),
                    title="社会保险个人参保证明",
                    media_type="application/pdf",
                    digest="0" * 64,
                    pages=pages,
                    reprint=False,
                    state=state,
                    requested_at=now,
                    changed_at=now,
                    ended_at=now,
                )
            )

    def loads(self, units: float, supply: Supply = Supply.A4, *, terminal: str = ONE) -> None:
        """Somebody says that he has put in so much."""
        with self.town.at_work(), self.database.unit_of_work() as session:
            take_load(session, terminal, supply, units)

    def hours_pass(self, hours: int = 1) -> None:
        """Time passes; the chore of the last hour runs."""
        self.town.now += timedelta(hours=hours)
        self.reviews()

    def reviews(self) -> None:
        """The hourly chore runs."""
        with self.town.at_work():
            review(self.database)

    def learns(self) -> None:
        """The nightly chore runs."""
        with self.town.at_work():
            refit(self.database)

    def stock(self, supply: Supply = Supply.A4, *, terminal: str = ONE) -> SupplyStock:
        """What the product holds of one supply."""
        with self.database.reading() as session:
            return session.get_one(SupplyStock, (terminal, supply.value))

    def supplies(self, terminal: str = ONE) -> set[str]:
        """The supplies that are reckoned with at a terminal."""
        with self.database.reading() as session:
            wanted = select(SupplyStock.supply).where(SupplyStock.terminal_id == terminal)
            return set(session.scalars(wanted))
