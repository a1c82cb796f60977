"""Reading a card for the page: what the item needs, sent by the host, and nothing else kept."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

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
from devices.contracts.states import DeviceStatus, Trouble
from devices.host.card_reading import FIELDS, CardReading, ReadState, reduce_card
from devices.host.events import EventBus
from devices.host.ports import LineDead, Refused
from tests.support.door_client import FakeCounter, said, stand

CARD = Card(
    kind=CardKind.RESIDENT,
    name="阿依古丽·测试",
    sex="女",
    nation="维吾尔",
    born=date(1990, 3, 7),
    address="新疆阿图什市测试路1号",
    number="653001199003070022",
    issuer="阿图什市公安局",
    valid_from=date(2020, 1, 1),
    valid_until=None,
)
SAM = "05.03-20180101-0000123456-0987654321"


@dataclass
class FakeReader:
    """A reader on which *card* lies once `placed` is set."""

    outcome: ReadOutcome = field(default_factory=lambda: CardRead(CARD, SAM))
    found: FindOutcome | None = None
    placed: threading.Event = field(default_factory=threading.Event)
    reading: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    lies: bool = True
    newest_address: bool = False

    def open(self) -> DeviceStatus:
        return DeviceStatus.of()

    def status(self) -> DeviceStatus:
        return DeviceStatus.of()

    def find(self) -> FindOutcome:
        if self.found is not None:
            return self.found
        return CardFound() if self.placed.is_set() else NoCard()

    def read(self, *, newest_address: bool = True) -> ReadOutcome:
        self.newest_address = newest_address
        self.reading.set()
        assert self.go_on.wait(5)
        return self.outcome

    def card_still_there(self) -> bool:
        return self.lies

    def close(self) -> None:
        pass


@dataclass
class Desk:
    """A card reading at work."""

    reader: FakeReader
    counter: FakeCounter
    reading: CardReading
    bus: EventBus

    def finish(self, read: str) -> Any:
        """Wait until a read has ended."""
        for _ in range(500):
            progress = self.reading.progress(read)
            if progress is None or progress.ended:
                return progress
            threading.Event().wait(0.01)
        raise AssertionError("the read did not end")


@pytest.fixture
def desk() -> Iterator[Desk]:
    reader, counter, bus = FakeReader(), FakeCounter(), EventBus()
    reader.go_on.set()
    found = Desk(reader, counter, CardReading(reader, counter, bus), bus)
    thread = threading.Thread(target=found.reading.run)
    thread.start()
    yield found
    found.reading.stop()
    reader.go_on.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.policy("P37")
@pytest.mark.parametrize("needs", [{"name"}, {"name", "number", "valid_until"}, FIELDS])
def test_the_card_is_reduced_to_what_the_item_needs(desk: Desk, needs: set[str]) -> None:
    """Exactly the fields asked for leave the host; 长期 travels as null."""
    desk.reader.placed.set()
    progress = desk.finish(desk.reading.ask("nonce", needs))
    assert (progress.state, progress.read) == ("done", "01read")
    (sent,) = desk.counter.reads
    assert set(sent.fields) == needs
    assert sent.fields["name"] == "阿依古丽·测试"
    assert sent.fields.get("valid_until") is None
    assert (sent.nonce, sent.kind, sent.sam_id) == ("nonce", "resident", SAM)


@pytest.mark.policy("P37")
def test_nothing_of_the_person_is_in_the_host_afterwards(desk: Desk) -> None:
    """The page's result holds a read id and a masked name; a repr tells not even that."""
    desk.reader.placed.set()
    progress = desk.finish(desk.reading.ask("nonce", {"name", "number"}))
    assert progress.masked_name == "阿***·测试"
    assert "测试" not in repr(progress)
    assert "测试" not in repr(desk.counter.reads)
    assert "653001" not in repr(desk.counter.reads)


def test_photo_and_fingerprint_are_fields_that_nobody_may_ask_for() -> None:
    """Only the nine texts can be needed; anything else is refused before a card is touched."""
    for wrong in ({"photo"}, {"fingerprint"}, {"name", "sam_id"}):
        with pytest.raises(ValueError, match="field"):
            reduce_card(CARD, wrong)
        with pytest.raises(ValueError, match="needs"):
            CardReading(None, FakeCounter(), EventBus()).ask("n", wrong)


@pytest.mark.parametrize("reason", list(ReadFailure))
def test_every_failure_of_a_card_has_its_code(desk: Desk, reason: ReadFailure) -> None:
    """What went wrong at the card is told to the page by its code, and nothing is sent."""
    desk.reader.outcome = CardFailed(reason)
    desk.reader.placed.set()
    progress = desk.finish(desk.reading.ask("nonce", {"name"}))
    assert (progress.state, progress.code, desk.counter.reads) == ("failed", reason.value, [])


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(Trouble.OFFLINE, "reader_absent"), (Trouble.NOT_AUTHORISED, "reader_fault")],
)
def test_a_reader_in_trouble_has_its_code(desk: Desk, trouble: Trouble, code: str) -> None:
    """No reader and a faulty reader are different words."""
    desk.reader.found = ReaderTrouble(trouble)
    assert desk.finish(desk.reading.ask("nonce", {"name"})).code == code


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Refused("card_expired", 422), "card_expired"), (LineDead("off"), "line_dead")],
)
def test_the_server_s_refusal_reaches_the_page(
    desk: Desk, outcome: Refused | LineDead, code: str
) -> None:
    """A refusal keeps its own code; a dead line is one too."""
    desk.counter.outcome = outcome
    desk.reader.placed.set()
    progress = desk.finish(desk.reading.ask("nonce", {"name"}))
    assert (progress.state, progress.code, progress.read) == ("failed", code, None)


def test_a_terminal_without_a_reader_says_so() -> None:
    """The read fails at once with `reader_absent`."""
    reading = CardReading(None, FakeCounter(), EventBus())
    thread = threading.Thread(target=reading.run)
    thread.start()
    desk = Desk(FakeReader(), FakeCounter(), reading, EventBus())
    assert desk.finish(reading.ask("n", {"name"})).code == "reader_absent"
    reading.stop()
    thread.join(5)


def test_patience_ends() -> None:
    """A card that is never placed ends the read with `timeout`."""
    ticks = iter(range(0, 10_000, 45))
    reader, counter = FakeReader(), FakeCounter()
    reading = CardReading(reader, counter, EventBus(), now=lambda: float(next(ticks)))
    thread = threading.Thread(target=reading.run)
    thread.start()
    desk = Desk(reader, counter, reading, EventBus())
    assert desk.finish(reading.ask("n", {"name"})).code == "timeout"
    reading.stop()
    thread.join(5)


def test_a_newer_read_supersedes_the_older(desk: Desk) -> None:
    """The older fails as superseded, the newer gets the card."""
    older = desk.reading.ask("old", {"name"})
    newer = desk.reading.ask("new", {"name"})
    desk.reader.placed.set()
    assert desk.finish(older).code == "superseded"
    assert desk.finish(newer).state == "done"
    assert [read.nonce for read in desk.counter.reads] == ["new"]


def test_a_read_cancelled_over_the_card_sends_nothing(desk: Desk) -> None:
    """The person has left while the card was read: nothing leaves the host."""
    desk.reader.go_on.clear()
    desk.reader.placed.set()
    read = desk.reading.ask("nonce", {"name"})
    assert desk.reader.reading.wait(5)
    assert desk.reading.cancel(read)
    desk.reader.go_on.set()
    follow_up = desk.reading.ask("next", {"name"})
    desk.finish(follow_up)
    assert [sent.nonce for sent in desk.counter.reads] == ["next"]
    assert desk.reading.progress(read) is None


def test_a_card_left_lying_is_told_until_it_is_taken(desk: Desk) -> None:
    """The page hears once that a card lies there and once that it is gone."""
    heard = desk.bus.listen(beat_seconds=5)
    desk.reader.placed.set()
    desk.finish(desk.reading.ask("nonce", {"name"}))
    event = next(heard)
    assert event is not None
    assert (event.kind, event.facts) == ("card", {"present": True})
    assert desk.reading.card_left
    desk.reader.lies = False
    event = next(heard)
    assert event is not None
    assert event.facts == {"present": False}
    assert not desk.reading.card_left


def test_the_device_api_begins_follows_and_cancels_a_read(desk: Desk) -> None:
    """202 with an id, progress under that id, 204 for a cancel, 404 afterwards."""
    browser = stand(reading=desk.reading).browser
    begun = browser.ask(
        "POST", "/device/v1/card-reads", json={"nonce": "n1", "needs": ["name", "number"]}
    )
    assert begun.status_code == 202
    path = f"/device/v1/card-reads/{said(begun)['id']}"
    assert said(browser.ask("GET", path)) == {
        "state": "waiting",
        "read": None,
        "masked_name": None,
        "code": None,
    }
    assert browser.ask("DELETE", path).status_code == 204
    assert browser.ask("DELETE", path).status_code == 404
    assert said(browser.ask("GET", path))["code"] == "read_not_found"


def test_news_of_a_read_is_told_at_once(desk: Desk) -> None:
    """Who names the state that he knows is answered as soon as it is another."""
    desk.reader.go_on.clear()
    read = desk.reading.ask("nonce", {"name"})
    desk.reader.placed.set()
    reading = desk.reading.progress_past(read, ReadState.WAITING, wait_seconds=5)
    assert reading is not None
    assert reading.state is ReadState.READING
    assert desk.reading.progress_past(read, ReadState.READING, wait_seconds=0) == reading
    desk.reading.cancel(read)
    assert desk.reading.progress_past(read, ReadState.READING, wait_seconds=5) is None


@pytest.mark.parametrize("past", ["sending", "nonsense", ""])
def test_the_device_api_holds_back_only_what_is_known(desk: Desk, past: str) -> None:
    """A page that shows another state than the read is in has its answer without a wait."""
    browser = stand(reading=desk.reading).browser
    body = {"nonce": "n1", "needs": ["name"]}
    begun = browser.ask("POST", "/device/v1/card-reads", json=body)
    path = f"/device/v1/card-reads/{said(begun)['id']}?past={past}"
    assert said(browser.ask("GET", path))["state"] == "waiting"


@pytest.mark.parametrize(
    "body",
    [
        {"nonce": "n", "needs": ["name"], "fields": {"name": "x"}},
        {"nonce": "n", "needs": ["photo"]},
        {"nonce": "n", "needs": []},
        {"nonce": "n", "needs": "name"},
        {"nonce": "", "needs": ["name"]},
        {"nonce": "n" * 201, "needs": ["name"]},
        {"nonce": 7, "needs": ["name"]},
        {"needs": ["name"]},
        [],
        "x",
    ],
)
def test_a_page_can_hand_in_no_read_of_its_own(desk: Desk, body: object) -> None:
    """The API takes a nonce and names of fields; a body that brings content is refused whole."""
    browser = stand(reading=desk.reading).browser
    desk.reader.placed.set()
    assert browser.ask("POST", "/device/v1/card-reads", json=body).status_code == 400
    assert desk.counter.reads == []


def test_no_answer_of_the_device_api_holds_the_card(desk: Desk) -> None:
    """After a read, nothing that the page can ask gives name, number or birthday."""
    browser = stand(reading=desk.reading).browser
    desk.reader.placed.set()
    read = desk.reading.ask("nonce", FIELDS)
    desk.finish(read)
    for path in (f"card-reads/{read}", "card", "health"):
        text = browser.ask("GET", f"/device/v1/{path}").get_data(as_text=True)
        assert "阿依古丽" not in text
        assert "653001" not in text
        assert "1990" not in text


def test_an_unenrolled_terminal_reads_no_card() -> None:
    """There is nobody to send a read to."""
    answer = stand(enrolled=False).browser.ask(
        "POST", "/device/v1/card-reads", json={"nonce": "n", "needs": ["name"]}
    )
    assert said(answer)["code"] == "not_enrolled"


@pytest.mark.policy("P37")
@pytest.mark.parametrize("needs", [{"name", "number"}, {"name", "address"}])
def test_where_somebody_lives_is_asked_only_where_it_matters(desk: Desk, needs: set[str]) -> None:
    """The card is not even asked for a newer address that the item does not need."""
    desk.reader.placed.set()
    desk.finish(desk.reading.ask("nonce", needs))
    assert desk.reader.newest_address is ("address" in needs)


@pytest.mark.parametrize(("needs", "state"), [({"name"}, "done"), ({"name", "address"}, "failed")])
def test_an_address_that_may_be_an_older_one_is_sent_nowhere(
    desk: Desk, needs: set[str], state: str
) -> None:
    """What the reader could not confirm stops who needs the address, and nobody else."""
    desk.reader.outcome = CardRead(replace(CARD, warnings=(ADDRESS_UNCONFIRMED,)), SAM)
    desk.reader.placed.set()
    progress = desk.finish(desk.reading.ask("nonce", needs))
    assert progress.state == state
    assert progress.code == (None if state == "done" else "address_unconfirmed")
    assert len(desk.counter.reads) == (state == "done")
