"""The play of a fleet: all are well, misfortunes strike, people are called, all is well again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from kiosk_server.core.database import Database
from tests.fleet.ground import prepare
from tests.fleet.life import BEAT_SECONDS, Fleet
from tests.fleet.script import cast, troubles_expected
from tests.fleet.terminal import Answer, FleetTerminal, Request, Tally
from tests.fleet.verdict import Verdict, alerts_live, calls_sent, judge

HELD_SECONDS = 90.0 + 45.0 + 30.0
"""Until a silence is seen, until somebody is called for it, and somewhat more."""


class Stage(Protocol):
    """Where a fleet lives: a clock in seconds, a line, and time that passes."""

    origin: str
    database: Database

    def now(self) -> float:
        """The fleet's clock."""
        ...

    def send(self, request: Request) -> Answer:
        """Hand a request to the server."""
        ...

    def live(self, fleet: Fleet, *, until: float, and_until: Callable[[], bool]) -> bool:
        """Let the fleet live until then, and on until *and_until*; False if that never came."""
        ...


@dataclass(frozen=True)
class Played:
    """How it went."""

    verdict: Verdict
    tally: Tally
    fleet: Fleet
    called_in_time: bool
    over_in_time: bool

    @property
    def right(self) -> bool:
        """Whether everything came as it must."""
        tally = self.tally
        served = tally.failed == 0 and tally.refused == tally.refusals_meant
        return self.verdict.right and self.called_in_time and self.over_in_time and served


def enrolled(
    stage: Stage,
    count: int,
    seed: int,
    *,
    tally: Tally,
    crews: int = 1,
    beat_seconds: float = BEAT_SECONDS,
) -> Fleet:
    """Return a fleet of *count* terminals, each admitted over the wire with a key of its own."""
    parts = cast(count, seed)
    codes = prepare(stage.database, [part.site for part in parts])
    terminals = [FleetTerminal(stage.origin, stage.now, stage.send, tally) for _ in parts]
    with ThreadPoolExecutor(crews) as people:
        # Side by side: the first must not have been silent for long when the last is admitted.
        list(people.map(FleetTerminal.enrol, terminals, codes))
    return Fleet(terminals, parts, crews=crews, beat_seconds=beat_seconds)


def play(stage: Stage, fleet: Fleet, tally: Tally) -> Played:
    """Play it whole; what was waited for and did not come stands in the answer."""
    wanted = troubles_expected(list(fleet.parts))
    fleet.begin(stage.now())
    stage.live(fleet, until=stage.now() + fleet.beat_seconds, and_until=lambda: _all_spoke(fleet))
    struck = fleet.strike(stage.now())
    called = stage.live(
        fleet, until=struck + HELD_SECONDS, and_until=lambda: calls_sent(stage.database) >= wanted
    )
    held_at = stage.now()
    mended = fleet.mend(held_at)
    over = stage.live(fleet, until=mended, and_until=lambda: alerts_live(stage.database) == 0)
    return Played(judge(stage.database, fleet, held_at=held_at), tally, fleet, called, over)


def _all_spoke(fleet: Fleet) -> bool:
    return all(len(terminal.ledger.words) > 1 for terminal in fleet.terminals)
