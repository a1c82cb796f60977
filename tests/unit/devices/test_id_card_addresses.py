"""Append addresses as bytes: the newest counts, and what is none is refused."""

from hypothesis import given
from hypothesis import strategies as st

from devices.protocols import id_card_addresses
from devices.protocols.id_card_frames import BAUD_COMMANDS, Command, StatusWord, answer, request

ADDRESSES = st.lists(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=35), max_size=4
)


@given(ADDRESSES)
def test_the_last_address_that_is_filled_in_is_the_newest(addresses: list[str]) -> None:
    """Blank places behind the newest address do not hide it."""
    filled = [each for each in addresses if each]
    found = id_card_addresses.newest(id_card_addresses.encode(addresses))

    assert found == (filled[-1] if filled else "")


@given(st.binary(max_size=400))
def test_any_bytes_are_an_address_or_refused(data: bytes) -> None:
    """No data raises; a length that is no multiple of an address is refused."""
    found = id_card_addresses.newest(data)

    assert found is None or (len(data) % 70 == 0 and len(found) <= 35)


def test_frames_of_the_published_table() -> None:
    """The questions for addresses and for bauds, and the answer "none", are the known frames."""
    frames = {
        Command.APPEND_ADDRESSES: "AAAAAA96690003300330",
        BAUD_COMMANDS[115200]: "AAAAAA96690003600063",
        BAUD_COMMANDS[9600]: "AAAAAA96690003600467",
    }

    assert {command: request(command).hex().upper() for command in frames} == frames
    assert answer(StatusWord.ITEM_ABSENT).hex().upper() == "AAAAAA9669000400009195"
    assert len(answer(StatusWord.SUCCESS, id_card_addresses.encode(["路"]))) == 81
