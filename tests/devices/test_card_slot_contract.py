"""The card slot's contract: plug-ins, pulled cards, lost readers, the words of PC/SC."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import single_device
from devices.command_line import main
from devices.contracts.card_slot import (
    ChipCard,
    ChipFailed,
    ChipFailure,
    ChipRead,
    SlotEmpty,
    SlotTrouble,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.chip_applications import ChipSession
from devices.drivers.pcsc_card_slot import PcscCardSlot
from devices.drivers.social_security_card import SocialSecurityCard
from devices.protocols.apdu import Command
from devices.simulators.chip_card import ChipOnCard, social_security_files
from devices.transports import pcsc_library
from devices.transports.chip_line import NoChip
from devices.transports.line import LineLost
from devices.transports.pcsc import PcscSlot
from devices.transports.pcsc_library import PROTOCOL_T1, STATE_PRESENT, Answered
from devices.transports.scripted_chip import ScriptedChip

FILES = social_security_files()
EXCHANGES = 5


def slot_with(answer: Callable[[bytes], bytes] | None) -> tuple[PcscCardSlot, ScriptedChip]:
    """Return a slot for social-security cards and what stands for its reader."""
    line = ScriptedChip(answer)
    return PcscCardSlot(line, [SocialSecurityCard()]), line


def card() -> Callable[[bytes], bytes]:
    """Return a card as it comes from its holder's pocket."""
    return ChipOnCard(FILES).answer


def test_a_card_is_read_and_switched_off() -> None:
    """The plug-in's fields come out, and the chip is not left on."""
    slot, line = slot_with(card())
    outcome = slot.read()

    assert isinstance(outcome, ChipRead)
    assert outcome.card.application == "social_security"
    assert outcome.card.fields["name"] == "阿依古丽·测试"
    assert len(line.sent) == EXCHANGES
    with pytest.raises(NoChip):
        line.transmit(b"")


def test_a_card_of_the_old_protocol_is_read_in_portions() -> None:
    """Answers that must be fetched, in portions of another length, come out whole."""
    portions, _ = slot_with(ChipOnCard(replace(FILES, in_portions=True)).answer)
    whole, _ = slot_with(card())

    assert portions.read() == whole.read()


def test_an_empty_slot_is_empty_until_a_card_comes() -> None:
    """No card is no error; one that is inserted is read."""
    slot, line = slot_with(None)

    assert slot.read() == SlotEmpty()
    assert not slot.card_present()

    line.insert(card())

    assert slot.card_present()
    assert isinstance(slot.read(), ChipRead)


@pytest.mark.parametrize("place", range(EXCHANGES))
def test_a_card_pulled_at_any_exchange_is_moved(place: int) -> None:
    """A card that is pulled gives nothing; inserted again it is read."""
    slot, line = slot_with(card())
    line.pull_after(place)

    assert slot.read() == ChipFailed(ChipFailure.CARD_MOVED, "pulled")

    line.pull_after(EXCHANGES)
    line.insert(card())

    assert isinstance(slot.read(), ChipRead)


@pytest.mark.parametrize("place", range(EXCHANGES))
def test_a_reader_lost_at_any_exchange_is_found_again(place: int) -> None:
    """A reader whose cable is pulled is absent, and reads when it is back."""
    slot, line = slot_with(card())
    line.lose_after(place)

    assert slot.read() == SlotTrouble(Trouble.OFFLINE, "reader pulled")
    assert slot.status().condition is Condition.ABSENT
    assert not slot.card_present()

    line.there = True
    line.lose_after(EXCHANGES)

    assert slot.status().condition is Condition.READY
    assert isinstance(slot.read(), ChipRead)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0x6982, ChipFailure.CARD_LOCKED),
        (0x6283, ChipFailure.CARD_LOCKED),
        (0x6A82, ChipFailure.CARD_UNREADABLE),
        (0x6F00, ChipFailure.CARD_UNREADABLE),
    ],
)
def test_a_card_that_refuses_says_why(status: int, reason: ChipFailure) -> None:
    """A locked card is told from a broken one, with the status word for the log."""
    slot, _ = slot_with(ChipOnCard(replace(FILES, stands_at=status)).answer)

    assert slot.read() == ChipFailed(reason, f"{status:04x}")


def test_a_bank_card_is_of_an_unknown_kind() -> None:
    """A card that no plug-in knows is refused without reading anything from it."""
    slot, line = slot_with(ChipOnCard(replace(FILES, name=b"1PAY.SYS.DDF01")).answer)

    assert slot.read() == ChipFailed(ChipFailure.CARD_KIND_UNKNOWN, "no_application")
    assert len(line.sent) == 1


def test_a_number_that_fails_its_check_is_refused() -> None:
    """A card whose number is no number is told apart from an unreadable one."""
    wrong = social_security_files(number="653001199003070023")
    slot, _ = slot_with(ChipOnCard(wrong).answer)

    assert slot.read() == ChipFailed(ChipFailure.NUMBER_INVALID, "number_invalid")


class Token:
    """A plug-in of another maker: one command, one field."""

    name = "token"

    def read(self, session: ChipSession) -> ChipCard | ChipFailed | None:
        """Read the one field."""
        return ChipCard(self.name, {"id": session.ask(Command(0xCA, expect=4)).data.hex()})


def test_plug_ins_are_tried_in_order() -> None:
    """The first plug-in that knows the card reads it; the next is asked only after a no."""
    line = ScriptedChip(lambda command: b"\x01\x02\x90\x00" if command[1] == 0xCA else b"\x6a\x82")
    slot = PcscCardSlot(line, [SocialSecurityCard(), Token()])

    assert slot.read() == ChipRead(ChipCard("token", {"id": "0102"}))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=12))
def test_any_answers_of_a_chip_end_in_an_outcome(answers: list[bytes]) -> None:
    """Whatever a chip says, in however many portions, the read ends."""
    said = iter(answers * 20)
    slot, line = slot_with(lambda _: next(said, b"\x61\x00"))

    assert isinstance(slot.read(), ChipRead | ChipFailed)
    assert len(line.sent) < 100


class Scard:
    """The functions of PC/SC that a slot calls; `code` is what they return."""

    def __init__(self) -> None:
        self.code = 0
        self.released = 0
        self._chip = ChipOnCard(FILES)

    def establish_context(self) -> Answered:
        return Answered(self.code, 1)

    def release_context(self, context: int) -> Answered:
        self.released += 1
        return Answered(0)

    def list_readers(self, context: int) -> Answered:
        return Answered(self.code, names=("Other 00 00", "Slot 01 00"))

    def status(self, context: int, reader: str) -> Answered:
        return Answered(self.code, STATE_PRESENT | 2)

    def connect(self, context: int, reader: str) -> Answered:
        return Answered(self.code, 2, PROTOCOL_T1)

    def transmit(self, card: int, protocol: int, command: bytes) -> Answered:
        return Answered(self.code, data=self._chip.answer(command))

    def disconnect(self, card: int) -> Answered:
        return Answered(0)


def test_a_slot_of_pcsc_is_chosen_by_its_name_and_read() -> None:
    """Over the functions of PC/SC the same card comes out, from the reader that was named."""
    scard = Scard()
    slot = PcscCardSlot(PcscSlot("Slot", scard=scard), [SocialSecurityCard()])

    assert slot.status().details == {"reader": "Slot 01 00"}
    assert isinstance(slot.read(), ChipRead)

    slot.close()

    assert scard.released == 1


def test_result_codes_tell_a_pulled_card_from_a_lost_reader() -> None:
    """Codes about the card are the card's, all others the reader's."""
    scard = Scard()
    line = PcscSlot(scard=scard)
    line.connect()
    scard.code = 0x80100069
    with pytest.raises(NoChip):
        line.transmit(b"\0\0\0\0")
    scard.code = 0x80100017
    with pytest.raises(LineLost):
        line.transmit(b"\0\0\0\0")
    assert scard.released == 1


def test_without_a_reader_of_that_name_the_slot_is_absent() -> None:
    """A name that no reader bears is an absent slot."""
    assert PcscCardSlot(PcscSlot("Third", scard=Scard()), []).status().condition is Condition.ABSENT


def test_without_the_library_the_slot_is_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal where PC/SC is not installed has no slot, and says so instead of failing."""
    monkeypatch.setattr(pcsc_library, "LIBRARY", "libpcsclite-that-nobody-has.so")

    assert main(["read-chip", "--timeout", "0"]) == 1
    assert capsys.readouterr().err.startswith("offline: ")


def test_read_chip_gives_one_json_object_or_a_code() -> None:
    """The command's outcome is the card's fields, a timeout, or what was wrong."""
    slot, line = slot_with(card())
    done = single_device.read_chip(slot, 0)

    assert isinstance(done, single_device.Done)
    assert json.loads(done.result)["application"] == "social_security"

    line.insert(None)
    timeout = single_device.read_chip(slot, 0)

    assert isinstance(timeout, single_device.Failed)
    assert timeout.code == "timeout"
