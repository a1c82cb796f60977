"""
IPP messages (RFC 8010): bytes to groups of attributes and back, requests and answers alike.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from devices.protocols.ipp_codes import Group, Tag

VERSION = (2, 0)


class Range(NamedTuple):
    """rangeOfInteger."""

    lower: int
    upper: int


class Resolution(NamedTuple):
    """resolution; units 3 are dots per inch."""

    across: int
    along: int
    units: int


class Worded(NamedTuple):
    """textWithLanguage or nameWithLanguage."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name, the tag of its first value, and all values.

    Values are int, bool, str, bytes, Range, Resolution, Worded, None for the out-of-band tags,
    and tuples of attributes for collections. A printer may mix tags within one set; then
    `tags` holds the tag of each value.
    """

    name: str
    tag: int
    values: tuple[object, ...]
    tags: tuple[int, ...] = ()

    def pairs(self) -> Iterator[tuple[int, object]]:
        """Yield each value with its own tag."""
        yield from zip(self.tags or (self.tag,) * len(self.values), self.values, strict=True)


def attribute(name: str, tag: Tag, *values: object) -> Attribute:
    """Return an attribute whose values all have one tag."""
    return Attribute(name, int(tag), values or (None,))


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """Attributes under one delimiter, in order."""

    group: int
    attributes: tuple[Attribute, ...]

    def values(self, name: str) -> tuple[object, ...]:
        """Return the values of the attribute *name*, none if it is missing."""
        for each in self.attributes:
            if each.name == name:
                return each.values
        return ()

    def integer(self, name: str) -> int | None:
        """Return the first value if it is a number."""
        first = next(iter(self.values(name)), None)
        return first if isinstance(first, int) and not isinstance(first, bool) else None

    def integers(self, name: str) -> tuple[int, ...]:
        """Return the values that are numbers."""
        return tuple(value for value in self.values(name) if isinstance(value, int))

    def words(self, name: str) -> tuple[str, ...]:
        """Return the values that are text, with or without a language."""
        texts = (v.text if isinstance(v, Worded) else v for v in self.values(name))
        return tuple(value for value in texts if isinstance(value, str))

    def word(self, name: str) -> str:
        """Return the first text value, or nothing."""
        return next(iter(self.words(name)), "")


@dataclass(frozen=True, slots=True)
class Message:
    """A request (`code` is the operation) or an answer (`code` is the status), and the document
    behind a request.
    """

    code: int
    request_id: int
    groups: tuple[AttributeGroup, ...]
    document: bytes = field(default=b"", repr=False)
    version: tuple[int, int] = VERSION

    def group(self, wanted: Group) -> AttributeGroup:
        """Return the first group of this kind, empty if there is none."""
        return next(self.all_of(wanted), AttributeGroup(wanted, ()))

    def all_of(self, wanted: Group) -> Iterator[AttributeGroup]:
        """Yield the groups of this kind; Get-Jobs answers with one for each job."""
        return (each for each in self.groups if each.group == wanted)


class Malformed(ValueError):
    """The bytes are no IPP message."""


def encode(message: Message) -> bytes:
    """Return the bytes of *message*; the document follows unchanged."""
    parts = [struct.pack(">BBHI", *message.version, message.code, message.request_id)]
    for group in message.groups:
        parts.append(bytes([group.group]))
        parts.extend(_encoded(group.attributes))
    return b"".join([*parts, bytes([Group.END]), message.document])


def decode(data: bytes) -> Message:
    """Read a message; raises `Malformed` for anything that is none."""
    reader = _Reader(data)
    major, minor, code, request_id = struct.unpack(">BBHI", reader.take(8))
    groups = []
    tag = reader.byte()
    while tag != Group.END:
        if tag > 0x0F:
            raise Malformed("a group was expected")
        delimiter, found = tag, []
        tag = reader.byte()
        while tag > 0x0F:
            name = reader.text()
            each, tag = _attribute(reader, tag, name)
            found.append(each)
        groups.append(AttributeGroup(delimiter, tuple(found)))
    return Message(code, request_id, tuple(groups), reader.rest(), (major, minor))


class _Reader:
    """A place in the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self.depth = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise Malformed("cut short")
        self._at += count
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def field(self) -> bytes:
        (length,) = struct.unpack(">H", self.take(2))
        return self.take(length)

    def text(self) -> str:
        return _text(self.field())

    def another_value(self) -> int | None:
        """Return the tag of a further value of the same set, passing over its empty name."""
        tag, length = self._data[self._at : self._at + 1], self._data[self._at + 1 : self._at + 3]
        if tag and tag[0] > 0x0F and tag[0] != Tag.MEMBER_NAME and length == b"\0\0":
            if tag[0] == Tag.END_COLLECTION:
                return None
            self._at += 3
            return tag[0]
        return None

    def rest(self) -> bytes:
        return self._data[self._at :]


def _attribute(reader: _Reader, tag: int, name: str) -> tuple[Attribute, int]:
    """Read the values of one attribute and return it with the tag that follows."""
    tags, values = [tag], [_value(reader, tag)]
    while (further := reader.another_value()) is not None:
        tags.append(further)
        values.append(_value(reader, further))
    mixed = tuple(tags) if len(set(tags)) > 1 else ()
    return Attribute(name, tag, tuple(values), mixed), reader.byte()


def _value(reader: _Reader, tag: int) -> object:
    raw = reader.field()
    if tag == Tag.BEGIN_COLLECTION:
        return _collection(reader)
    try:
        return _VALUES[tag](raw) if tag in _VALUES else _other(tag, raw)
    except struct.error as fault:
        raise Malformed("a value has the wrong length") from fault


def _other(tag: int, raw: bytes) -> object:
    if tag < 0x20:
        return None
    return _text(raw) if 0x40 <= tag <= 0x5F else raw


def _collection(reader: _Reader) -> tuple[Attribute, ...]:
    reader.depth += 1
    if reader.depth > 8:
        raise Malformed("collections too deep")
    members: list[Attribute] = []
    tag, _ = reader.byte(), reader.field()
    while tag == Tag.MEMBER_NAME:
        name = reader.text()
        tag, _ = reader.byte(), reader.field()
        member, tag = _attribute(reader, tag, name)
        _ = reader.field()
        members.append(member)
    if tag != Tag.END_COLLECTION:
        raise Malformed("a collection does not end")
    reader.field()
    reader.depth -= 1
    return tuple(members)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed("text is not UTF-8") from fault


def _worded(raw: bytes) -> Worded:
    inner = _Reader(raw)
    return Worded(inner.text(), inner.text())


_VALUES = {
    int(Tag.INTEGER): lambda raw: struct.unpack(">i", raw)[0],
    int(Tag.ENUM): lambda raw: struct.unpack(">i", raw)[0],
    int(Tag.BOOLEAN): lambda raw: struct.unpack(">?", raw)[0],
    int(Tag.RANGE_OF_INTEGER): lambda raw: Range(*struct.unpack(">ii", raw)),
    int(Tag.RESOLUTION): lambda raw: Resolution(*struct.unpack(">iib", raw)),
    int(Tag.TEXT_WITH_LANGUAGE): _worded,
    int(Tag.NAME_WITH_LANGUAGE): _worded,
}


def _encoded(attributes: Iterable[Attribute], *, member: bool = False) -> Iterator[bytes]:
    for each in attributes:
        name = each.name.encode()
        if member:
            yield bytes([Tag.MEMBER_NAME]) + _field(b"") + _field(name)
            name = b""
        for tag, value in each.pairs():
            yield bytes([tag]) + _field(name)
            yield from _encoded_value(tag, value)
            name = b""


def _encoded_value(tag: int, value: object) -> Iterator[bytes]:
    if tag == Tag.BEGIN_COLLECTION and isinstance(value, tuple):
        yield _field(b"")
        yield from _encoded(value, member=True)
        yield bytes([Tag.END_COLLECTION]) + _field(b"") + _field(b"")
        return
    match value:
        case None:
            raw = b""
        case bool():
            raw = struct.pack(">?", value)
        case int():
            raw = struct.pack(">i", value)
        case Range():
            raw = struct.pack(">ii", *value)
        case Resolution():
            raw = struct.pack(">iib", *value)
        case Worded():
            raw = b"".join(_field(part.encode()) for part in value)
        case bytes():
            raw = value
        case _:
            raw = str(value).encode()
    yield _field(raw)


def _field(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw
