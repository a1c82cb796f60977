"""Cards pulled and readers replugged while a page waits: every story ends with a reader at work."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.contracts.states import Condition
from devices.drivers.sam_id_reader import SamIdReader, over_serial
from devices.host.card_reading import CardReading, ReadProgress, ReadState
from devices.host.events import EventBus
from devices.host.ports import LineDead, ReadTaken, ReducedRead, Refused
from devices.simulators.sam_module import ANOTHER_SAM_ID, SAM_ID
from devices.simulators.sam_on_pty import SamOnPty

PLAIN, WITH_ADDRESS = frozenset({"name", "number"}), frozenset({"name", "address"})
TAKEN = ReadTaken("01read", "测***")


class SlowCounter:
    """A server that takes reads when a test lets it."""

    def __init__(self) -> None:
        self.reads: list[ReducedRead] = []
        self.taking = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def send_read(self, read: ReducedRead) -> ReadTaken | Refused | LineDead:
        self.reads.append(read)
        self.taking.set()
        assert self.go_on.wait(5)
        return TAKEN


@dataclass
class Cabinet:
    """A terminal's reader under its udev name, and the page that asks for cards."""

    machine: SamOnPty
    link: Path
    reader: SamIdReader
    reading: CardReading
    counter: SlowCounter

    def outcome(self, needs: frozenset[str] = PLAIN) -> ReadProgress:
        """A page asks, and learns how it went."""
        return self.ended(self.reading.ask("nonce", needs))

    def ended(self, read: str) -> ReadProgress:
        """How a read ended."""
        for state in (ReadState.WAITING, ReadState.READING, ReadState.SENDING):
            self.reading.progress_past(read, state, wait_seconds=8)
        progress = self.reading.progress(read)
        assert progress is not None
        assert progress.ended, progress
        return progress

    def is_at_work(self) -> bool:
        """The reader is ready, and the next person's card is read."""
        self.machine.module.take()
        assert self.reader.status().condition is Condition.READY
        self.machine.place_card("resident-2")
        return self.outcome().state is ReadState.DONE


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[Cabinet]:
    machine = SamOnPty()
    machine.start()
    link = tmp_path / "idcard"
    link.symlink_to(machine.address)
    reader, counter = over_serial(str(link)), SlowCounter()
    assert reader.open().condition is Condition.READY
    reading = CardReading(reader, counter, EventBus())
    thread = threading.Thread(target=reading.run)
    thread.start()
    yield Cabinet(machine, link, reader, reading, counter)
    reading.stop()
    counter.go_on.set()
    thread.join(5)
    reader.close()
    machine.stop()


def test_a_card_pulled_as_it_was_found_is_waited_for(cabinet: Cabinet) -> None:
    """Lifted between being found and being chosen the card was not there: the page still waits."""
    cabinet.machine.lift_card_after("find")
    cabinet.machine.place_card("resident-1")
    read = cabinet.reading.ask("nonce", PLAIN)
    while cabinet.machine.state()["card"] is not None:
        threading.Event().wait(0.01)
    cabinet.machine.place_card("resident-1")
    assert cabinet.ended(read).state is ReadState.DONE
    assert cabinet.is_at_work()


@pytest.mark.parametrize(
    ("phase", "needs"), [("select", PLAIN), ("select", WITH_ADDRESS), ("read", WITH_ADDRESS)]
)
def test_a_card_pulled_before_all_was_read_gives_nothing(
    cabinet: Cabinet, phase: str, needs: frozenset[str]
) -> None:
    """Lifted once chosen, or between its text and its newest address, nothing is sent of it."""
    cabinet.machine.lift_card_after(phase)
    cabinet.machine.place_card("resident-9")
    progress = cabinet.outcome(needs)
    assert (progress.state, progress.code) == (ReadState.FAILED, "card_moved")
    assert cabinet.counter.reads == []
    assert cabinet.is_at_work()


def test_a_card_pulled_while_its_text_was_read_gives_nothing(cabinet: Cabinet) -> None:
    """Lifted in the middle of the read, the module says so and the page is told."""
    cabinet.machine.spoil("read", "status", 0x41)
    cabinet.machine.place_card("resident-1")
    assert cabinet.outcome().code == "card_moved"
    assert cabinet.counter.reads == []
    assert cabinet.is_at_work()


def test_a_card_pulled_once_its_text_was_read_is_enough(cabinet: Cabinet) -> None:
    """Where no address is needed the text is all: the card may go as soon as it was read."""
    cabinet.machine.lift_card_after("read")
    cabinet.machine.place_card("resident-9")
    assert cabinet.outcome().state is ReadState.DONE
    assert not cabinet.reader.card_still_there()
    assert cabinet.is_at_work()


def test_a_card_pulled_while_it_is_sent_was_read(cabinet: Cabinet) -> None:
    """What was read is sent, the page gets its name, and nobody is told to take a card away."""
    cabinet.counter.go_on.clear()
    cabinet.machine.place_card("resident-1")
    read = cabinet.reading.ask("nonce", PLAIN)
    assert cabinet.counter.taking.wait(8)
    cabinet.machine.module.take()
    cabinet.counter.go_on.set()
    assert cabinet.ended(read).state is ReadState.DONE
    assert cabinet.is_at_work()


def test_a_card_pulled_after_its_page_went_is_nobodys(cabinet: Cabinet) -> None:
    """A page that is left while its card is sent learns nothing, and the next page its own."""
    cabinet.counter.go_on.clear()
    cabinet.machine.place_card("resident-1")
    read = cabinet.reading.ask("nonce", PLAIN)
    assert cabinet.counter.taking.wait(8)
    cabinet.reading.cancel(read)
    cabinet.counter.go_on.set()
    assert cabinet.is_at_work()
    assert cabinet.reading.progress(read) is None


def unplug(cabinet: Cabinet) -> None:
    """Pull the reader's cable now."""
    cabinet.machine.pull_cable()


def unplug_midway(cabinet: Cabinet) -> None:
    """Pull it in the middle of the card's text."""
    cabinet.machine.place_card("resident-1")
    cabinet.machine.pull_cable(after_bytes=200)


@pytest.mark.parametrize("trouble", [unplug, unplug_midway])
@pytest.mark.parametrize("sam_id", [SAM_ID, ANOTHER_SAM_ID], ids=["same", "another"])
def test_a_reader_back_on_another_port_is_found_under_its_name(
    cabinet: Cabinet, trouble: Callable[[Cabinet], None], sam_id: str
) -> None:
    """Unplugged while a page waits, and plugged into another port, it reads on without a restart;
    each read names the module that read it, so that another reader never passes for the old one.
    """
    trouble(cabinet)
    progress = cabinet.outcome()
    assert (progress.state, progress.code) == (ReadState.FAILED, "reader_absent")
    elsewhere = SamOnPty()
    elsewhere.module.change_identity(sam_id)
    elsewhere.start()
    try:
        # udev: the name leads to the new port as soon as there is one.
        cabinet.link.unlink()
        cabinet.link.symlink_to(elsewhere.address)
        status = cabinet.reader.status()
        assert (status.condition, status.details["sam_id"]) == (Condition.READY, sam_id)
        elsewhere.place_card("resident-1")
        assert cabinet.outcome().state is ReadState.DONE
        assert [read.sam_id for read in cabinet.counter.reads] == [sam_id]
    finally:
        cabinet.reading.stop()
        elsewhere.stop()
