"""What happens on the terminal, told to whoever listens; today the page, over server-sent events.

The kinds are enumerated and an event carries no personal data.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_MOST_WAITING = 64


class EventKind(StrEnum):
    """What a page, or another part of the terminal, may want to hear of."""

    CARD = "card"
    SCAN = "scan"
    STATE = "state"
    LINE = "line"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has just happened."""

    kind: EventKind
    facts: Mapping[str, object]


class EventBus:
    """Passes events to listeners; any thread may call. A listener that sleeps loses the oldest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[queue.Queue[Event | None]] = []
        self._passing: list[queue.Queue[Event | None]] = []
        self._closed = False

    def announce(self, kind: EventKind, /, **facts: object) -> None:
        """Tell everybody; never blocks."""
        self._put(Event(kind, facts))

    def listen(self, *, beat_seconds: float, at_most: int | None = None) -> Iterator[Event | None]:
        """Yield events as they come, and None after each *beat_seconds* of silence.

        Ends when the bus closes. The listener is known from the call on, not from the first step.
        With *at_most*, the oldest of so many such listeners ends for this one.
        """
        waiting: queue.Queue[Event | None] = queue.Queue(_MOST_WAITING)
        with self._lock:
            if self._closed:
                return iter(())
            if at_most is not None:
                while len(self._passing) >= at_most:
                    _put(self._passing.pop(0), None)
                self._passing.append(waiting)
            self._listeners.append(waiting)
        return self._stream(waiting, beat_seconds)

    def close(self) -> None:
        """End all streams."""
        with self._lock:
            self._closed = True
        self._put(None)

    def _stream(
        self, waiting: "queue.Queue[Event | None]", beat_seconds: float
    ) -> Iterator[Event | None]:
        try:
            while True:
                try:
                    event = waiting.get(timeout=beat_seconds)
                except queue.Empty:
                    yield None
                    continue
                if event is None:
                    return
                yield event
        finally:
            with self._lock:
                self._listeners.remove(waiting)
                if waiting in self._passing:
                    self._passing.remove(waiting)

    def _put(self, event: Event | None) -> None:
        with self._lock:
            for waiting in self._listeners:
                _put(waiting, event)


def _put(waiting: "queue.Queue[Event | None]", event: Event | None) -> None:
    if waiting.full():
        waiting.get_nowait()
    waiting.put_nowait(event)


class LineWatch:
    """Tells once when the line to the server is lost and once when it is back."""

    def __init__(
        self,
        bus: EventBus,
        lost_or_found: Callable[[bool], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bus = bus
        self._lost_or_found = lost_or_found
        self._now = now
        self._lock = threading.Lock()
        self._alive: bool | None = None
        self._changed_at = now()

    @property
    def alive(self) -> bool | None:
        """Whether the last call was answered; None before the first."""
        return self._alive

    @property
    def dead_seconds(self) -> float:
        """How long the line has been dead; 0 while it lives."""
        with self._lock:
            return self._now() - self._changed_at if self._alive is False else 0.0

    def tell(self, alive: bool) -> None:
        """Take note of how a call to the server went."""
        with self._lock:
            changed, self._alive = self._alive is not alive, alive
            if changed:
                self._changed_at = self._now()
        if changed:
            self._lost_or_found(alive)
            self._bus.announce(EventKind.LINE, alive=alive)
