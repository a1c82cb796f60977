"""Commands to chip cards as bytes, answers as meanings, and the records of a card's holder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocols import social_security_files as files
from devices.protocols.apdu import (
    Command,
    Meaning,
    Response,
    read_binary,
    read_record,
    select_application,
    simple_tlv,
)

HOLDER = {8: "653001199003070022", 9: "阿依古丽·测试", 10: "2"}


def test_commands_are_the_published_bytes() -> None:
    """Selecting by name, reading a file and a record have the bytes of ISO/IEC 7816-4."""
    assert select_application(files.APPLICATION_NAME).encode() == bytes.fromhex(
        "00A4040C0F7378312E73682EC9E7BBE1B1A3D5CF"
    )
    assert read_binary(5, 18).encode() == bytes.fromhex("00B0850012")
    assert read_record(6, 1).encode() == bytes.fromhex("00B2013400")


def test_the_four_shapes_of_a_short_command() -> None:
    """With and without data, with and without an answer, a command has its own length."""
    shapes = [Command(1), Command(1, expect=256), Command(1, data=b"d"), Command(1, 0, 0, b"d", 2)]

    assert [each.encode().hex() for each in shapes] == [
        "00010000",
        "0001000000",
        "000100000164",
        "00010000016402",
    ]
    with pytest.raises(ValueError):
        Command(1, data=bytes(256)).encode()


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (0x9000, Meaning.DONE),
        (0x6282, Meaning.DONE),
        (0x6112, Meaning.MORE),
        (0x6C12, Meaning.OTHER_LENGTH),
        (0x6A82, Meaning.NOT_FOUND),
        (0x6A83, Meaning.NO_SUCH_RECORD),
        (0x6982, Meaning.LOCKED),
        (0x6283, Meaning.LOCKED),
        (0x6F00, Meaning.REFUSED),
    ],
)
def test_each_status_word_has_its_meaning(status: int, meaning: Meaning) -> None:
    """What a reader of files must tell apart is told apart, all else is a refusal."""
    assert Response(status).meaning is meaning


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_none(raw: bytes) -> None:
    """An answer is its data and the last two bytes; fewer are none."""
    response = Response.decode(raw)

    assert (response is None) is (len(raw) < 2)
    assert response is None or response.encode() == raw


def test_a_record_is_cut_at_the_length_it_states() -> None:
    """Filling behind the value is left out, a value that is cut short is refused."""
    assert simple_tlv(b"\x0a\x012\xff\xff") == (10, b"2")
    assert simple_tlv(b"\x0a\x02" + b"2") is None
    assert simple_tlv(b"\x0a") is None


def test_the_files_of_a_holder_are_read_in_any_order() -> None:
    """Number, name, sex, card number and last day come out, days as the wire has them."""
    card_file, *records = files.encode(HOLDER, "A12345678", "20400101")

    decoded = files.decode(card_file, records[::-1])

    assert decoded == files.Holder(
        {
            "card_number": "A12345678",
            "valid_until": "2040-01-01",
            "number": "653001199003070022",
            "name": "阿依古丽·测试",
            "sex": "女",
        }
    )
    assert "阿依古丽" not in repr(decoded)


@pytest.mark.parametrize(
    ("holder", "card_number", "valid_until", "at"),
    [
        (HOLDER | {8: "653001199003070023"}, "A12345678", "20400101", files.NUMBER_INVALID),
        (HOLDER | {9: ""}, "A12345678", "20400101", "name"),
        ({8: HOLDER[8], 9: HOLDER[9]}, "A12345678", "20400101", "sex"),
        (HOLDER, "A 2345678", "20400101", "card_number"),
        (HOLDER, "A12345678", "20401301", "valid_until"),
    ],
)
def test_files_that_are_no_holders_are_refused_by_their_field(
    holder: dict[int, str], card_number: str, valid_until: str, at: str
) -> None:
    """What is missing or makes no sense is named, and nothing is guessed."""
    card_file, *records = files.encode(holder, card_number, valid_until)

    assert files.decode(card_file, records) == files.FilesRefused(at)


@given(st.binary(max_size=30), st.lists(st.binary(max_size=30), max_size=4))
def test_any_files_are_refused_or_a_holder(card_file: bytes, records: list[bytes]) -> None:
    """No content of a chip raises."""
    assert isinstance(files.decode(card_file, records), files.Holder | files.FilesRefused)
