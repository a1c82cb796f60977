"""
The text block of a card (GA/T 490): 256 bytes of UTF-16LE, cut by offset, in four layouts.

The code unit at byte 248 tells them apart: `J` residence permit of Hong Kong, Macao and Taiwan
residents, `I` and `Y` foreigner's permanent residence card of 2017 and 2023, anything else the
resident ID card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from devices.contracts.id_reader import Card, CardKind
from devices.protocols import id_code_tables, id_numbers
from devices.protocols.id_card_frames import TEXT_LENGTH

_KIND_AT = 248
_FIRST_ENGLISH_PART = 35
_LONG_TERM = "长期"
_LETTERS: Mapping[str, CardKind] = {
    "J": CardKind.HMT,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}

# Field: (offset in bytes, length in 16-bit units).
_RESIDENT: Mapping[str, tuple[int, int]] = {
    "name": (0, 15),
    "sex": (30, 1),
    "nation": (32, 2),
    "born": (36, 8),
    "address": (52, 35),
    "number": (122, 18),
    "issuer": (158, 15),
    "valid_from": (188, 8),
    "valid_until": (204, 8),
}
_LAYOUTS: Mapping[CardKind, Mapping[str, tuple[int, int]]] = {
    CardKind.RESIDENT: _RESIDENT,
    CardKind.HMT: {key: place for key, place in _RESIDENT.items() if key != "nation"}
    | {"permit_number": (220, 9), "times_issued": (238, 2)},
    CardKind.FOREIGNER_2017: {
        "english_name": (0, 60),
        "sex": (120, 1),
        "number": (122, 15),
        "nation": (152, 3),
        "name": (158, 15),
        "valid_from": (188, 8),
        "valid_until": (204, 8),
        "born": (220, 8),
        "version": (236, 2),
        "issuer": (240, 4),
    },
    CardKind.FOREIGNER_2023: {
        "name": (0, 15),
        "sex": (30, 1),
        "times_renewed": (32, 2),
        "born": (36, 8),
        "english_name": (52, 35),
        "number": (122, 18),
        "valid_from": (188, 8),
        "valid_until": (204, 8),
        "english_name_rest": (220, 11),
        "nation": (242, 3),
        "old_number_link": (250, 3),
    },
}


@dataclass(frozen=True, slots=True)
class TextRefused:
    """The block is no card's text: `field` is what stopped it, `why` is enumerated below."""

    field: str
    why: str


WRONG_LENGTH = "wrong_length"
NOT_TEXT = "not_text"
EMPTY = "empty"
NO_SUCH_DAY = "no_such_day"
NUMBER_INVALID = "number_invalid"


def card_kind(text: bytes) -> CardKind:
    """Return the kind that the block says of itself."""
    letter = text[_KIND_AT : _KIND_AT + 2].decode("utf-16-le", "replace")
    return _LETTERS.get(letter, CardKind.RESIDENT)


def decode(text: bytes) -> Card | TextRefused:
    """Return the card that the block describes, or what is wrong with it.

    A day of birth or sex that the number contradicts is a warning: such cards exist.
    """
    if len(text) != TEXT_LENGTH:
        return TextRefused("text", WRONG_LENGTH)
    kind = card_kind(text)
    values: dict[str, str] = {}
    for key, (offset, units) in _LAYOUTS[kind].items():
        value = _units(text[offset : offset + 2 * units])
        if value is None:
            return TextRefused(key, NOT_TEXT)
        values[key] = value
    english_name = (values.get("english_name", "") + values.get("english_name_rest", "")).strip()
    stripped = {key: value.strip(" \0") for key, value in values.items()}
    return _card(kind, stripped | {"english_name": english_name})


def encode(kind: CardKind, values: Mapping[str, str]) -> bytes:
    """Return the block that holds *values* (raw codes and YYYYMMDD days), as a card carries it.

    What is too long is cut at the field's last unit, as the issuing system does.
    """
    block = bytearray(b"\x20\x00" * (TEXT_LENGTH // 2))
    if kind is CardKind.FOREIGNER_2023:
        english_name = values.get("english_name", "")
        values = {**values, "english_name_rest": english_name[_FIRST_ENGLISH_PART:]}
    for key, (offset, units) in _LAYOUTS[kind].items():
        raw = values.get(key, "").encode("utf-16-le")[: 2 * units]
        block[offset : offset + len(raw)] = raw
    for letter, lettered in _LETTERS.items():
        if lettered is kind:
            block[_KIND_AT : _KIND_AT + 2] = letter.encode("utf-16-le")
    return bytes(block)


def _units(raw: bytes) -> str | None:
    """Decode one field; a character cut in two by the field's end is left out."""
    if len(raw) >= 2 and 0xD8 <= raw[-1] <= 0xDB:
        raw = raw[:-2]
    try:
        return raw.decode("utf-16-le").rstrip("\0")
    except UnicodeDecodeError:
        return None


def _card(kind: CardKind, values: Mapping[str, str]) -> Card | TextRefused:
    name = values["name"] or values["english_name"]
    if not name:
        return TextRefused("name", EMPTY)
    if not id_numbers.is_valid(values["number"], kind):
        return TextRefused("number", NUMBER_INVALID)
    days: dict[str, date] = {}
    for key in ("born", "valid_from"):
        day = id_numbers.day_of(values[key])
        if day is None:
            return TextRefused(key, NO_SUCH_DAY)
        days[key] = day
    valid_until = id_numbers.day_of(values["valid_until"])
    long_term = kind is CardKind.RESIDENT and values["valid_until"] == _LONG_TERM
    if valid_until is None and not long_term:
        return TextRefused("valid_until", NO_SUCH_DAY)
    nation = values.get("nation", "")
    sex = id_code_tables.sex(values["sex"])
    return Card(
        kind=kind,
        name=name,
        sex=sex,
        nation=id_code_tables.people(nation) if kind is CardKind.RESIDENT else nation,
        born=days["born"],
        address=values.get("address", ""),
        number=values["number"],
        issuer=values.get("issuer", ""),
        valid_from=days["valid_from"],
        valid_until=valid_until,
        english_name=values["english_name"],
        warnings=_warnings(kind, values["number"], days["born"], sex),
    )


def _warnings(kind: CardKind, number: str, born: date, sex: str) -> tuple[str, ...]:
    found = []
    if id_numbers.born_by(number, kind) not in (None, born):
        found.append("born_differs_from_number")
    if id_numbers.sex_by(number, kind) not in ("", sex):
        found.append("sex_differs_from_number")
    return tuple(found)
