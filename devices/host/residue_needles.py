"""The forms in which a mark can lie in bytes, and finding them. No I/O.

Searched for are the two halves of a mark, 64 random bits each: a record that is cut in two by a
block's edge, or one half of which a compressor replaced by a reference to an earlier copy, still
shows the other. Each half is looked for as it is, in capitals, in UTF-16 of either byte order, in
hexadecimal, and in base64 at each of its three alignments.
"""

import base64
from collections.abc import Iterable, Iterator

_HALF = 16


class Needles:
    """What is looked for in a search: every form of every mark."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._forms = tuple({form for mark in marks for form in forms_of(mark)})
        self._overlap = max((len(form) for form in self._forms), default=1) - 1

    def lie_in(self, data: bytes) -> bool:
        """Whether a form of a mark is in *data*."""
        return any(form in data for form in self._forms)

    def lie_in_stream(self, chunks: Iterable[bytes]) -> bool:
        """Whether a form is in the joined *chunks*, also where it spans two of them."""
        kept = b""
        for chunk in chunks:
            data = kept + chunk
            if self.lie_in(data):
                return True
            kept = data[-self._overlap :] if self._overlap else b""
        return False


def forms_of(mark: str) -> Iterator[bytes]:
    """Every form of a mark of 32 hexadecimal digits."""
    for half in (mark[:_HALF], mark[_HALF:]):
        plain = half.encode("ascii")
        yield plain
        yield plain.upper()
        # Without its last byte this is both byte orders: they differ by one zero in front.
        yield half.encode("utf-16-le")[:-1]
        yield plain.hex().encode("ascii")
        yield from _in_base64(plain)


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """The characters that *plain* alone decides, whatever stands around it."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        undecided = (0, 2, 3)[before]
        whole_groups = (before + len(plain)) // 3 * 4
        yield encoded[undecided:whole_groups]
