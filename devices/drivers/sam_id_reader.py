"""
The ID card reader with a security module (居民身份证阅读机具, SAM) on a serial line.

Sequence: 11 FF until the module is ready, else 10 FF; 12 FF for its identity; 20 01 no oftener
than every 300 ms; 20 02; 30 01; 30 03 where the card carries an address that is wanted. After a
read the card answers again only when lifted and placed.
"""

import threading
from dataclasses import replace

from devices.contracts.id_reader import (
    ADDRESS_UNCONFIRMED,
    Card,
    CardFailed,
    CardFound,
    CardKind,
    CardRead,
    FindOutcome,
    NoCard,
    ReaderTrouble,
    ReadFailure,
    ReadOutcome,
)
from devices.contracts.states import Detail, DeviceStatus, Trouble
from devices.drivers.sam_exchange import Exchange, Silent
from devices.drivers.sam_waking import Awake, Waking
from devices.drivers.sam_words import (
    CARD_FAILURES,
    NEVER_LEARNT,
    detail,
    trouble_of,
    trouble_of_word,
)
from devices.protocols import id_card_addresses, id_card_texts
from devices.protocols.id_card_frames import Answer, Command, Garbled, StatusWord, text_of
from devices.transports.line import Clock, LineLost, SystemClock, TunableLine
from devices.transports.serial_port import SerialPort

FIND_INTERVAL_SECONDS = 0.3
_WITH_ADDRESS = frozenset({CardKind.RESIDENT, CardKind.HMT})


def over_serial(port: str, *, baud: int = 115200) -> "SamIdReader":
    """Return the reader on a serial port; nothing is opened yet.

    A module that listens at another baud is found and set to *baud*.
    """
    return SamIdReader(SerialPort(port, baud))


class SamIdReader:
    """An `IdReader` over a line; opens it again by itself after the cable was pulled."""

    def __init__(self, line: TunableLine, clock: Clock | None = None) -> None:
        self._line = line
        self._clock = clock or SystemClock()
        self._exchange = Exchange(line, self._clock)
        self._waking = Waking(line, self._exchange)
        self._lock = threading.RLock()
        self._ready = False
        self._sam_id = ""
        self._next_find = 0.0
        self._refusal: CardFailed | None = None

    def open(self) -> DeviceStatus:
        """Bring the line up and wait for the security module, at most 25 s with a babbling one."""
        with self._lock:
            self._ready = False
            return self._try_to_wake()

    def status(self) -> DeviceStatus:
        """Ask the module how it is and who it is, waking it first if it was lost.

        Asking for the identity each time is how a reader that was swapped is noticed.
        """
        with self._lock:
            if not self._ready:
                return self._try_to_wake()
            try:
                trouble = trouble_of(self._exchange.ask_again_if_garbled(Command.STATUS))
                if trouble is None:
                    trouble = self._learn(self._waking.identity())
            except LineLost:
                trouble = self._lose()
            self._ready = trouble is None
            return self._status(trouble)

    def find(self) -> FindOutcome:
        """Look for a card once, waiting out the interval that the module needs between looks."""
        with self._lock:
            if not self._ready and (troubles := self._try_to_wake().troubles):
                return ReaderTrouble(troubles[0], "not_ready")
            self._clock.sleep(self._next_find - self._clock.monotonic())
            self._refusal = None
            try:
                found = self._exchange.ask(Command.FIND)
                self._next_find = self._clock.monotonic() + FIND_INTERVAL_SECONDS
                if isinstance(found, Answer) and found.status is StatusWord.CARD_FOUND:
                    return self._found(self._exchange.ask(Command.SELECT), StatusWord.SUCCESS)
            except LineLost:
                return ReaderTrouble(self._lose(), "line_lost")
            return self._found(found, StatusWord.CARD_FOUND)

    def read(self, *, newest_address: bool = True) -> ReadOutcome:
        """Read the card that was found, with the newest address on it where it is wanted; the
        photo that comes with the text is not looked at.
        """
        with self._lock:
            if self._refusal is not None:
                return self._refusal
            if not self._ready:
                return CardFailed(ReadFailure.READER_ABSENT, "not_ready")
            try:
                return self._read_found(newest_address=newest_address)
            except LineLost:
                self._lose()
                return CardFailed(ReadFailure.READER_ABSENT, "line_lost")

    def card_still_there(self) -> bool:
        """Select the card once more: a module that has read it still can while it lies there."""
        with self._lock:
            if not self._ready:
                return False
            try:
                answer = self._exchange.ask(Command.SELECT)
            except LineLost:
                self._lose()
                return False
            return isinstance(answer, Answer) and answer.status is StatusWord.SUCCESS

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            self._ready = False
            self._line.close()

    def _try_to_wake(self) -> DeviceStatus:
        try:
            trouble = self._learn(self._waking.wake())
        except LineLost:
            trouble = self._lose()
        if trouble is not None:
            self._line.close()
        self._ready = trouble is None
        return self._status(trouble)

    def _learn(self, found: Awake | Trouble) -> Trouble | None:
        if isinstance(found, Trouble):
            return found
        self._sam_id = found.sam_id
        return None

    def _status(self, trouble: Trouble | None) -> DeviceStatus:
        details: dict[str, Detail] = {}
        if self._sam_id:
            details = {"sam_id": self._sam_id, "baud": self._line.baud}
        return DeviceStatus.of(() if trouble is None else (trouble,), details)

    def _found(self, answer: Answer | Garbled | Silent, good: StatusWord) -> FindOutcome:
        match answer:
            case Answer(status=status) if status is good:
                return CardFound()
            case Answer(status=StatusWord.NO_CARD | StatusWord.SELECT_FAILED):
                return NoCard()
            case Answer(status=StatusWord() as word) if word in CARD_FAILURES:
                # There is a card, and it is the card that cannot be read: `read` tells why.
                self._refusal = CardFailed(CARD_FAILURES[word], detail(word))
                return CardFound()
            case Answer(status=word):
                return ReaderTrouble(trouble_of_word(word), detail(word))
            case Garbled(why):
                return ReaderTrouble(Trouble.GARBLED, why)
            case Silent():
                self._ready = False
                return ReaderTrouble(Trouble.OFFLINE, "silent")

    def _read_found(self, *, newest_address: bool) -> ReadOutcome:
        outcome = self._outcome_of_read(self._exchange.ask_again_if_garbled(Command.READ))
        if not newest_address or not isinstance(outcome, CardRead):
            return outcome
        carries_one = outcome.card.kind in _WITH_ADDRESS
        return self._with_newest_address(outcome.card) if carries_one else outcome

    def _outcome_of_read(self, answer: Answer | Garbled | Silent) -> ReadOutcome:
        match answer:
            case Answer(status=StatusWord.SUCCESS, data=data):
                return self._card(data)
            case Answer(status=StatusWord() as word) if word in CARD_FAILURES:
                return CardFailed(CARD_FAILURES[word], detail(word))
            case Answer(status=word):
                return CardFailed(ReadFailure.READER_FAULT, detail(word))
            case Garbled(why):
                return CardFailed(ReadFailure.READER_FAULT, why)
            case Silent():
                self._ready = False
                return CardFailed(ReadFailure.TIMEOUT, "silent")

    def _card(self, data: bytes) -> ReadOutcome:
        text = text_of(data)
        if text is None:
            return CardFailed(ReadFailure.CARD_UNREADABLE, "lengths")
        match id_card_texts.decode(text):
            case id_card_texts.TextRefused(_, id_card_texts.NUMBER_INVALID):
                return CardFailed(ReadFailure.NUMBER_INVALID, "number")
            case id_card_texts.TextRefused(at, why):
                return CardFailed(ReadFailure.CARD_UNREADABLE, f"{at}_{why}")
            case card:
                return CardRead(card, self._sam_id)

    def _with_newest_address(self, card: Card) -> ReadOutcome:
        """Ask for the append addresses and return the card with the newest.

        A card that is lifted before it has told them has not been read: its holder may live
        elsewhere. A module too old for the question, or silent to it, leaves the card's own
        address with a warning.
        """
        unconfirmed = replace(card, warnings=(*card.warnings, ADDRESS_UNCONFIRMED))
        match self._exchange.ask_again_if_garbled(Command.APPEND_ADDRESSES):
            case Answer(status=StatusWord.SUCCESS, data=data):
                newest = id_card_addresses.newest(data)
                if newest is None:
                    return CardFailed(ReadFailure.CARD_UNREADABLE, "append_addresses")
                return CardRead(replace(card, address=newest or card.address), self._sam_id)
            case Answer(status=StatusWord.ITEM_ABSENT):
                return CardRead(card, self._sam_id)
            case Answer(status=StatusWord() as word) if word in NEVER_LEARNT:
                return CardRead(unconfirmed, self._sam_id)
            case Silent():
                return CardRead(unconfirmed, self._sam_id)
            case other:
                return self._outcome_of_read(other)

    def _lose(self) -> Trouble:
        self._ready = False
        self._line.close()
        return Trouble.OFFLINE
