"""What this terminal has in stock for a dead or thin line, and the duty that keeps it filled."""

from collections.abc import Sequence
from pathlib import Path

from devices.agent.published import PublishedThings
from devices.agent.stocking import Stocker
from devices.host.duties import Duty
from devices.host.guide_shelf import GuideShelf
from devices.host.ports import ServerDoor
from devices.host.static_store import StaticStore
from devices.host.visit_watch import VisitWatch

STATIC_FOLDER = "static"


class StockRoom:
    """Shelf and store in *state*; with a *line* they are kept filled while no visit goes on."""

    def __init__(
        self,
        state: Path,
        *,
        line: ServerDoor | None,
        visits: VisitWatch,
        shipped: Path | None = None,
    ) -> None:
        self.shelf = GuideShelf(state)
        self.store = StaticStore(state / STATIC_FOLDER)
        self._stocker = (
            Stocker(PublishedThings(line), self.shelf, self.store, visits, shipped=shipped)
            if line is not None
            else None
        )

    def missed(self) -> None:
        """A page has asked for a file that is not here."""
        if self._stocker is not None:
            self._stocker.wake()

    def forget(self) -> int:
        """Drop all files, to be fetched anew; returns how many there were."""
        dropped = self.store.forget()
        self.missed()
        return dropped

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return () if self._stocker is None else (Duty("stocking", self._stocker.run),)

    def stop(self) -> None:
        """Tell the duty to end."""
        if self._stocker is not None:
            self._stocker.stop()
