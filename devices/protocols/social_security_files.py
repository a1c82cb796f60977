"""
The files of a social-security card (社会保障卡) that can be read without a code.

The application is selected by the name `sx1.sh.社会保障`. File 05 holds edition (1 byte), card
number (9) and last day (8); file 06 the holder's records as simple TLV: 08 number, 09 name in
GB 18030, 0A sex (GB/T 2261.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.contracts.id_reader import CardKind
from devices.protocols import id_code_tables, id_numbers
from devices.protocols.apdu import simple_tlv

APPLICATION_NAME = "sx1.sh.社会保障".encode("gb18030")
CARD_FILE, HOLDER_FILE = 5, 6
CARD_FILE_BYTES = 18
HOLDER_RECORDS = 3

NUMBER_INVALID = "number_invalid"

_CARD_NUMBER_END = 10
_TAGS: Mapping[int, str] = {8: "number", 9: "name", 10: "sex"}


@dataclass(frozen=True, slots=True)
class Holder:
    """What the files say: card_number, valid_until (YYYY-MM-DD), number, name, sex (男, 女…)."""

    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FilesRefused:
    """The files are no holder's: the field that stopped it, or `NUMBER_INVALID`."""

    at: str


def decode(card_file: bytes, records: list[bytes]) -> Holder | FilesRefused:
    """Return what *card_file* and the holder's *records*, in any order, say together."""
    fields = {_TAGS[tag]: text for tag, text in map(_record, records) if tag in _TAGS}
    for wanted in _TAGS.values():
        if not fields.get(wanted):
            return FilesRefused(wanted)
    if not id_numbers.is_valid(fields["number"], CardKind.RESIDENT):
        return FilesRefused(NUMBER_INVALID)
    card_number = card_file[1:_CARD_NUMBER_END].strip()
    if not card_number.isalnum():
        return FilesRefused("card_number")
    last_day = id_numbers.day_of(card_file[_CARD_NUMBER_END:].decode("ascii", "replace"))
    if last_day is None:
        return FilesRefused("valid_until")
    card = {"card_number": card_number.decode("ascii"), "valid_until": last_day.isoformat()}
    return Holder(card | fields | {"sex": id_code_tables.sex(fields["sex"])})


def encode(holder: Mapping[int, str], card_number: str, valid_until: str) -> tuple[bytes, ...]:
    """Return the card file and the holder's records for raw values by tag, as a card has them."""
    texts = {tag: text.encode("gb18030") for tag, text in holder.items()}
    card_file = b"\x01" + card_number.encode() + valid_until.encode()
    return card_file, *(bytes((tag, len(text))) + text for tag, text in texts.items())


def _record(record: bytes) -> tuple[int, str]:
    cut = simple_tlv(record)
    if cut is None:
        return -1, ""
    try:
        return cut[0], cut[1].decode("gb18030").strip(" \0")
    except UnicodeDecodeError:
        return -1, ""
