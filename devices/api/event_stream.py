"""Server-sent events for the page, and the one-use tickets that let EventSource in.

EventSource cannot send a header; a page either reads the stream with `fetch` and the token, or
buys a ticket with the token and opens `…/events?ticket=…` once within a few seconds.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator

from devices.host.events import Event, EventBus

BEAT_SECONDS = 15.0
TICKET_SECONDS = 10.0
_MOST_TICKETS = 32
MOST_STREAMS = 4
"""One browser shows one page. A page that has gone is noticed at the next beat only, and each
stream holds a thread: whoever touches quickly must not use up the threads of the door."""


class Tickets:
    """One-use tickets; any thread may call."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._good_until: dict[str, float] = {}

    def sell(self) -> str:
        """A new ticket, good for one use within `TICKET_SECONDS`."""
        ticket = secrets.token_urlsafe(18)
        with self._lock:
            while len(self._good_until) >= _MOST_TICKETS:
                del self._good_until[next(iter(self._good_until))]
            self._good_until[ticket] = self._now() + TICKET_SECONDS
        return ticket

    def take(self, ticket: str) -> bool:
        """Use a ticket up; returns whether it was good."""
        with self._lock:
            return self._good_until.pop(ticket, 0.0) >= self._now()


def stream(bus: EventBus, first: Event) -> Iterator[str]:
    """The text of the stream, from *first* on, with a comment now and then so that a page that
    has gone is noticed. Ends when the bus closes."""
    heard = bus.listen(beat_seconds=BEAT_SECONDS, at_most=MOST_STREAMS)

    def lines() -> Iterator[str]:
        yield as_text(first)
        for event in heard:
            yield ": still here\n\n" if event is None else as_text(event)

    return lines()


def as_text(event: Event) -> str:
    """One event as the standard (WHATWG HTML §9.2) writes it."""
    return f"event: {event.kind.value}\ndata: {json.dumps(dict(event.facts))}\n\n"
