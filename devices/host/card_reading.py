"""Reading a card for the page (读取身份证) without the page seeing it.

The page brings the server's nonce and the names of the fields that the item needs. The card is
reduced to those as it is read (P37), handed to the server from here, and forgotten; the page
learns a read id and a masked name, or a code that says what went wrong.
"""

import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

import structlog

from devices.contracts.id_reader import (
    ADDRESS_UNCONFIRMED,
    Card,
    CardFailed,
    CardFound,
    CardRead,
    IdReader,
    NoCard,
    ReaderTrouble,
    ReadFailure,
)
from devices.contracts.states import Trouble
from devices.host.events import EventBus, EventKind
from devices.host.ports import LineDead, ReadCounter, ReadTaken, ReducedRead, Refused

FIELDS = frozenset(
    {"name", "number", "sex", "nation", "born", "address", "issuer", "valid_from", "valid_until"}
)
ADDRESS = "address"
PATIENCE_SECONDS = 90.0
# The driver itself keeps the interval that the security module needs between two looks.
BETWEEN_LOOKS_SECONDS = 0.05
STILL_THERE_SECONDS = 0.5
# Results are asked for within seconds; a handful is kept so that a slow page still gets its own.
_KEPT_RESULTS = 8

_log = structlog.get_logger(__name__)


class ReadState(StrEnum):
    """Where a read stands, in the words of the device API."""

    WAITING = "waiting"
    READING = "reading"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """What the page may know of its read."""

    state: ReadState
    read: str | None = None
    masked_name: str | None = field(default=None, repr=False)
    code: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {ReadState.DONE, ReadState.FAILED}


@dataclass(frozen=True, slots=True)
class _Order:
    id: str
    nonce: str = field(repr=False)
    needs: frozenset[str]


def reduce_card(card: Card, needs: Collection[str]) -> dict[str, str | None]:
    """Keep of *card* the fields named in *needs*; raises ValueError for a name not in FIELDS."""
    if not set(needs) <= FIELDS:
        raise ValueError("a field that no card may be asked for")
    texts = card.as_json()
    return {name: texts[name] for name in sorted(needs)}


class CardReading:
    """Serves one read at a time; a newer order supersedes the older."""

    def __init__(
        self,
        reader: IdReader | None,
        counter: ReadCounter,
        bus: EventBus,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._counter = counter
        self._bus = bus
        self._now = now
        self._lock = threading.Condition()
        self._order: _Order | None = None
        self._progress: dict[str, ReadProgress] = {}
        self._left_lying = False
        self._placed = 0
        self._ending = False

    def ask(self, nonce: str, needs: Collection[str]) -> str:
        """Begin a read for the page and return its id; raises ValueError for unknown *needs*."""
        if not needs or not set(needs) <= FIELDS:
            raise ValueError("needs")
        order = _Order(secrets.token_urlsafe(12), nonce, frozenset(needs))
        with self._lock:
            self._drop_current()
            self._order = order
            self._progress[order.id] = ReadProgress(ReadState.WAITING)
            while len(self._progress) > _KEPT_RESULTS:
                del self._progress[next(iter(self._progress))]
            self._lock.notify_all()
        return order.id

    def progress(self, read: str) -> ReadProgress | None:
        """How a read stands, or None for an id that is unknown, cancelled or long past."""
        with self._lock:
            return self._progress.get(read)

    def progress_past(
        self, read: str, state: ReadState, *, wait_seconds: float
    ) -> ReadProgress | None:
        """As `progress`, as soon as the read is past *state* or after *wait_seconds*."""
        with self._lock:
            self._lock.wait_for(lambda: not self._is_in(read, state), wait_seconds)
            return self._progress.get(read)

    def cancel(self, read: str) -> bool:
        """Forget a read and what it found; returns whether there was one."""
        with self._lock:
            if self._order is not None and self._order.id == read:
                self._order = None
            self._lock.notify_all()
            return self._progress.pop(read, None) is not None

    @property
    def card_left(self) -> bool:
        """Whether the card that was read still lies on the reader (请取走身份证)."""
        return self._left_lying

    @property
    def card_awaited(self) -> bool:
        """Whether a page waits for a card to be placed."""
        with self._lock:
            order = self._order
            return order is not None and self._is_in(order.id, ReadState.WAITING)

    @property
    def placed(self) -> int:
        """How many cards were placed until now, readable or not."""
        return self._placed

    def run(self) -> None:
        """Serve reads until `stop`; runs in a thread of its own."""
        while True:
            with self._lock:
                if self._order is None and not self._ending:
                    self._lock.wait(STILL_THERE_SECONDS if self._left_lying else None)
                if self._ending:
                    return
                order = self._order
            if order is not None:
                self._serve(order)
            elif self._left_lying and self._reader is not None:
                self._lies(self._reader.card_still_there())

    def stop(self) -> None:
        """End `run` soon and forget everything."""
        with self._lock:
            self._ending = True
            self._order = None
            self._progress.clear()
            self._lock.notify_all()

    def _serve(self, order: _Order) -> None:
        if self._reader is None:
            self._end(order, ReadProgress(ReadState.FAILED, code=ReadFailure.READER_ABSENT.value))
            return
        failure = self._await_card(self._reader, order)
        if failure is None:
            self._step(order, ReadState.READING)
            self._placed += 1
            reduced = _reduced(order, self._reader.read(newest_address=ADDRESS in order.needs))
            self._lies(True)
            self._end(order, self._settle(order, reduced))
        elif failure:
            self._end(order, ReadProgress(ReadState.FAILED, code=failure))

    def _await_card(self, reader: IdReader, order: _Order) -> str | None:
        """None when a card lies ready, a code when none will, "" when nobody waits any more."""
        until = self._now() + PATIENCE_SECONDS
        while self._still(order):
            match reader.find():
                case CardFound():
                    return None
                case ReaderTrouble(trouble=trouble, detail=detail):
                    _log.warning("card_not_sought", trouble=trouble.value, detail=detail)
                    return _code_of(trouble)
                case NoCard():
                    if self._left_lying:
                        # The last card must be taken away before another can be found.
                        self._lies(reader.card_still_there())
                    if self._now() >= until:
                        return ReadFailure.TIMEOUT.value
            with self._lock:
                self._lock.wait(BETWEEN_LOOKS_SECONDS)
        return ""

    def _settle(self, order: _Order, read: ReducedRead | CardFailed) -> ReadProgress:
        if isinstance(read, CardFailed):
            _log.info("card_not_read", reason=read.reason.value, detail=read.detail)
            return ReadProgress(ReadState.FAILED, code=read.reason.value)
        if not self._still(order):
            return ReadProgress(ReadState.FAILED, code="superseded")
        self._step(order, ReadState.SENDING)
        match self._counter.send_read(read):
            case ReadTaken(read=taken, masked_name=masked_name):
                return ReadProgress(ReadState.DONE, read=taken, masked_name=masked_name)
            case Refused(code=code):
                _log.info("card_read_refused", code=code)
                return ReadProgress(ReadState.FAILED, code=code)
            case LineDead():
                return ReadProgress(ReadState.FAILED, code="line_dead")

    def _still(self, order: _Order) -> bool:
        with self._lock:
            return self._order is order

    def _is_in(self, read: str, state: ReadState) -> bool:
        progress = self._progress.get(read)
        return progress is not None and progress.state is state

    def _step(self, order: _Order, state: ReadState) -> None:
        with self._lock:
            if order.id in self._progress:
                self._progress[order.id] = replace(self._progress[order.id], state=state)
                self._lock.notify_all()

    def _end(self, order: _Order, progress: ReadProgress) -> None:
        with self._lock:
            if self._order is order:
                self._order = None
                if order.id in self._progress:
                    self._progress[order.id] = progress
                    self._lock.notify_all()

    def _drop_current(self) -> None:
        if self._order is not None:
            self._progress[self._order.id] = ReadProgress(ReadState.FAILED, code="superseded")

    def _lies(self, there: bool) -> None:
        changed, self._left_lying = self._left_lying is not there, there
        if changed:
            self._bus.announce(EventKind.CARD, present=there)


def _reduced(order: _Order, outcome: CardRead | CardFailed) -> ReducedRead | CardFailed:
    # The whole card lives in this frame alone.
    if isinstance(outcome, CardFailed):
        return outcome
    if ADDRESS in order.needs and ADDRESS_UNCONFIRMED in outcome.card.warnings:
        # Who needs the address needs the one that holds now.
        return CardFailed(ReadFailure.ADDRESS_UNCONFIRMED, "append_addresses")
    return ReducedRead(
        nonce=order.nonce,
        kind=outcome.card.kind.value,
        fields=reduce_card(outcome.card, order.needs),
        sam_id=outcome.sam_id,
    )


def _code_of(trouble: Trouble) -> str:
    failure = ReadFailure.READER_ABSENT if trouble is Trouble.OFFLINE else ReadFailure.READER_FAULT
    return failure.value
