"""
The ID card reader with a security module (居民身份证阅读机具, SAM) on a serial line.

Sequence: 11 FF until the module is ready, else 10 FF; 12 FF for its identity; 20 01 no oftener
than every 300 ms; 20 02; 30 01. After a read the card answers again only when lifted and placed.
"""

import threading
from collections.abc import Mapping

from devices.contracts.id_reader import (
    CardFailed,
    CardFound,
    CardRead,
    FindOutcome,
    NoCard,
    ReaderTrouble,
    ReadFailure,
    ReadOutcome,
)
from devices.contracts.states import Detail, DeviceStatus, Trouble
from devices.drivers.sam_exchange import Exchange, Silent
from devices.protocols import id_card_texts
from devices.protocols.id_card_frames import Answer, Command, Garbled, StatusWord, sam_id, text_of
from devices.transports.line import Clock, Line, LineLost, SystemClock
from devices.transports.serial_port import SerialPort

FIND_INTERVAL_SECONDS = 0.3
_WAKE_ATTEMPTS = 2

# Said of the card, not of the reader: the person is told, the device state stays ready.
_CARD_FAILURES: Mapping[StatusWord, ReadFailure] = {
    StatusWord.CARD_AUTHENTICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.SAM_AUTHENTICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.VERIFICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.CARD_TYPE_UNKNOWN: ReadFailure.CARD_KIND_UNKNOWN,
    StatusWord.CARD_READ_FAILED: ReadFailure.CARD_MOVED,
    StatusWord.NO_CARD: ReadFailure.CARD_MOVED,
    StatusWord.SELECT_FAILED: ReadFailure.CARD_MOVED,
    StatusWord.RANDOM_NUMBER: ReadFailure.CARD_UNREADABLE,
    StatusWord.ITEM_ABSENT: ReadFailure.CARD_UNREADABLE,
}

_READER_TROUBLES: Mapping[StatusWord, Trouble] = {
    StatusWord.SELF_TEST: Trouble.SELF_TEST_FAILED,
    StatusWord.NOT_AUTHORISED: Trouble.NOT_AUTHORISED,
    StatusWord.COMMAND_NOT_SUPPORTED: Trouble.NOT_SUPPORTED,
    StatusWord.COMMAND_UNKNOWN: Trouble.NOT_SUPPORTED,
    StatusWord.COMMAND_CHECKSUM: Trouble.GARBLED,
    StatusWord.COMMAND_LENGTH: Trouble.GARBLED,
}


def over_serial(port: str, *, baud: int = 115200) -> "SamIdReader":
    """Return the reader on a serial port; nothing is opened yet."""
    return SamIdReader(SerialPort(port, baud))


class SamIdReader:
    """An `IdReader` over a line; opens it again by itself after the cable was pulled."""

    def __init__(self, line: Line, clock: Clock | None = None) -> None:
        self._line = line
        self._clock = clock or SystemClock()
        self._exchange = Exchange(line, self._clock)
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
        """Ask the module how it is, waking it first if it was lost."""
        with self._lock:
            if not self._ready:
                return self._try_to_wake()
            try:
                trouble = _trouble_of(self._exchange.ask_again_if_garbled(Command.STATUS))
            except LineLost:
                trouble = self._lose(Trouble.OFFLINE)
            else:
                if trouble is not None:
                    self._ready = False
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
                return ReaderTrouble(self._lose(Trouble.OFFLINE), "line_lost")
            return self._found(found, StatusWord.CARD_FOUND)

    def read(self) -> ReadOutcome:
        """Read the card that was found; the photo that comes with the text is not looked at."""
        with self._lock:
            if self._refusal is not None:
                return self._refusal
            if not self._ready:
                return CardFailed(ReadFailure.READER_ABSENT, "not_ready")
            try:
                answer = self._exchange.ask_again_if_garbled(Command.READ)
            except LineLost:
                self._lose(Trouble.OFFLINE)
                return CardFailed(ReadFailure.READER_ABSENT, "line_lost")
            return self._outcome_of_read(answer)

    def card_still_there(self) -> bool:
        """Select the card once more: a module that has read it still can while it lies there."""
        with self._lock:
            if not self._ready:
                return False
            try:
                answer = self._exchange.ask(Command.SELECT)
            except LineLost:
                self._lose(Trouble.OFFLINE)
                return False
            return isinstance(answer, Answer) and answer.status is StatusWord.SUCCESS

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            self._ready = False
            self._line.close()

    def _try_to_wake(self) -> DeviceStatus:
        try:
            trouble = self._wake()
        except LineLost:
            trouble = self._lose(Trouble.OFFLINE)
        if trouble is not None:
            self._line.close()
        self._ready = trouble is None
        return self._status(trouble)

    def _wake(self) -> Trouble | None:
        self._line.open()
        trouble: Trouble | None = None
        for attempt in range(_WAKE_ATTEMPTS):
            if attempt:
                self._exchange.ask(Command.RESET)
            trouble = _trouble_of(self._exchange.ask(Command.STATUS))
            if trouble is None:
                return self._learn_sam_id()
            if trouble in (Trouble.SELF_TEST_FAILED, Trouble.NOT_AUTHORISED):
                return trouble
        return trouble

    def _learn_sam_id(self) -> Trouble | None:
        answer = self._exchange.ask_again_if_garbled(Command.SAM_ID)
        trouble = _trouble_of(answer)
        if trouble is not None or not isinstance(answer, Answer):
            return trouble
        learned = sam_id(answer.data)
        if learned is None:
            return Trouble.GARBLED
        self._sam_id = learned
        return None

    def _status(self, trouble: Trouble | None) -> DeviceStatus:
        details: dict[str, Detail] = {"sam_id": self._sam_id} if self._sam_id else {}
        return DeviceStatus.of(() if trouble is None else (trouble,), details)

    def _found(self, answer: Answer | Garbled | Silent, good: StatusWord) -> FindOutcome:
        match answer:
            case Answer(status=status) if status is good:
                return CardFound()
            case Answer(status=StatusWord.NO_CARD | StatusWord.SELECT_FAILED):
                return NoCard()
            case Answer(status=StatusWord() as word) if word in _CARD_FAILURES:
                # There is a card, and it is the card that cannot be read: `read` tells why.
                self._refusal = CardFailed(_CARD_FAILURES[word], _detail(word))
                return CardFound()
            case Answer(status=word):
                return ReaderTrouble(_trouble_of_word(word), _detail(word))
            case Garbled(why):
                return ReaderTrouble(Trouble.GARBLED, why)
            case Silent():
                self._ready = False
                return ReaderTrouble(Trouble.OFFLINE, "silent")

    def _outcome_of_read(self, answer: Answer | Garbled | Silent) -> ReadOutcome:
        match answer:
            case Answer(status=StatusWord.SUCCESS, data=data):
                return self._card(data)
            case Answer(status=StatusWord() as word) if word in _CARD_FAILURES:
                return CardFailed(_CARD_FAILURES[word], _detail(word))
            case Answer(status=word):
                return CardFailed(ReadFailure.READER_FAULT, _detail(word))
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

    def _lose(self, trouble: Trouble) -> Trouble:
        self._ready = False
        self._line.close()
        return trouble


def _trouble_of(answer: Answer | Garbled | Silent) -> Trouble | None:
    match answer:
        case Answer(status=StatusWord.SUCCESS):
            return None
        case Answer(status=word):
            return _trouble_of_word(word)
        case Garbled():
            return Trouble.GARBLED
        case Silent():
            return Trouble.OFFLINE


def _trouble_of_word(word: StatusWord | None) -> Trouble:
    if word is None:
        return Trouble.GARBLED
    return _READER_TROUBLES.get(word, Trouble.HARDWARE)


def _detail(word: StatusWord | None) -> str:
    return "unknown_status_word" if word is None else word.name.lower()
