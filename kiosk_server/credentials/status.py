"""
The status list (状态清单) as bits: four for each credential, after the IETF's Token Status List.

Who has the list learns nothing but the state of the codes that he was shown.
"""

import zlib
from collections.abc import Mapping
from enum import IntEnum

from kiosk_server.certificates.lives import CertificateState
from kiosk_server.credentials.reasons import OfflineReason

BITS = 4
PLACES = 1 << 17
"""Credentials that one list has room for; places of those that are over are given again."""
MOST_BYTES = PLACES * BITS // 8


class Status(IntEnum):
    """What four bits say. The first three are the draft's own, the others left to applications."""

    VALID = 0x0
    ENDED = 0x1
    WITHHELD = 0x2
    SUPERSEDED = 0x3
    CANCELLED = 0xC
    RESCINDED = 0xD
    REVOKED = 0xE
    STOPPED = 0xF


OF_STATE: Mapping[CertificateState, Status] = {
    CertificateState.WITHHELD: Status.WITHHELD,
    CertificateState.SUPERSEDED: Status.SUPERSEDED,
    CertificateState.CANCELLED: Status.CANCELLED,
    CertificateState.RESCINDED: Status.RESCINDED,
    CertificateState.REVOKED: Status.REVOKED,
    CertificateState.LAPSED: Status.ENDED,
}
"""What a certificate's state makes of what was issued from it."""

REASONS: Mapping[int, OfflineReason] = {
    Status.ENDED: OfflineReason.EXPIRED,
    Status.WITHHELD: OfflineReason.WITHHELD,
    Status.SUPERSEDED: OfflineReason.SUPERSEDED,
    Status.CANCELLED: OfflineReason.CANCELLED,
    Status.RESCINDED: OfflineReason.RESCINDED,
    Status.REVOKED: OfflineReason.REVOKED,
    Status.STOPPED: OfflineReason.STOPPED,
}


def packed(statuses: Mapping[int, Status]) -> bytes:
    """Return the list, compressed (zlib), with *statuses* at their places and VALID elsewhere."""
    bits = bytearray(MOST_BYTES)
    for place, status in statuses.items():
        at, half = divmod(place, 2)
        bits[at] |= status << (BITS * half)
    return zlib.compress(bytes(bits), 9)


def unpacked(data: bytes) -> bytes | None:
    """Return the list opened, or None if it is none or would grow past what we make."""
    opener = zlib.decompressobj()
    try:
        bits = opener.decompress(data, MOST_BYTES)
    except zlib.error:
        return None
    return bits if opener.eof else None


def at(bits: bytes, place: int) -> int | None:
    """Return the status at *place*; None beyond the list's end."""
    index, half = divmod(place, 2)
    if place < 0 or index >= len(bits):
        return None
    return bits[index] >> (BITS * half) & 0xF
