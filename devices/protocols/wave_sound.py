"""
Sound as bytes: RIFF/WAVE with 16-bit PCM, what recordings are kept in and players are given.

A program that writes to a pipe cannot know how long its sound will be: a length that goes beyond
the bytes is taken for "to the end".
"""

import math
import struct
import sys
from array import array
from dataclasses import dataclass, field

_PCM, _EXTENSIBLE = 1, 0xFFFE
_RATES = range(8_000, 96_001)
_FULL_SCALE = 32768


class NotSound(ValueError):
    """The bytes are no sound that a terminal plays; the message says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of 16-bit samples."""

    rate: int
    samples: "array[int]" = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    @property
    def rms(self) -> float:
        """The effective value, 0 to 1: silence is below 0.001, speech above 0.02."""
        if not self.samples:
            return 0.0
        power = sum(sample * sample for sample in self.samples) / len(self.samples)
        return math.sqrt(power) / _FULL_SCALE

    def to_wave(self, loudness: float = 1.0) -> bytes:
        """Return the bytes of a WAVE file, at *loudness* 0 to 1."""
        samples = array("h", (round(sample * loudness) for sample in self.samples))
        data = _little(samples).tobytes()
        shape = struct.pack("<HHIIHH", _PCM, 1, self.rate, self.rate * 2, 2, 16)
        head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", len(shape))
        return head + shape + struct.pack("<4sI", b"data", len(data)) + data


def read_wave(content: bytes) -> Sound:
    """Return the sound of a WAVE file, two channels mixed into one; raises `NotSound`."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotSound("no WAVE file")
    shape, data, at = b"", b"", 12
    while at + 8 <= len(content) and not data:
        name, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        if name == b"fmt ":
            shape = body
        elif name == b"data":
            data = body
        at += 8 + length + length % 2
    if len(shape) < 16:
        raise NotSound("no format")
    kind, channels, rate, _, _, depth = struct.unpack_from("<HHIIHH", shape)
    if kind not in (_PCM, _EXTENSIBLE) or depth != 16 or channels not in (1, 2):
        raise NotSound("not 16-bit PCM of one or two channels")
    if rate not in _RATES:
        raise NotSound("an odd sample rate")
    samples = array("h")
    samples.frombytes(data[: len(data) - len(data) % (2 * channels)])
    samples = _little(samples)
    if channels == 2:
        pairs = zip(samples[::2], samples[1::2], strict=True)
        samples = array("h", ((left + right) // 2 for left, right in pairs))
    if not samples:
        raise NotSound("empty")
    return Sound(rate, samples)


def _little(samples: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples
