"""The card reader's contract: the driver on a real pseudo-terminal that paces its bytes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.contracts.id_reader import (
    CardFailed,
    CardFound,
    CardRead,
    NoCard,
    ReaderTrouble,
    ReadFailure,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.sam_id_reader import SamIdReader, over_serial
from devices.simulators.control import MisusedVerb
from devices.simulators.sam_module import SAM_ID
from devices.simulators.sam_on_pty import SamOnPty
from devices.simulators.sample_people import sample_cards

READ_FRAME_BYTES = 1295


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


def placed(machine: SamOnPty, reader: SamIdReader, card: str = "resident-1") -> None:
    """Place a card and let it be found."""
    machine.place_card(card)
    assert reader.find() == CardFound()


@pytest.mark.parametrize("key", list(sample_cards()))
def test_every_sample_card_is_read_over_the_wire(
    machine: SamOnPty, reader: SamIdReader, key: str
) -> None:
    """Each card comes through the serial line with its number and the module's identity."""
    placed(machine, reader, key)
    outcome = reader.read()

    assert isinstance(outcome, CardRead)
    assert outcome.card.number == sample_cards()[key].values["number"]
    assert outcome.sam_id == SAM_ID


def test_bytes_take_the_time_of_their_baud(machine: SamOnPty, reader: SamIdReader) -> None:
    """The answer to a read takes no less than its 1295 bytes take at 115200 baud."""
    placed(machine, reader)
    began = time.monotonic()
    assert isinstance(reader.read(), CardRead)

    assert time.monotonic() - began >= READ_FRAME_BYTES * 10 / 115200 * 0.95


def test_a_reader_that_is_not_plugged_in_is_absent(tmp_path: Path) -> None:
    """A port that does not exist is an absent device, not an error."""
    reader = over_serial(str(tmp_path / "port"))

    assert reader.open().condition is Condition.ABSENT
    assert reader.find() == ReaderTrouble(Trouble.OFFLINE, "not_ready")
    assert reader.read() == CardFailed(ReadFailure.READER_ABSENT, "not_ready")
    assert not reader.card_still_there()


@pytest.mark.parametrize("place", [0, 1, 6, 14, 700, READ_FRAME_BYTES - 1])
def test_the_cable_is_pulled_within_a_read(
    machine: SamOnPty, reader: SamIdReader, place: int
) -> None:
    """A cable pulled within the answer ends the read; plugged in again the same card is read."""
    placed(machine, reader)
    machine.pull_cable(after_bytes=place)

    assert reader.read() == CardFailed(ReadFailure.READER_ABSENT, "line_lost")
    assert reader.status().condition is Condition.ABSENT

    machine.plug_cable()

    assert reader.status().condition is Condition.READY
    assert reader.find() == CardFound()
    assert isinstance(reader.read(), CardRead)


def test_a_card_lifted_too_soon_is_moved(machine: SamOnPty, reader: SamIdReader) -> None:
    """A card that is gone between finding and reading was moved; placed again it is read."""
    placed(machine, reader)
    machine.module.take()

    assert reader.read() == CardFailed(ReadFailure.CARD_MOVED, "card_read_failed")
    assert reader.find() == NoCard()

    placed(machine, reader)

    assert isinstance(reader.read(), CardRead)


@pytest.mark.parametrize("mishap", ["garbage_before", "wrong_checksum"])
def test_noise_on_the_line_is_overcome(machine: SamOnPty, reader: SamIdReader, mishap: str) -> None:
    """Rubbish before an answer is passed over, a spoiled answer is asked for again."""
    placed(machine, reader)
    machine.spoil("read", mishap)

    assert isinstance(reader.read(), CardRead)


def test_a_module_that_falls_silent_is_waited_for_and_wakes(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """Silence is a time-out after two seconds; lifted and placed again, the card is read."""
    placed(machine, reader)
    machine.spoil("read", "silent")

    assert reader.read() == CardFailed(ReadFailure.TIMEOUT, "silent")
    assert reader.find() == NoCard()

    placed(machine, reader)

    assert isinstance(reader.read(), CardRead)
    assert reader.status().condition is Condition.READY


def test_a_module_without_authorisation_is_a_fault_until_it_has_one(
    machine: SamOnPty, reader: SamIdReader
) -> None:
    """Status word 66 is a fault for the technician, and is gone when it is gone."""
    machine.stand_at("not_authorised")

    assert reader.status().troubles == (Trouble.NOT_AUTHORISED,)

    machine.stand_at(None)

    assert reader.status().condition is Condition.READY


def test_a_misused_verb_changes_nothing(machine: SamOnPty) -> None:
    """A card or mishap that does not exist is refused."""
    with pytest.raises(MisusedVerb):
        machine.place_card("nobody")
    with pytest.raises(MisusedVerb):
        machine.spoil("read", "explode")

    assert machine.state()["card"] is None
