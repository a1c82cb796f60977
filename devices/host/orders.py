"""
The desk between a page that orders something of a device and the thread that serves it.

A page asks, looks how its order stands, and may cancel; the serving thread takes the order, says
how far it is and how it ended. There is one order at a time, a newer one supersedes the older, and
nothing that was found outlives the page that asked for it.
"""

import secrets
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

SUPERSEDED = "superseded"
"""The code under which an order stands that a newer one has pushed aside."""
# Results are asked for within seconds; a handful is kept so that a slow page still gets its own.
_KEPT_RESULTS = 8


class Standing(Protocol):
    """How an order stands; what else a page may know of it is the order's own matter."""

    @property
    def state(self) -> StrEnum:
        """Where the order stands, in the words of the device API."""
        ...


_Wish = TypeVar("_Wish")
_Standing = TypeVar("_Standing", bound=Standing)


@dataclass(frozen=True, slots=True)
class Order(Generic[_Wish]):
    """What a page has asked for."""

    id: str
    wish: _Wish = field(repr=False)


class OrderDesk(Generic[_Wish, _Standing]):
    """Holds the order under way and the last few standings. Any thread may call.

    An order begins as *waiting* and stands as *superseded* once a newer one has come.
    """

    def __init__(self, *, waiting: _Standing, superseded: _Standing) -> None:
        self._waiting = waiting
        self._superseded = superseded
        self._lock = threading.Condition()
        self._order: Order[_Wish] | None = None
        self._standings: dict[str, _Standing] = {}
        self._closed = False

    def ask(self, wish: _Wish) -> str:
        """Put an order in the place of the one before and return its id."""
        order = Order(secrets.token_urlsafe(12), wish)
        with self._lock:
            if self._order is not None:
                self._standings[self._order.id] = self._superseded
            self._order = order
            self._standings[order.id] = self._waiting
            while len(self._standings) > _KEPT_RESULTS:
                del self._standings[next(iter(self._standings))]
            self._lock.notify_all()
        return order.id

    def standing(self, order: str) -> _Standing | None:
        """How an order stands, or None for an id that is unknown, cancelled or long past."""
        with self._lock:
            return self._standings.get(order)

    def standing_past(self, order: str, state: StrEnum, *, wait_seconds: float) -> _Standing | None:
        """As `standing`, as soon as the order is past *state* or after *wait_seconds*."""
        with self._lock:
            self._lock.wait_for(lambda: not self._stands_at(order, state), wait_seconds)
            return self._standings.get(order)

    def current_stands_at(self, state: StrEnum) -> bool:
        """Say whether there is an order under way and it stands at *state*."""
        with self._lock:
            return self._order is not None and self._stands_at(self._order.id, state)

    def cancel(self, order: str) -> bool:
        """Forget an order and what it found; returns whether there was one."""
        with self._lock:
            if self._order is not None and self._order.id == order:
                self._order = None
            self._lock.notify_all()
            return self._standings.pop(order, None) is not None

    def clear(self) -> None:
        """Forget every order and everything that was found."""
        with self._lock:
            self._order = None
            self._standings.clear()
            self._lock.notify_all()

    def close(self) -> None:
        """Clear the desk and let the serving thread go home."""
        with self._lock:
            self._closed = True
        self.clear()

    @property
    def closed(self) -> bool:
        """Whether nothing is served here any more."""
        with self._lock:
            return self._closed

    def next_order(self, wait_seconds: float | None) -> Order[_Wish] | None:
        """The order under way, waited for; None when the time is over or the desk has closed."""
        with self._lock:
            if self._order is None and not self._closed:
                self._lock.wait(wait_seconds)
            return self._order

    def wanted(self, order: Order[_Wish]) -> bool:
        """Say whether anybody still waits for *order*."""
        with self._lock:
            return self._order is order

    def pause(self, seconds: float) -> None:
        """Let the time pass, or less when something happens at the desk."""
        with self._lock:
            self._lock.wait(seconds)

    def step(self, order: Order[_Wish], standing: _Standing) -> None:
        """Note how far *order* is, if anybody still waits for it."""
        with self._lock:
            if self._order is order:
                self._note(order, standing)

    def end(self, order: Order[_Wish], standing: _Standing) -> bool:
        """Note how *order* ended; returns whether anybody still waited for it."""
        with self._lock:
            if self._order is not order:
                return False
            self._note(order, standing)
            self._order = None
            return True

    def _note(self, order: Order[_Wish], standing: _Standing) -> None:
        if order.id in self._standings:
            self._standings[order.id] = standing
            self._lock.notify_all()

    def _stands_at(self, order: str, state: StrEnum) -> bool:
        standing = self._standings.get(order)
        return standing is not None and standing.state is state
