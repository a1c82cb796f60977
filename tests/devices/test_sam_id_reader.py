"""The card reader's driver over a scripted line: every word, every noise, every broken cable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.contracts.id_reader import (
    CardFailed,
    CardFound,
    CardRead,
    NoCard,
    ReaderTrouble,
    ReadFailure,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.sam_exchange import WHOLE_SECONDS
from devices.drivers.sam_id_reader import FIND_INTERVAL_SECONDS, SamIdReader
from devices.protocols.id_card_frames import Command, FrameParser, StatusWord, answer, request
from devices.simulators.sam_module import SamModule, bodies
from devices.simulators.sample_people import sample_cards
from devices.transports.scripted import ScriptedLine, VirtualClock
from tests.support.extent import as_far_as

CARD = sample_cards()["resident-1"]


class Bench:
    """A driver on a scripted line whose far end is the simulated module."""

    def __init__(self, *, breaks_after: int | None = None) -> None:
        self.clock = VirtualClock()
        self.module = SamModule()
        self.module.place(CARD)
        self.line = ScriptedLine(iter(lambda: self._answer, None), self.clock)
        self.line.pull_after(breaks_after)
        self.reader = SamIdReader(self.line, self.clock)

    def _answer(self, data: bytes) -> bytes:
        parser = FrameParser.for_requests()
        parser.feed(data)
        return b"".join(self.module.answer_to(body) for body in bodies(parser))


def _reading(answer_to_read: bytes) -> tuple[SamIdReader, ScriptedLine, VirtualClock]:
    """Return a reader with a found card whose next answers are the given one."""
    bench = Bench()
    assert bench.reader.find() == CardFound()
    clock = bench.clock
    bench.line.follow([answer_to_read, answer_to_read])
    return bench.reader, bench.line, clock


def test_a_card_is_read_in_the_order_of_the_protocol() -> None:
    """Status, identity, find, select, read, append addresses: fingerprints are not asked for."""
    bench = Bench()

    assert bench.reader.open().condition is Condition.READY
    assert bench.reader.find() == CardFound()
    outcome = bench.reader.read()

    assert isinstance(outcome, CardRead)
    assert outcome.card.number == CARD.values["number"]
    assert outcome.sam_id == "05.03-20180101-0000123456-0987654321"
    assert bench.line.written == [
        request(each)
        for each in (
            Command.STATUS,
            Command.SAM_ID,
            Command.FIND,
            Command.SELECT,
            Command.READ,
            Command.APPEND_ADDRESSES,
        )
    ]


def test_a_card_that_was_read_must_be_lifted() -> None:
    """A read card is not found again until it is lifted and placed, and is told to be there."""
    bench = Bench()
    bench.reader.find()
    bench.reader.read()

    assert bench.reader.find() == NoCard()
    assert bench.reader.card_still_there()

    bench.module.take()

    assert not bench.reader.card_still_there()
    assert bench.reader.find() == NoCard()

    bench.module.place(CARD)

    assert bench.reader.find() == CardFound()


def test_looks_are_three_tenths_of_a_second_apart() -> None:
    """Two looks in a row leave the module the interval that it needs."""
    bench = Bench()
    bench.module.take()
    bench.reader.find()
    before = bench.clock.monotonic()
    bench.reader.find()

    assert bench.clock.monotonic() - before >= FIND_INTERVAL_SECONDS


READ_OUTCOMES = {
    StatusWord.CARD_FOUND: ReadFailure.READER_FAULT,
    StatusWord.COMMAND_CHECKSUM: ReadFailure.READER_FAULT,
    StatusWord.COMMAND_LENGTH: ReadFailure.READER_FAULT,
    StatusWord.COMMAND_NOT_SUPPORTED: ReadFailure.READER_FAULT,
    StatusWord.COMMAND_UNKNOWN: ReadFailure.READER_FAULT,
    StatusWord.CARD_AUTHENTICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.SAM_AUTHENTICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.VERIFICATION: ReadFailure.CARD_NOT_GENUINE,
    StatusWord.CARD_TYPE_UNKNOWN: ReadFailure.CARD_KIND_UNKNOWN,
    StatusWord.CARD_READ_FAILED: ReadFailure.CARD_MOVED,
    StatusWord.RANDOM_NUMBER: ReadFailure.CARD_UNREADABLE,
    StatusWord.SELF_TEST: ReadFailure.READER_FAULT,
    StatusWord.NOT_AUTHORISED: ReadFailure.READER_FAULT,
    StatusWord.NO_CARD: ReadFailure.CARD_MOVED,
    StatusWord.SELECT_FAILED: ReadFailure.CARD_MOVED,
    StatusWord.ITEM_ABSENT: ReadFailure.CARD_UNREADABLE,
}


@pytest.mark.parametrize("word", [word for word in StatusWord if word is not StatusWord.SUCCESS])
def test_every_status_word_ends_a_read_in_its_own_way(word: StatusWord) -> None:
    """Each status word gives a reason for the person and its own name for the log."""
    reader, _, _ = _reading(answer(word))

    assert reader.read() == CardFailed(READ_OUTCOMES[word], word.name.lower())


FIND_TROUBLES = {
    StatusWord.SUCCESS: Trouble.HARDWARE,
    StatusWord.COMMAND_CHECKSUM: Trouble.GARBLED,
    StatusWord.COMMAND_LENGTH: Trouble.GARBLED,
    StatusWord.COMMAND_NOT_SUPPORTED: Trouble.NOT_SUPPORTED,
    StatusWord.COMMAND_UNKNOWN: Trouble.NOT_SUPPORTED,
    StatusWord.SELF_TEST: Trouble.SELF_TEST_FAILED,
    StatusWord.NOT_AUTHORISED: Trouble.NOT_AUTHORISED,
}


@pytest.mark.parametrize(("word", "trouble"), FIND_TROUBLES.items())
def test_a_module_that_cannot_look_says_why(word: StatusWord, trouble: Trouble) -> None:
    """Words about the module are trouble with the reader, each with its name for the log."""
    bench = Bench()
    bench.reader.open()
    bench.line.follow([answer(word)])

    assert bench.reader.find() == ReaderTrouble(trouble, word.name.lower())


@pytest.mark.parametrize("word", [StatusWord.CARD_TYPE_UNKNOWN, StatusWord.CARD_AUTHENTICATION])
def test_a_card_that_cannot_be_selected_is_found_and_then_refused(word: StatusWord) -> None:
    """A strange card is no fault of the reader: it is found, and reading it tells why not."""
    bench = Bench()
    bench.reader.open()
    bench.line.follow([answer(StatusWord.CARD_FOUND, bytes(4)), answer(word)])

    assert bench.reader.find() == CardFound()
    assert bench.reader.read() == CardFailed(READ_OUTCOMES[word], word.name.lower())
    assert len(bench.line.written) == 4


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        (StatusWord.SELF_TEST, Trouble.SELF_TEST_FAILED),
        (StatusWord.NOT_AUTHORISED, Trouble.NOT_AUTHORISED),
    ],
)
def test_a_module_with_a_fault_says_so_at_start(word: StatusWord, trouble: Trouble) -> None:
    """A failed self test or a missing authorisation is a fault for the technician."""
    bench = Bench()
    bench.module.stand_at(word)

    status = bench.reader.open()

    assert (status.condition, status.troubles) == (Condition.FAULT, (trouble,))

    bench.module.stand_at(None)

    assert bench.reader.status().condition is Condition.READY


def test_an_unready_module_is_reset_once() -> None:
    """A module that answers its status with another word is reset and asked again."""
    bench = Bench()
    bench.line.follow([answer(StatusWord.RANDOM_NUMBER)])

    assert bench.reader.open().condition is Condition.READY
    assert bench.line.written[:3] == [
        request(Command.STATUS),
        request(Command.RESET),
        request(Command.STATUS),
    ]


def test_a_silent_module_is_absent() -> None:
    """A module that never answers is absent, after bounded time."""
    bench = Bench()
    bench.line.follow([b""] * 10)

    assert bench.reader.open().condition is Condition.ABSENT
    assert bench.clock.monotonic() < 3 * WHOLE_SECONDS


def test_noise_in_the_answer_costs_one_more_question() -> None:
    """An answer spoiled on the line is asked for again, and the person notices nothing."""
    bench = Bench()
    bench.reader.find()
    bench.line.follow([bytes.fromhex("AAAAAA9669000400009095")])

    assert isinstance(bench.reader.read(), CardRead)


def test_an_answer_that_stops_half_way_is_a_timeout() -> None:
    """A frame that never ends is given up after five seconds."""
    reader, _, clock = _reading(bytes.fromhex("AAAAAA9669050800009001000400"))
    before = clock.monotonic()

    assert reader.read() == CardFailed(ReadFailure.TIMEOUT, "silent")
    assert clock.monotonic() - before <= WHOLE_SECONDS + 0.01


@settings(max_examples=as_far_as(2_000, 10_000))
@given(st.binary(max_size=64), st.booleans())
def test_any_bytes_end_in_an_outcome_within_the_timeout(noise: bytes, framed: bool) -> None:
    """Thousands of random answers each end a read in an outcome, in bounded virtual time."""
    stream = answer(StatusWord.SUCCESS, noise) if framed else noise
    reader, _, clock = _reading(stream)
    before = clock.monotonic()

    outcome = reader.read()

    assert isinstance(outcome, CardFailed)
    assert clock.monotonic() - before <= 2 * WHOLE_SECONDS + 0.1


@settings(max_examples=as_far_as(100, 300))
@given(st.lists(st.binary(max_size=30), max_size=8))
def test_no_noise_makes_the_reader_fail_for_good(noises: list[bytes]) -> None:
    """Whatever the module babbles, a reader that recovers is ready and reads again."""
    bench = Bench()
    bench.line.follow(noises)
    for _ in range(3):
        bench.reader.status()
        bench.reader.find()
        bench.reader.read()
    bench.line.follow([])
    bench.module.take()
    bench.module.place(CARD)

    assert bench.reader.status().condition is Condition.READY
    assert bench.reader.find() == CardFound()
    assert isinstance(bench.reader.read(), CardRead)


def _bytes_of_one_reading() -> int:
    bench = Bench()
    bench.reader.find()
    bench.reader.read()
    return bench.line.delivered


def test_the_cable_may_be_pulled_at_every_byte() -> None:
    """Wherever the cable breaks there is an outcome, and the reader reads again afterwards."""
    for place in range(_bytes_of_one_reading()):
        bench = Bench(breaks_after=place)
        found = bench.reader.find()
        outcome = bench.reader.read()

        assert not isinstance(outcome, CardRead)
        if found == CardFound():
            assert outcome == CardFailed(ReadFailure.READER_ABSENT, "line_lost")
        else:
            assert isinstance(found, ReaderTrouble)

        bench.module.power_on()

        assert bench.reader.find() == CardFound()
        assert isinstance(bench.reader.read(), CardRead)
        assert bench.reader.status().condition is Condition.READY
