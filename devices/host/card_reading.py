"""Reading a card for the page (读取身份证) without the page seeing it.

The page brings the server's nonce and the names of the fields that the item needs. The card is
reduced to those as it is read (P37), handed to the server from here, and forgotten; the page
learns a read id and a masked name, or a code that says what went wrong.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
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
from devices.host.orders import SUPERSEDED, Order, OrderDesk
from devices.host.ports import LineDead, ReadCounter, ReadTaken, ReducedRead, Refused

FIELDS = frozenset(
    {"name", "number", "sex", "nation", "born", "address", "issuer", "valid_from", "valid_until"}
)
ADDRESS = "address"
PATIENCE_SECONDS = 90.0
# The driver itself keeps the interval that the security module needs between two looks.
BETWEEN_LOOKS_SECONDS = 0.05
STILL_THERE_SECONDS = 0.5

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
class _Wish:
    nonce: str = field(repr=False)
    needs: frozenset[str]


_CardOrder = Order[_Wish]


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
        self._desk: OrderDesk[_Wish, ReadProgress] = OrderDesk(
            waiting=ReadProgress(ReadState.WAITING),
            superseded=ReadProgress(ReadState.FAILED, code=SUPERSEDED),
        )
        self._left_lying = False
        self._placed = 0

    def ask(self, nonce: str, needs: Collection[str]) -> str:
        """Begin a read for the page and return its id; raises ValueError for unknown *needs*."""
        if not needs or not set(needs) <= FIELDS:
            raise ValueError("needs")
        return self._desk.ask(_Wish(nonce, frozenset(needs)))

    def progress(self, read: str) -> ReadProgress | None:
        """How a read stands, or None for an id that is unknown, cancelled or long past."""
        return self._desk.standing(read)

    def progress_past(
        self, read: str, state: ReadState, *, wait_seconds: float
    ) -> ReadProgress | None:
        """As `progress`, as soon as the read is past *state* or after *wait_seconds*."""
        return self._desk.standing_past(read, state, wait_seconds=wait_seconds)

    def cancel(self, read: str) -> bool:
        """Forget a read and what it found; returns whether there was one."""
        return self._desk.cancel(read)

    @property
    def card_left(self) -> bool:
        """Whether the card that was read still lies on the reader (请取走身份证)."""
        return self._left_lying

    @property
    def card_awaited(self) -> bool:
        """Whether a page waits for a card to be placed."""
        return self._desk.current_stands_at(ReadState.WAITING)

    @property
    def placed(self) -> int:
        """How many cards were placed until now, readable or not."""
        return self._placed

    def run(self) -> None:
        """Serve reads until `stop`; runs in a thread of its own."""
        while not self._desk.closed:
            order = self._desk.next_order(STILL_THERE_SECONDS if self._left_lying else None)
            if order is not None:
                self._serve(order)
            elif self._left_lying and self._reader is not None and not self._desk.closed:
                self._lies(self._reader.card_still_there())

    def stop(self) -> None:
        """End `run` soon and forget everything."""
        self._desk.close()

    def _serve(self, order: _CardOrder) -> None:
        if self._reader is None:
            self._desk.end(
                order, ReadProgress(ReadState.FAILED, code=ReadFailure.READER_ABSENT.value)
            )
            return
        failure = self._await_card(self._reader, order)
        if failure is None:
            self._desk.step(order, ReadProgress(ReadState.READING))
            self._placed += 1
            reduced = _reduced(order, self._reader.read(newest_address=ADDRESS in order.wish.needs))
            self._lies(True)
            self._desk.end(order, self._settle(order, reduced))
        elif failure:
            self._desk.end(order, ReadProgress(ReadState.FAILED, code=failure))

    def _await_card(self, reader: IdReader, order: _CardOrder) -> str | None:
        """None when a card lies ready, a code when none will, "" when nobody waits any more."""
        until = self._now() + PATIENCE_SECONDS
        while self._desk.wanted(order):
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
            self._desk.pause(BETWEEN_LOOKS_SECONDS)
        return ""

    def _settle(self, order: _CardOrder, read: ReducedRead | CardFailed) -> ReadProgress:
        if isinstance(read, CardFailed):
            _log.info("card_not_read", reason=read.reason.value, detail=read.detail)
            return ReadProgress(ReadState.FAILED, code=read.reason.value)
        if not self._desk.wanted(order):
            return ReadProgress(ReadState.FAILED, code=SUPERSEDED)
        self._desk.step(order, ReadProgress(ReadState.SENDING))
        match self._counter.send_read(read):
            case ReadTaken(read=taken, masked_name=masked_name):
                return ReadProgress(ReadState.DONE, read=taken, masked_name=masked_name)
            case Refused(code=code):
                _log.info("card_read_refused", code=code)
                return ReadProgress(ReadState.FAILED, code=code)
            case LineDead():
                return ReadProgress(ReadState.FAILED, code="line_dead")

    def _lies(self, there: bool) -> None:
        changed, self._left_lying = self._left_lying is not there, there
        if changed:
            self._bus.announce(EventKind.CARD, present=there)


def _reduced(order: _CardOrder, outcome: CardRead | CardFailed) -> ReducedRead | CardFailed:
    # The whole card lives in this frame alone.
    if isinstance(outcome, CardFailed):
        return outcome
    if ADDRESS in order.wish.needs and ADDRESS_UNCONFIRMED in outcome.card.warnings:
        # Who needs the address needs the one that holds now.
        return CardFailed(ReadFailure.ADDRESS_UNCONFIRMED, "append_addresses")
    return ReducedRead(
        nonce=order.wish.nonce,
        kind=outcome.card.kind.value,
        fields=reduce_card(outcome.card, order.wish.needs),
        sam_id=outcome.sam_id,
    )


def _code_of(trouble: Trouble) -> str:
    failure = ReadFailure.READER_ABSENT if trouble is Trouble.OFFLINE else ReadFailure.READER_FAULT
    return failure.value
