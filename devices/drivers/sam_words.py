"""
What a status word of the security module means: trouble with the reader, or with the card on it.
"""

from collections.abc import Mapping

from devices.contracts.id_reader import ReadFailure
from devices.contracts.states import Trouble
from devices.drivers.sam_exchange import Silent
from devices.protocols.id_card_frames import Answer, Garbled, StatusWord

# Said of the card, not of the reader: the person is told, the device state stays ready.
CARD_FAILURES: Mapping[StatusWord, ReadFailure] = {
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

# An older module answers so to a command that came after its time.
NEVER_LEARNT = frozenset({StatusWord.COMMAND_NOT_SUPPORTED, StatusWord.COMMAND_UNKNOWN})

_READER_TROUBLES: Mapping[StatusWord, Trouble] = {
    StatusWord.SELF_TEST: Trouble.SELF_TEST_FAILED,
    StatusWord.NOT_AUTHORISED: Trouble.NOT_AUTHORISED,
    StatusWord.COMMAND_NOT_SUPPORTED: Trouble.NOT_SUPPORTED,
    StatusWord.COMMAND_UNKNOWN: Trouble.NOT_SUPPORTED,
    StatusWord.COMMAND_CHECKSUM: Trouble.GARBLED,
    StatusWord.COMMAND_LENGTH: Trouble.GARBLED,
}


def trouble_of(answer: Answer | Garbled | Silent) -> Trouble | None:
    """Return what an answer says is wrong with the reader, None for success."""
    match answer:
        case Answer(status=StatusWord.SUCCESS):
            return None
        case Answer(status=word):
            return trouble_of_word(word)
        case Garbled():
            return Trouble.GARBLED
        case Silent():
            return Trouble.OFFLINE


def trouble_of_word(word: StatusWord | None) -> Trouble:
    """Return the trouble behind a word that is no success; None is a word of no protocol."""
    if word is None:
        return Trouble.GARBLED
    return _READER_TROUBLES.get(word, Trouble.HARDWARE)


def detail(word: StatusWord | None) -> str:
    """Return the word's name for the log."""
    return "unknown_status_word" if word is None else word.name.lower()
