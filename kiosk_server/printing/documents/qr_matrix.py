"""
The squares of a QR code (ISO/IEC 18004), fast enough to be drawn while somebody waits.

`qrcode` knows the tables and draws what is the same in every code of a version; what differs, the
words and their Reed-Solomon remainders, is reckoned here with whole numbers and laid into place by
one look-up for each version. A test holds both against each other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Any

import qrcode
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_M

LEVEL = ERROR_CORRECT_M
"""Error correction that mends 15 %, enough for a folded sheet or a scratched panel."""
MASK = 3
"""One of the eight masks: every reader takes any, and weighing all would cost most of the time."""
LARGEST = 40
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")
_PADDING = (0xEC, 0x11)


@dataclass(frozen=True)
class QrMatrix:
    """A code: `cells` holds `side` rows of `side` characters, `1` for a dark module."""

    side: int
    cells: str

    @property
    def rows(self) -> list[str]:
        """The rows from the top, each read from the left."""
        return [self.cells[at : at + self.side] for at in range(0, len(self.cells), self.side)]

    @property
    def packed(self) -> bytes:
        """The modules as bits, the first one highest, filled up with zeros to whole bytes."""
        length = -(-len(self.cells) // 8)
        return int(self.cells.ljust(8 * length, "0"), 2).to_bytes(length)


@dataclass(frozen=True)
class _Version:
    """What all codes of one version have in common."""

    side: int
    lay: Any
    """Takes the bits of all words followed by `01` and returns the cells in order."""
    mask: int
    bits: int


def qr_matrix(text: str) -> QrMatrix:
    """Return *text* as the smallest code of level M; `ValueError` for what fits in none."""
    version, words = _words(text)
    known = _version(version)
    spare = known.bits - 8 * len(words)
    drawn = (int.from_bytes(words) << spare) ^ known.mask
    return QrMatrix(known.side, "".join(known.lay(f"{drawn:0{known.bits}b}01")))


def _words(text: str) -> tuple[int, bytes]:
    plain = _ALPHANUMERIC.fullmatch(text) is not None
    data = text.encode()
    mode, length, bits = (2, len(text), _alphanumeric(text)) if plain else (4, len(data), _of(data))
    for version in range(1, LARGEST + 1):
        head = f"{mode:04b}{length:0{util.length_in_bits(mode, version)}b}"
        room = 8 * sum(block.data_count for block in _blocks(version))
        if len(head) + len(bits) <= room:
            return version, _corrected(_filled(head + bits, room), version)
    raise ValueError("too long for a QR code")


def _alphanumeric(text: str) -> str:
    numbers = [util.ALPHA_NUM.index(letter) for letter in text.encode()]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    last = f"{numbers[-1]:06b}" if len(numbers) % 2 else ""
    return "".join(f"{one * 45 + other:011b}" for one, other in pairs) + last


def _of(data: bytes) -> str:
    return f"{int.from_bytes(data):0{8 * len(data)}b}" if data else ""


def _filled(bits: str, room: int) -> bytes:
    bits = bits.ljust(min(len(bits) + 4, room), "0")
    bits = bits.ljust(-(-len(bits) // 8) * 8, "0")
    words = int(bits, 2).to_bytes(len(bits) // 8)
    empty = room // 8 - len(words)
    return words + bytes(_PADDING[number % 2] for number in range(empty))


def _corrected(words: bytes, version: int) -> bytes:
    """The words of all blocks in turns, followed by their remainders in turns."""
    data, remainders, at = [], [], 0
    for block in _blocks(version):
        part = words[at : at + block.data_count]
        at += block.data_count
        data.append(part)
        remainders.append(_remainder(part, block.total_count - block.data_count))
    return bytes(chain(_in_turns(data), _in_turns(remainders)))


def _in_turns(blocks: list[bytes]) -> Iterator[int]:
    for column in zip_longest(*blocks):
        yield from (word for word in column if word is not None)


def _remainder(words: bytes, length: int) -> bytes:
    multiples = _multiples(length)
    highest, rest = 8 * (length - 1), 0
    keep = (1 << highest) - 1
    for word in words:
        rest = ((rest & keep) << 8) ^ multiples[(rest >> highest) ^ word]
    return rest.to_bytes(length)


@cache
def _multiples(length: int) -> tuple[int, ...]:
    """Each of the 256 multiples of the generator of *length* correcting words, as one number."""
    generator = base.Polynomial([1], 0)
    for power in range(length):
        generator = generator * base.Polynomial([1, base.gexp(power)], 0)
    factors = [generator[at] for at in range(1, length + 1)]
    return (0, *(int.from_bytes(_times(word, factors)) for word in range(1, 256)))


def _times(word: int, factors: list[int]) -> bytes:
    return bytes(base.gexp(base.glog(word) + base.glog(each)) if each else 0 for each in factors)


@cache
def _blocks(version: int) -> tuple[base.RSBlock, ...]:
    return tuple(base.rs_blocks(version, LEVEL))


@cache
def _version(version: int) -> _Version:
    modules = _drawn_alike(version)
    side, order = len(modules), list(_data_cells(modules))
    bits = len(order)
    places = {cell: at for at, cell in enumerate(order)}
    pick = [
        places[row, column] if cell is None else bits + bool(cell)
        for row, cells in enumerate(modules)
        for column, cell in enumerate(cells)
    ]
    masked = util.mask_func(MASK)
    mask = int("".join("1" if masked(row, column) else "0" for row, column in order), 2)
    return _Version(side, itemgetter(*pick), mask, bits)


def _drawn_alike(version: int) -> list[list[bool | None]]:
    """The modules that are no data, drawn by the library; None where data goes."""
    code = qrcode.QRCode(version=version, error_correction=LEVEL, mask_pattern=MASK)
    side = code.modules_count = 4 * version + 17
    modules: list[list[bool | None]] = [[None] * side for _ in range(side)]
    code.modules = modules
    for corner in ((0, 0), (side - 7, 0), (0, side - 7)):
        code.setup_position_probe_pattern(*corner)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(False, MASK)
    if version >= 7:
        code.setup_type_number(False)
    return modules


def _data_cells(modules: list[list[bool | None]]) -> Iterator[tuple[int, int]]:
    """Cells of data in the order in which they are filled: two columns at a time, up and down."""
    side = len(modules)
    upward = True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        for row in range(side - 1, -1, -1) if upward else range(side):
            for column in (right, right - 1):
                if modules[row][column] is None:
                    yield row, column
        upward = not upward
