"""
SM2 decryption (GB/T 32918.4) in software, for services that encrypt what they answer.

It is no certified module and its time depends on the key: in production a cipher machine (密码机)
takes its place behind `CertDataOpener`. Curve and key derivation are those of GB/T 32918.5.
"""

from typing import Protocol

from cryptography.hazmat.primitives import hashes

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_FIELD_BYTES = 32
_DIGEST_BYTES = 32
_UNCOMPRESSED = b"\x04"

Point = tuple[int, int] | None
"""A point of the curve; None is the point at infinity."""


class CannotOpen(Exception):
    """What was sent was not encrypted for our key, or was altered."""


class CertDataOpener(Protocol):
    """Opens the certData of a sharing service."""

    def open(self, sealed: bytes) -> bytes:
        """Return the plain text, or raise `CannotOpen`."""
        ...


class SoftwareSm2:
    """Opens with a private key that lies in the settings."""

    def __init__(self, private_key: bytes) -> None:
        """*private_key*: 32 bytes, big-endian."""
        self._key = int.from_bytes(private_key)
        if not 0 < self._key < _N:
            raise ValueError("no private key of this curve")

    def open(self, sealed: bytes) -> bytes:
        """Return the plain text of C1‖C3‖C2, or of the older C1‖C2‖C3; each proves itself."""
        # Some libraries leave out the byte that says "uncompressed".
        for body in (sealed.removeprefix(_UNCOMPRESSED), sealed):
            point, rest = _point(body[: 2 * _FIELD_BYTES]), body[2 * _FIELD_BYTES :]
            if point is None or len(rest) <= _DIGEST_BYTES:
                continue
            shared = multiply(self._key, point)
            for digest, hidden in (
                (rest[:_DIGEST_BYTES], rest[_DIGEST_BYTES:]),
                (rest[-_DIGEST_BYTES:], rest[:-_DIGEST_BYTES]),
            ):
                text = _unmasked(shared, hidden)
                if text is not None and _sm3(_x(shared) + text + _y(shared)) == digest:
                    return text
        raise CannotOpen


def multiply(factor: int, point: Point) -> Point:
    """Return *factor* times *point*."""
    total: Point = None
    while factor:
        if factor & 1:
            total = add(total, point)
        point = add(point, point)
        factor >>= 1
    return total


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points of the curve."""
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and (one[1] + other[1]) % _P == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] + _A) * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def key_stream(seed: bytes, length: int) -> bytes:
    """Return *length* bytes derived from *seed* (KDF of GB/T 32918.4)."""
    blocks = -(-length // _DIGEST_BYTES)
    stream = b"".join(_sm3(seed + number.to_bytes(4)) for number in range(1, blocks + 1))
    return stream[:length]


def _unmasked(shared: Point, hidden: bytes) -> bytes | None:
    stream = key_stream(_x(shared) + _y(shared), len(hidden))
    if not any(stream):
        return None
    return bytes(one ^ other for one, other in zip(hidden, stream, strict=True))


def _point(data: bytes) -> Point:
    """Return the point that *data* names, if it lies on the curve: others leak the key."""
    if len(data) != 2 * _FIELD_BYTES:
        return None
    x, y = int.from_bytes(data[:_FIELD_BYTES]), int.from_bytes(data[_FIELD_BYTES:])
    if x >= _P or y >= _P or (y * y - (x * x * x + _A * x + _B)) % _P:
        return None
    return x, y


def _x(point: Point) -> bytes:
    return point[0].to_bytes(_FIELD_BYTES) if point else b""


def _y(point: Point) -> bytes:
    return point[1].to_bytes(_FIELD_BYTES) if point else b""


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()
