"""
The append addresses of a card (追加地址): where its holder moved after the card was made.

An answer to 30 03 holds up to four of them, 35 units of UTF-16LE each, oldest first.
"""

from collections.abc import Iterable

ADDRESS_LENGTH = 70
MOST_ADDRESSES = 4


def newest(data: bytes) -> str | None:
    """Return the last address that is filled in, "" if none is, None for what is no address."""
    if len(data) % ADDRESS_LENGTH or len(data) > MOST_ADDRESSES * ADDRESS_LENGTH:
        return None
    found = ""
    for start in range(0, len(data), ADDRESS_LENGTH):
        try:
            text = data[start : start + ADDRESS_LENGTH].decode("utf-16-le")
        except UnicodeDecodeError:
            return None
        found = text.strip(" \0") or found
    return found


def encode(addresses: Iterable[str]) -> bytes:
    """Return the data of an answer to 30 03, as a card carries it; what is too long is cut."""
    blank = " ".encode("utf-16-le") * (ADDRESS_LENGTH // 2)
    parts = []
    for address in addresses:
        raw = address.encode("utf-16-le")[:ADDRESS_LENGTH]
        parts.append(raw + blank[len(raw) :])
    return b"".join(parts)
