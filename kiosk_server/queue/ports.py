"""What we ask of the platform's hall management (大厅管理, P26): that it takes our tickets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class TicketTold:
    """One ticket as it stands: who has it is told to nobody."""

    label: str
    group_code: str
    lane: str
    state: str
    window: str | None
    calls: int
    taken_at: datetime
    called_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class HallReport:
    """Tickets of one site that changed; each takes the place of what was told of it before."""

    site_id: str
    as_of: datetime
    tickets: tuple[TicketTold, ...]


class HallPlatform(Protocol):
    """The platform's hall management; everything said to it may be said twice."""

    simulated: bool

    def report(self, told: HallReport) -> bool:
        """Hand tickets over; False where no answer can be believed."""
        ...
