"""Frames of the security module: golden vectors, status words, rubbish on the line."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.id_reader import Card, CardKind
from devices.protocols import id_card_texts
from devices.protocols.id_card_frames import (
    Answer,
    Command,
    FrameParser,
    Garbled,
    StatusWord,
    answer,
    base_information,
    request,
    sam_id,
    sam_id_data,
    text_of,
)

GOLDEN_VALUES = {
    "name": "阿依古丽·买买提",
    "sex": "2",
    "nation": "05",
    "born": "19900307",
    "address": "新疆阿图什市幸福路街道文化路1号",
    "number": "653001199003070022",
    "issuer": "阿图什市公安局",
    "valid_from": "20200101",
    "valid_until": "20400101",
}
GOLDEN_TEXT = id_card_texts.encode(CardKind.RESIDENT, GOLDEN_VALUES)
GOLDEN_FRAME = answer(StatusWord.SUCCESS, base_information(GOLDEN_TEXT, bytes(1024)))

REQUESTS = {
    Command.RESET: "AAAAAA9669000310FFEC",
    Command.STATUS: "AAAAAA9669000311FFED",
    Command.SAM_ID: "AAAAAA9669000312FFEE",
    Command.FIND: "AAAAAA96690003200122",
    Command.SELECT: "AAAAAA96690003200221",
    Command.READ: "AAAAAA96690003300132",
}


def _answers(data: bytes) -> list[Answer | Garbled]:
    parser = FrameParser()
    parser.feed(data)
    found = []
    while (each := parser.next_answer()) is not None:
        found.append(each)
    return found


def test_golden_frame_is_built_byte_for_byte() -> None:
    """The published text, frame length, checksum and digests come out exactly."""
    assert hashlib.sha256(GOLDEN_TEXT).hexdigest() == (
        "1b28a5f183d1125422c42e34f84baacf83b2e554366ad3e283c3aa34a2acbf55"
    )
    assert len(GOLDEN_FRAME) == 1295
    assert GOLDEN_FRAME[:14] == bytes.fromhex("aaaaaa96690508000090 01000400")
    assert GOLDEN_FRAME[-1] == 0x38
    assert hashlib.sha256(GOLDEN_FRAME).hexdigest() == (
        "c126dca5cd6099d4769b3a86fc7f6ecb1bf4184eacd4b92724d4528c02d1c801"
    )


def test_golden_frame_decodes_to_its_fields() -> None:
    """The golden frame gives back the nine fields of the card."""
    [found] = _answers(GOLDEN_FRAME)
    assert isinstance(found, Answer)
    text = text_of(found.data)
    assert text is not None

    card = id_card_texts.decode(text)

    assert isinstance(card, Card)
    assert card.as_json() == {
        "kind": "resident",
        "name": "阿依古丽·买买提",
        "sex": "女",
        "nation": "维吾尔",
        "born": "1990-03-07",
        "address": "新疆阿图什市幸福路街道文化路1号",
        "number": "653001199003070022",
        "issuer": "阿图什市公安局",
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
    }
    assert card.warnings == ()


@pytest.mark.parametrize(("command", "frame"), REQUESTS.items())
def test_requests_are_those_of_the_protocol(command: Command, frame: str) -> None:
    """Each request is the published frame."""
    assert request(command) == bytes.fromhex(frame)


@pytest.mark.policy("P37")
def test_fingerprints_cannot_be_asked_for() -> None:
    """No command of the module reads biometric data (30 10)."""
    assert bytes.fromhex("3010") not in {command.value for command in Command}


@pytest.mark.parametrize(
    ("frame", "word"),
    [
        ("AAAAAA9669000400009094", StatusWord.SUCCESS),
        ("AAAAAA9669000800009F0000000097", StatusWord.CARD_FOUND),
        ("AAAAAA9669000C00009000000000000000009C", StatusWord.SUCCESS),
        ("AAAAAA9669000400008084", StatusWord.NO_CARD),
        ("AAAAAA9669000400008185", StatusWord.SELECT_FAILED),
        ("AAAAAA9669000400004145", StatusWord.CARD_READ_FAILED),
        ("AAAAAA9669000400009195", StatusWord.ITEM_ABSENT),
        ("AAAAAA9669000400001014", StatusWord.COMMAND_CHECKSUM),
        ("AAAAAA9669000400001115", StatusWord.COMMAND_LENGTH),
        ("AAAAAA9669000400002125", StatusWord.COMMAND_NOT_SUPPORTED),
        ("AAAAAA9669000400006064", StatusWord.SELF_TEST),
        ("AAAAAA9669000400006662", StatusWord.NOT_AUTHORISED),
    ],
)
def test_published_answers_are_understood(frame: str, word: StatusWord) -> None:
    """Each published answer frame gives its status word."""
    [found] = _answers(bytes.fromhex(frame))

    assert isinstance(found, Answer)
    assert found.status is word


def test_first_bytes_vary_only_where_the_protocol_says() -> None:
    """Leading bytes are passed over for 31, 41, 47 and 81, and make any other word unknown."""
    tolerant = {
        word for word in StatusWord if Answer(b"\x01\x02" + bytes([word.value])).status is word
    }

    assert {word.value for word in tolerant} == {0x31, 0x41, 0x47, 0x81}


@given(st.binary(max_size=40), st.lists(st.integers(1, 1294), max_size=6))
def test_a_frame_is_found_in_any_portions_behind_any_rubbish(
    rubbish: bytes, cuts: list[int]
) -> None:
    """The golden frame is found whatever precedes it and however it is cut."""
    parser = FrameParser()
    found: list[Answer | Garbled] = []
    # A preamble in the rubbish may announce a frame that would still be waited for.
    stream = rubbish.replace(b"\xaa", b"\x55") + GOLDEN_FRAME
    places = [0, *sorted(cuts), len(stream)]
    for start, end in itertools.pairwise(places):
        parser.feed(stream[start:end])
        while (each := parser.next_answer()) is not None:
            found.append(each)

    assert [each for each in found if isinstance(each, Answer)] == _answers(GOLDEN_FRAME)


def test_a_frame_is_found_behind_one_that_was_spoiled() -> None:
    """A wrong checksum is told, and the true frame behind it is still found."""
    spoiled = bytes([*GOLDEN_FRAME[:-1], GOLDEN_FRAME[-1] ^ 1])

    found = _answers(spoiled + GOLDEN_FRAME)

    assert Garbled("checksum") in found
    assert isinstance(found[-1], Answer)


def test_an_impossible_length_does_not_hold_the_line() -> None:
    """A preamble followed by a length no answer has is rubbish at once."""
    found = _answers(bytes.fromhex("AAAAAA9669FFFF") + GOLDEN_FRAME)

    assert found[0] == Garbled("length")
    assert isinstance(found[-1], Answer)


def test_module_identity_is_printed_as_on_the_reader() -> None:
    """Sixteen bytes give the identity in its printed form, and back."""
    data = bytes.fromhex("0500030085EC330140E20100B168DE3A")

    assert sam_id(data) == "05.03-20180101-0000123456-0987654321"
    assert sam_id_data("05.03-20180101-0000123456-0987654321") == data
    assert answer(StatusWord.SUCCESS, data)[-1] == 0x47
    assert sam_id(data[:-1]) is None


@pytest.mark.parametrize("size", [0, 3, 1283, 1285])
def test_lengths_that_do_not_add_up_give_no_text(size: int) -> None:
    """An answer whose inner lengths disagree with its size is refused."""
    assert text_of((base_information(GOLDEN_TEXT, bytes(1024)) + b"\0")[:size]) is None


@pytest.mark.policy("P37")
def test_nothing_personal_shows_in_a_repr() -> None:
    """Neither a card nor an answer tells anything about the person when it is printed."""
    card = id_card_texts.decode(GOLDEN_TEXT)
    shown = repr(card) + repr(_answers(GOLDEN_FRAME))

    for secret in GOLDEN_VALUES.values():
        assert len(secret) < 3 or secret not in shown
    assert "阿" not in shown
    assert "1990" not in shown
