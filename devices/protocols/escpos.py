"""
ESC/POS: the commands that a slip needs, and the bits of a printer's state.

Only what practically every firmware knows is used. Text is sent in GB 18030; what a printer's
own font may lack travels as raster.
"""

from collections.abc import Iterable, Mapping

from devices.contracts.states import Trouble

INITIALISE = b"\x1b@"
CHINESE_ON = b"\x1c&"
LINE_FEED = b"\n"
# Feeds to the cutter by itself.
FEED_AND_CUT = b"\x1dVB\x00"
# Answered in its turn, behind everything sent before: the answer proves that all is printed.
ASK_WHEN_DONE = b"\x1dr\x01"
# Forgets what was received and not printed, so that half a slip does not come out later.
CLEAR_BUFFER = bytes.fromhex("10140801031401060208")

STATE_QUESTIONS = (1, 2, 3, 4)

_ALIGNMENTS = {"start": 0, "center": 1, "end": 2}

_BITS: Mapping[int, Mapping[int, Trouble]] = {
    1: {0x08: Trouble.PAUSED},
    2: {0x04: Trouble.COVER_OPEN, 0x20: Trouble.PAPER_OUT},
    3: {0x08: Trouble.CUTTER, 0x20: Trouble.HARDWARE, 0x40: Trouble.OVERHEATED},
    4: {0x0C: Trouble.PAPER_LOW, 0x60: Trouble.PAPER_OUT},
}
_FIXED_MASK, _FIXED = 0x93, 0x12
_MILD = frozenset({Trouble.PAPER_LOW, Trouble.PAUSED})


def align(where: str) -> bytes:
    """Set following lines at the start, center or end."""
    return b"\x1ba" + bytes([_ALIGNMENTS[where]])


def bold(*, on: bool) -> bytes:
    """Set following text bold, or not."""
    return b"\x1bE" + bytes([on])


def size(times: int) -> bytes:
    """Set following text 1 to 3 times as wide and high."""
    return b"\x1d!" + bytes([(times - 1) << 4 | (times - 1)])


def feed_dots(dots: int) -> bytes:
    """Feed white paper; a dot is an eighth of a millimetre."""
    whole, rest = divmod(dots, 255)
    return b"\x1bJ\xff" * whole + b"\x1bJ" + bytes([rest])


def text(line: str) -> bytes:
    """Return one line of text in the printer's own font."""
    return line.encode("gb18030") + LINE_FEED


def raster(bytes_across: int, data: bytes) -> bytes:
    """Return a picture; rows of *bytes_across* bytes, the highest bit leftmost, one is black."""
    rows = len(data) // bytes_across
    across, down = bytes_across.to_bytes(2, "little"), rows.to_bytes(2, "little")
    return b"\x1dv0\x00" + across + down + data


def qr(content: str, dots_per_module: int) -> bytes:
    """Return a QR code, model 2, error correction M."""
    data = content.encode()
    return b"".join(
        (
            _qr_function(65, b"\x32\x00"),
            _qr_function(67, bytes([dots_per_module])),
            _qr_function(69, b"\x31"),
            _qr_function(80, b"\x30" + data),
            _qr_function(81, b"\x30"),
        )
    )


def _qr_function(function: int, parameters: bytes) -> bytes:
    body = bytes([49, function]) + parameters
    return b"\x1d(k" + len(body).to_bytes(2, "little") + body


def ask_state(question: int) -> bytes:
    """Ask for one state byte, answered at once whatever the printer is doing."""
    return b"\x10\x04" + bytes([question])


def is_state(byte: int) -> bool:
    """Say whether *byte* has the fixed bits of an answer to `ask_state`."""
    return byte & _FIXED_MASK == _FIXED


def is_done(byte: int) -> bool:
    """Say whether *byte* can be the answer to `ASK_WHEN_DONE`."""
    return byte & 0x90 == 0


def decode_state(question: int, byte: int) -> frozenset[Trouble]:
    """Return the troubles that one state byte names; of a pair of bits either one counts."""
    return frozenset(trouble for bits, trouble in _BITS[question].items() if byte & bits)


def encode_state(question: int, troubles: Iterable[Trouble]) -> int:
    """Return the state byte of a printer that has *troubles*."""
    present = set(troubles)
    byte = _FIXED
    for bits, trouble in _BITS[question].items():
        if trouble in present:
            byte |= bits
    if question == 1 and present - _MILD:
        byte |= 0x08
    if question == 2 and present & {Trouble.CUTTER, Trouble.HARDWARE, Trouble.OVERHEATED}:
        byte |= 0x40
    return byte


def gravest(troubles: Iterable[Trouble]) -> frozenset[Trouble]:
    """Leave out `paused` where something else explains why the printer is off line."""
    found = frozenset(troubles)
    return found - {Trouble.PAUSED} if found - _MILD else found
