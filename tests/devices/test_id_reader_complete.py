"""The card reader beyond the plain read: bauds, moved holders, old modules, swapped readers."""

import time
from collections.abc import Iterator

import pytest

from devices.contracts.id_reader import (
    ADDRESS_UNCONFIRMED,
    CardFailed,
    CardFound,
    CardRead,
    NoCard,
    ReadFailure,
)
from devices.contracts.states import Condition
from devices.drivers.sam_id_reader import SamIdReader, over_serial
from devices.protocols.id_card_frames import BAUD_COMMANDS, Command, FrameParser, StatusWord, answer
from devices.simulators.control import MisusedVerb
from devices.simulators.sam_module import ANOTHER_SAM_ID, SAM_ID, SamModule, bodies
from devices.simulators.sam_on_pty import SamOnPty
from devices.simulators.sample_people import sample_cards
from devices.transports.scripted import ScriptedLine, VirtualClock

MOVED = sample_cards()["resident-9"]
STAYED = sample_cards()["resident-1"]


@pytest.fixture
def machine() -> Iterator[SamOnPty]:
    """A simulated reader at full speed."""
    simulator = SamOnPty()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def reader(machine: SamOnPty) -> Iterator[SamIdReader]:
    """The driver of that reader."""
    driver = over_serial(machine.address)
    yield driver
    driver.close()


def read_placed(machine: SamOnPty, reader: SamIdReader, card: str) -> CardRead:
    """Place a card and read it."""
    machine.place_card(card)
    assert reader.find() == CardFound()
    outcome = reader.read()
    assert isinstance(outcome, CardRead)
    return outcome


def test_the_newest_address_on_the_card_counts(machine: SamOnPty, reader: SamIdReader) -> None:
    """Of a holder who has moved twice the last address is told, of others the printed one."""
    assert read_placed(machine, reader, "resident-9").card.address == MOVED.appended[-1]
    assert read_placed(machine, reader, "resident-1").card.address == STAYED.values["address"]


def test_a_card_without_an_address_is_not_asked_for_a_newer_one(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """A foreigner's card carries no address, so none is asked for."""
    read_placed(machine, reader, "foreigner-2023-1")

    assert Command.APPEND_ADDRESSES not in machine.module.requests


@pytest.mark.policy("P37")
def test_an_address_that_nobody_wants_is_not_asked_for(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """Where the item needs no address, the card is not asked where its holder has moved to."""
    machine.place_card("resident-9")
    assert reader.find() == CardFound()
    assert isinstance(reader.read(newest_address=False), CardRead)
    assert Command.APPEND_ADDRESSES not in machine.module.requests


@pytest.mark.parametrize("word", ["command_not_supported", "command_unknown"])
def test_an_old_module_gives_the_printed_address_with_a_warning(
    machine: SamOnPty, reader: SamIdReader, word: str
) -> None:
    """A module that cannot tell append addresses still reads cards, and says what it left out."""
    machine.grow_old(word)
    card = read_placed(machine, reader, "resident-9").card

    assert card.address == MOVED.values["address"]
    assert card.warnings == (ADDRESS_UNCONFIRMED,)


def test_a_module_silent_to_the_new_question_still_reads(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """A module that says nothing to 30 03 costs two seconds and a warning, not the card."""
    machine.spoil("append_addresses", "silent")

    assert read_placed(machine, reader, "resident-1").card.warnings == (ADDRESS_UNCONFIRMED,)


PHASES = [
    ("find", NoCard()),
    ("select", CardFailed(ReadFailure.CARD_MOVED, "card_read_failed")),
    ("read", CardFailed(ReadFailure.CARD_MOVED, "card_read_failed")),
]


@pytest.mark.parametrize(("phase", "outcome"), PHASES)
def test_a_card_lifted_at_any_phase_is_moved_and_reads_when_placed_again(
    machine: SamOnPty, reader: SamIdReader, phase: str, outcome: NoCard | CardFailed
) -> None:
    """Lifted after find, select or read the card gives nothing; placed again it is read."""
    machine.place_card("resident-9")
    machine.lift_card_after(phase)
    found = reader.find()

    assert (reader.read() if found == CardFound() else found) == outcome
    assert not reader.card_still_there()
    assert reader.status().condition is Condition.READY
    assert read_placed(machine, reader, "resident-9").card.address == MOVED.appended[-1]


def test_a_card_lifted_after_all_was_told_is_read(machine: SamOnPty, reader: SamIdReader) -> None:
    """Once the newest address is known the card may go, and is no longer said to lie there."""
    machine.place_card("resident-9")
    machine.lift_card_after("append_addresses")

    assert reader.find() == CardFound()
    assert isinstance(reader.read(), CardRead)
    assert not reader.card_still_there()


def test_a_card_left_on_the_reader_is_noticed_until_it_is_taken(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """A card that was read is told to lie there as long as it does, and only then."""
    read_placed(machine, reader, "resident-1")

    assert [reader.card_still_there() for _ in range(3)] == [True] * 3

    machine.module.take()

    assert not reader.card_still_there()


@pytest.mark.parametrize("baud", list(BAUD_COMMANDS))
def test_a_module_at_any_baud_is_found_and_set_to_ours(baud: int) -> None:
    """A module that was set to another baud is found when silent, and set to the wanted one."""
    machine = SamOnPty(baud=baud)
    machine.start()
    reader = over_serial(machine.address, baud=57600)
    try:
        status = reader.open()

        assert status.condition is Condition.READY
        assert status.details["baud"] == 57600
        assert machine.module.baud == 57600
        assert read_placed(machine, reader, "resident-1").sam_id == SAM_ID
    finally:
        reader.close()
        machine.stop()


def test_a_module_that_keeps_its_baud_is_spoken_to_at_it() -> None:
    """An old module that refuses command 60 works on at the baud at which it was found."""
    machine = SamOnPty(baud=19200)
    machine.grow_old("command_unknown")
    machine.start()
    reader = over_serial(machine.address)
    try:
        status = reader.open()

        assert status.condition is Condition.READY
        assert status.details["baud"] == 19200
        assert read_placed(machine, reader, "resident-1").sam_id == SAM_ID
    finally:
        reader.close()
        machine.stop()


def test_a_swapped_reader_shows_its_own_identity(machine: SamOnPty, reader: SamIdReader) -> None:
    """Another reader on the same port is known by its module's identity at once."""
    assert reader.open().details["sam_id"] == SAM_ID

    machine.swap_reader()

    statuses = [reader.status(), reader.status()]
    assert statuses[-1].details["sam_id"] == ANOTHER_SAM_ID
    assert read_placed(machine, reader, "resident-1").sam_id == ANOTHER_SAM_ID


def test_a_module_swapped_behind_a_live_port_is_noticed_by_the_next_status(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """On a port that does not hang up, asking how the reader is asks who it is as well."""
    reader.open()
    machine.module.change_identity(ANOTHER_SAM_ID)

    assert reader.status().details["sam_id"] == ANOTHER_SAM_ID


def test_a_strange_word_is_refused_by_the_simulator(machine: SamOnPty) -> None:
    """Misfortunes that do not exist change nothing."""
    for misuse in (machine.grow_old, machine.lift_card_after):
        with pytest.raises(MisusedVerb):
            misuse("nonsense")


class Bench:
    """A driver on a scripted line in virtual time, before a module of some baud."""

    def __init__(self, *, baud: int = 115200) -> None:
        self.clock = VirtualClock()
        self.module = SamModule(baud=baud)
        self.line = ScriptedLine(iter(lambda: self._answer, None), self.clock)
        self.reader = SamIdReader(self.line, self.clock)

    def _answer(self, data: bytes) -> bytes:
        if self.line.baud != self.module.baud:
            return b""
        parser = FrameParser.for_requests()
        parser.feed(data)
        return b"".join(self.module.answer_to(body) for body in bodies(parser))


def test_a_dead_reader_is_given_up_within_ten_seconds() -> None:
    """Looking for a silent module at every baud takes no longer than a look for a card may."""
    bench = Bench(baud=300)

    assert bench.reader.open().condition is Condition.ABSENT
    assert bench.clock.monotonic() <= 10
    assert bench.line.baud == 115200


def test_append_addresses_that_are_none_spoil_the_card() -> None:
    """Data that is no whole number of addresses is not guessed at."""
    bench = Bench()
    bench.module.place(STAYED)
    assert bench.reader.find() == CardFound()
    read = bench.module.answer_to(Command.READ.value)
    bench.line.follow([read, answer(StatusWord.SUCCESS, bytes(71))])

    assert bench.reader.read() == CardFailed(ReadFailure.CARD_UNREADABLE, "append_addresses")


def test_the_slowest_baud_reads_within_the_timeout() -> None:
    """At 9600 baud a card takes a second and a half, and comes whole."""
    machine = SamOnPty(baud=9600)
    machine.start()
    reader = over_serial(machine.address, baud=9600)
    try:
        began = time.monotonic()
        read_placed(machine, reader, "resident-1")
        assert time.monotonic() - began >= 1.3
    finally:
        reader.close()
        machine.stop()
