"""The IPP codec: published bytes, all value kinds, and no bytes that break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.states import Trouble
from devices.protocols.ipp import (
    Attribute,
    AttributeGroup,
    Malformed,
    Message,
    Range,
    Resolution,
    Worded,
    attribute,
    decode,
    encode,
)
from devices.protocols.ipp_codes import Group, Operation, Tag
from devices.protocols.ipp_reasons import trouble_of, troubles_of

# RFC 8010, appendix A.1: Print-Job request.
PRINT_JOB = (
    b"\x01\x01\x00\x02\x00\x00\x00\x01\x01"
    b"\x47\x00\x12attributes-charset\x00\x05utf-8"
    b"\x48\x00\x1battributes-natural-language\x00\x05en-us"
    b"\x45\x00\x0bprinter-uri\x00\x2cipp://printer.example.com/ipp/print/pinetree"
    b"\x42\x00\x08job-name\x00\x06foobar"
    b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
    b"\x02"
    b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
    b"\x44\x00\x05sides\x00\x13two-sided-long-edge"
    b"\x03%!PDF..."
)

EVERY_KIND = Message(
    Operation.GET_PRINTER_ATTRIBUTES,
    9,
    (
        AttributeGroup(
            Group.PRINTER,
            (
                attribute("integers", Tag.INTEGER, 1, -2, 2**31 - 1),
                attribute("truths", Tag.BOOLEAN, True, False),
                attribute("enum", Tag.ENUM, 5),
                attribute("octets", Tag.OCTET_STRING, b"\0\xff"),
                attribute("day", Tag.DATE_TIME, bytes(11)),
                attribute("resolution", Tag.RESOLUTION, Resolution(600, 600, 3)),
                attribute("range", Tag.RANGE_OF_INTEGER, Range(1, 99)),
                attribute("text", Tag.TEXT_WITH_LANGUAGE, Worded("zh", "缺纸")),
                attribute("name", Tag.NAME_WITH_LANGUAGE, Worded("ug", "پرىنتېر")),
                attribute("nothing", Tag.NO_VALUE),
                attribute("words", Tag.KEYWORD, "a", "b"),
                attribute("uri", Tag.URI, "ipp://127.0.0.1/"),
                Attribute("mixed", Tag.KEYWORD, ("iso_a4", "own"), (Tag.KEYWORD, Tag.NAME)),
                attribute(
                    "media-col",
                    Tag.BEGIN_COLLECTION,
                    (
                        attribute(
                            "media-size",
                            Tag.BEGIN_COLLECTION,
                            (attribute("x-dimension", Tag.INTEGER, 21000),),
                        ),
                        attribute("media-types", Tag.KEYWORD, "stationery", "bond"),
                    ),
                    (attribute("media-key", Tag.KEYWORD, "second"),),
                ),
            ),
        ),
    ),
)


def test_the_published_request_is_read_and_written() -> None:
    """The Print-Job of RFC 8010 decodes to its attributes and encodes to the same bytes."""
    message = decode(PRINT_JOB)

    assert message.code == Operation.PRINT_JOB
    assert message.group(Group.OPERATION).word("job-name") == "foobar"
    assert message.group(Group.JOB).integer("copies") == 20
    assert message.document == b"%!PDF..."
    assert encode(message) == PRINT_JOB


def test_every_kind_of_value_survives_the_wire() -> None:
    """All value kinds, sets, mixed sets and nested collections come back equal."""
    assert decode(encode(EVERY_KIND)) == EVERY_KIND


def test_a_message_cut_anywhere_is_malformed() -> None:
    """No beginning of a message is taken for a whole one."""
    whole = encode(EVERY_KIND)
    for end in range(len(whole)):
        with pytest.raises(Malformed):
            decode(whole[:end])


@given(st.binary(max_size=200))
def test_random_bytes_are_a_message_or_malformed(data: bytes) -> None:
    """No bytes make the decoder fail in another way."""
    try:
        message = decode(b"\x02\x00\x00\x00\x00\x00\x00\x01" + data)
    except Malformed:
        return
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    ("reason", "trouble"),
    [
        ("media-empty-error", Trouble.PAPER_OUT),
        ("media-empty-warning", Trouble.PAPER_OUT),
        ("media-empty-report", Trouble.PAPER_OUT),
        ("media-empty", Trouble.PAPER_OUT),
        ("media-jam-report", Trouble.JAM),
        ("marker-supply-low-warning", Trouble.TONER_LOW),
        ("toner-empty", Trouble.TONER_EMPTY),
        ("cover-open-error", Trouble.COVER_OPEN),
        ("door-open-report", Trouble.COVER_OPEN),
        ("something-new-error", Trouble.HARDWARE),
        ("something-new-report", None),
        ("none", None),
    ],
)
def test_a_reason_counts_by_its_stem(reason: str, trouble: Trouble | None) -> None:
    """The same stem means the same trouble whatever severity a printer gives it."""
    assert trouble_of(reason) is trouble


def test_a_trouble_is_told_once() -> None:
    """Two reasons of one trouble are one trouble."""
    assert troubles_of(["cover-open-error", "door-open-report"]) == (Trouble.COVER_OPEN,)
