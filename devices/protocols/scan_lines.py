"""
Scans in the stream of a scanner: text between a prefix and a suffix that its maker lets one set.

Bytes arrive in any portions. Control characters are dropped, so that a code cannot type a key; so
are the invisible marks that turn text around, lest it read otherwise than it is.
"""

import unicodedata
from dataclasses import dataclass

from devices.contracts.qr_scanner import Scanned, ScanRefused, Unreadable

_LINE_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Framing:
    """How a scanner sends a code.

    An empty *suffix* means that a code ends when the scanner falls silent. *charsets* are tried
    in order. *most_bytes* counts what lies between prefix and suffix; the largest QR code holds
    2953.
    """

    prefix: bytes = b""
    suffix: bytes = b"\r"
    charsets: tuple[str, ...] = ("utf-8", "gb18030")
    most_bytes: int = 2953


class ScanLines:
    """Cuts the stream into scans."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._held = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> None:
        """Take bytes as they came; of an endless scan no more is held than is needed to refuse
        it.
        """
        self._held += data
        limit = self._longest()
        suffix = self._framing.suffix
        while len(self._held) > limit and not (suffix and suffix in self._held):
            # What may be the suffix's beginning is kept.
            del self._held[: len(self._held) - max(0, len(suffix) - 1)]
            self._overlong = True

    def next_scan(self) -> Scanned | ScanRefused | None:
        """Return the next whole scan, or None; empty ones are passed over."""
        suffix = self._framing.suffix
        while suffix and (end := self._held.find(suffix)) >= 0:
            raw = bytes(self._held[:end])
            del self._held[: end + len(suffix)]
            if (scan := self._scan(raw)) is not None:
                return scan
        return None

    def end(self) -> Scanned | ScanRefused | None:
        """Return what the scanner's silence ends: a scan without suffix, or one that broke off."""
        raw, suffix = bytes(self._held), self._framing.suffix
        self._held.clear()
        scan = self._scan(raw)
        return ScanRefused(Unreadable.INCOMPLETE) if scan and suffix else scan

    def forget(self) -> None:
        """Drop what has come of a scan."""
        self._held.clear()
        self._overlong = False

    @property
    def begun(self) -> bool:
        """Say whether the beginning of a scan is held."""
        return self._overlong or bool(self._held.strip(_LINE_ENDS))

    def _longest(self) -> int:
        framing = self._framing
        return len(framing.prefix) + framing.most_bytes + len(framing.suffix) + len(_LINE_ENDS)

    def _scan(self, raw: bytes) -> Scanned | ScanRefused | None:
        overlong, self._overlong = self._overlong, False
        # The second half of a CR LF, where the suffix is only one of them, is no part of a code.
        raw = raw.strip(_LINE_ENDS)
        if overlong:
            return ScanRefused(Unreadable.TOO_LONG)
        if not raw:
            return None
        if not raw.startswith(self._framing.prefix):
            return ScanRefused(Unreadable.NO_PREFIX)
        raw = raw[len(self._framing.prefix) :]
        if len(raw) > self._framing.most_bytes:
            return ScanRefused(Unreadable.TOO_LONG)
        return _text(raw, self._framing.charsets)


def _text(raw: bytes, charsets: tuple[str, ...]) -> Scanned | ScanRefused | None:
    for charset in charsets:
        try:
            text = raw.decode(charset)
        except UnicodeDecodeError:
            continue
        kept = "".join(each for each in text if _is_text(each))
        return Scanned(kept) if kept.strip() else None
    return ScanRefused(Unreadable.NOT_TEXT)


def _is_text(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
