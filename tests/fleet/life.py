"""
The life of a fleet: heartbeats by each terminal's own rhythm, and what the script does to it.

A crew is the terminals that one thread speaks for, in the order in which their moments come.
"""

import heapq
import threading
from collections.abc import Sequence

from tests.fleet.script import STRIKES_WITHIN_SECONDS, Part, Turn
from tests.fleet.terminal import FleetTerminal

BEAT_SECONDS = 30.0
MENDED_WITHIN_SECONDS = 30.0
_BEAT = None


class Crew:
    """Terminals and what comes next for each; others may plan while one thread acts."""

    def __init__(
        self, terminals: Sequence[tuple[int, FleetTerminal]], *, beat_seconds: float
    ) -> None:
        self._terminals = dict(terminals)
        self._beat_seconds = beat_seconds
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, int, Turn | None]] = []
        self._planned = 0
        self.latest_seconds = 0.0
        """How far behind its moment the latest word was."""

    def begin(self, now: float) -> None:
        """Give every terminal its first heartbeat, one after another."""
        for place, number in enumerate(self._terminals):
            self._plan(now + self._beat_seconds * place / len(self._terminals), number, _BEAT)

    def plan(self, number: int, at: float, turn: Turn) -> None:
        """Let a terminal of this crew be so from then on."""
        self._plan(at, number, turn)

    def next_due(self) -> float:
        """Return when this crew acts next."""
        with self._lock:
            return self._due[0][0]

    def act(self, now: float) -> None:
        """Do what is due."""
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > now:
                    return
                at, _, number, turn = heapq.heappop(self._due)
            self.latest_seconds = max(self.latest_seconds, now - at)
            terminal = self._terminals[number]
            if turn is _BEAT:
                terminal.beat()
                # By its own rhythm, however late this one was.
                self._plan(max(at + self._beat_seconds, now), number, _BEAT)
            else:
                terminal.take(turn)

    def _plan(self, at: float, number: int, turn: Turn | None) -> None:
        with self._lock:
            self._planned += 1
            heapq.heappush(self._due, (at, self._planned, number, turn))


class Fleet:
    """Every terminal with its part, in crews."""

    def __init__(
        self,
        terminals: Sequence[FleetTerminal],
        parts: Sequence[Part],
        *,
        crews: int = 1,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self.terminals = terminals
        self.parts = parts
        self.beat_seconds = beat_seconds
        numbered = list(enumerate(terminals))
        self.crews = [
            Crew(numbered[first::crews], beat_seconds=beat_seconds) for first in range(crews)
        ]

    def begin(self, now: float) -> None:
        """Let every terminal live."""
        for crew in self.crews:
            crew.begin(now)

    def strike(self, now: float) -> float:
        """Let the script happen from *now* on; return when its last turn has come."""
        last = now + STRIKES_WITHIN_SECONDS
        for number, part in enumerate(self.parts):
            for after, turn in part.kind.turns:
                at = now + part.begins_after_seconds + after
                last = max(last, at)
                self._crew_of(number).plan(number, at, turn)
        return last

    def mend(self, now: float) -> float:
        """Let everybody who is ill be well again, one after another; return when all are."""
        for number, part in enumerate(self.parts):
            if part.lasts:
                at = now + MENDED_WITHIN_SECONDS * number / len(self.parts)
                self._crew_of(number).plan(number, at, Turn.WELL)
        return now + MENDED_WITHIN_SECONDS

    def by_site(self) -> list[list[FleetTerminal]]:
        """Return the terminals of each site."""
        sites: dict[int, list[FleetTerminal]] = {}
        for terminal, part in zip(self.terminals, self.parts, strict=True):
            sites.setdefault(part.site, []).append(terminal)
        return list(sites.values())

    def _crew_of(self, number: int) -> Crew:
        return self.crews[number % len(self.crews)]
