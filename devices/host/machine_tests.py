"""
What a self-test does without paper (整机自检): line, clock, storage, memory, fonts, picture, voice,
chip slot, lamps and contacts. Each deed says what is against it and, where there is one, a measure.

Of a card in the slot nothing is kept but that it answered; of a picture nothing but its light.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from devices.contracts.cabinet import Cabinet, Lamp, LampTrouble
from devices.contracts.card_slot import CardSlot, ChipFailed, ChipFailure, ChipRead, SlotTrouble
from devices.contracts.document_scanner import DocumentScanner
from devices.contracts.states import Trouble
from devices.drivers.typefaces import GlyphMissing, Typefaces
from devices.host.device_trials import PERSON_SECONDS
from devices.host.guiding_lights import LampHold
from devices.host.scanner_check import check_scanner
from devices.host.self_tests import Deeds, Seen, SelfTest

LEAST_DISK_MB = 512
LEAST_MEMORY_MB = 192
LEAST_BYTES_PER_SECOND = 2_000
"""A quarter of the thin line (64 kbit/s) for which visits are made."""
MOST_SKEW_SECONDS = 30.0
EACH_LAMP_SECONDS = 1.5
_LOOK_SECONDS = 0.2
_CONTACTS = frozenset({Trouble.DOOR_OPEN, Trouble.COVER_OPEN, Trouble.KEY_TURNED})
_NO_WORD = frozenset({Trouble.OFFLINE, Trouble.GARBLED, Trouble.NOT_SUPPORTED})
_THERE_AND_BACK = 3
"""As it was, changed, and as it was."""
_SAMPLES = ("规范汉字 Latin 0123456789 ·", "ئۇيغۇرچە", "قىرعىزچا")
_RARE = "𬱖𫖮㛃𠮷"


class LineFailed(Exception):
    """Nothing came back; carries the code of why."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the tests stand on. `ask` and `fetch` raise `LineFailed`; `fetch` returns how many bytes
    came. What is None is not fitted."""

    ask: Callable[[], None]
    fetch: Callable[[], int]
    clock_offset_seconds: Callable[[], float]
    disk_free_mb: Callable[[], int | None]
    memory_free_mb: Callable[[], int | None]
    px_per_mm: float
    typefaces: Callable[[], Typefaces]
    speak: Callable[[], bool] | None = None
    scanner: DocumentScanner | None = None
    slot: CardSlot | None = None
    cabinet: Cabinet | None = None
    lamps: LampHold | None = None


class MachineTests:
    """The deeds over one machine; each runs in the thread of its self-test."""

    def __init__(
        self,
        reach: Reach,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reach = reach
        self._pause = pause
        self._clock = clock

    def deeds(self) -> Deeds:
        """What can be tested on this machine."""
        found: dict[SelfTest, Callable[[], Seen]] = {
            SelfTest.SCREEN: Seen,
            SelfTest.RULER: lambda: Seen(None, self._reach.px_per_mm),
            SelfTest.LINE: self._round_trip,
            SelfTest.RATE: self._rate,
            SelfTest.CLOCK: self._skew,
            SelfTest.STORAGE: lambda: _enough(
                self._reach.disk_free_mb(), LEAST_DISK_MB, "disk_low"
            ),
            SelfTest.MEMORY: lambda: _enough(
                self._reach.memory_free_mb(), LEAST_MEMORY_MB, "memory_low"
            ),
            SelfTest.FONTS: self._fonts,
        }
        if (slot := self._reach.slot) is not None:
            found[SelfTest.SLOT] = lambda: self._chip(slot)
        if (scanner := self._reach.scanner) is not None:
            found[SelfTest.PICTURE] = lambda: _picture(scanner)
        if (speak := self._reach.speak) is not None:
            found[SelfTest.VOICE] = lambda: Seen(None if speak() else "no_voice")
        if (cabinet := self._reach.cabinet) is not None:
            found[SelfTest.CONTACTS] = lambda: self._contacts(cabinet)
            if (hold := self._reach.lamps) is not None:
                found[SelfTest.LAMPS] = lambda: self._lamps(cabinet, hold)
        return found

    def _round_trip(self) -> Seen:
        began = self._clock()
        try:
            self._reach.ask()
        except LineFailed as fault:
            return Seen(str(fault))
        return Seen(None, round((self._clock() - began) * 1000, 1))

    def _rate(self) -> Seen:
        began = self._clock()
        try:
            size = self._reach.fetch()
        except LineFailed as fault:
            return Seen(str(fault))
        # A clock that has not moved between is no reason to divide by nothing.
        rate = round(size / max(self._clock() - began, 0.001))
        return Seen("line_slow" if rate < LEAST_BYTES_PER_SECOND else None, float(rate))

    def _skew(self) -> Seen:
        offset = self._reach.clock_offset_seconds()
        wrong = abs(offset) > MOST_SKEW_SECONDS
        return Seen("clock_skew" if wrong else None, round(offset, 1))

    def _fonts(self) -> Seen:
        faces = self._reach.typefaces()
        try:
            for line in _SAMPLES:
                _drawn(faces, line)
        except GlyphMissing:
            return Seen("glyph_missing")
        except OSError:
            return Seen("font_unreadable")
        return Seen(None, float(sum(_has(faces, rare) for rare in _RARE)))

    def _chip(self, slot: CardSlot) -> Seen:
        until = self._clock() + PERSON_SECONDS
        while self._clock() < until:
            if slot.card_present():
                return Seen(_why_not(slot))
            self._pause(_LOOK_SECONDS)
        return Seen("timeout")

    def _lamps(self, cabinet: Cabinet, hold: LampHold) -> Seen:
        try:
            for lamp in Lamp:
                hold.set(frozenset({lamp}))
                lit = cabinet.light({lamp})
                if isinstance(lit, LampTrouble):
                    return Seen(lit.trouble.value)
                self._pause(EACH_LAMP_SECONDS)
        finally:
            hold.set(None)
        return Seen()

    def _contacts(self, cabinet: Cabinet) -> Seen:
        """One of them is made and parted again, in whichever order."""
        heard: list[frozenset[Trouble]] = []
        until = self._clock() + PERSON_SECONDS
        while self._clock() < until:
            troubles = frozenset(cabinet.status().troubles)
            if broken := troubles & _NO_WORD:
                return Seen(min(broken).value)
            if not heard or troubles & _CONTACTS != heard[-1]:
                heard.append(troubles & _CONTACTS)
            if len(heard) == _THERE_AND_BACK:
                return Seen()
            self._pause(_LOOK_SECONDS)
        return Seen("timeout")


def _enough(free_mb: int | None, least: int, code: str) -> Seen:
    if free_mb is None:
        return Seen("not_told")
    return Seen(code if free_mb < least else None, float(free_mb))


def _picture(scanner: DocumentScanner) -> Seen:
    seen = check_scanner(scanner)
    return Seen(seen.code, round(seen.seconds, 2))


def _why_not(slot: CardSlot) -> str | None:
    match slot.read():
        case ChipRead():
            return None
        case ChipFailed(reason=ChipFailure.CARD_KIND_UNKNOWN):
            # It answered: which cards are read here is a matter of plug-ins, not of the slot.
            return None
        case ChipFailed(reason=reason):
            return reason.value
        case SlotTrouble(trouble=trouble):
            return trouble.value
        case _:
            return "card_moved"


def _drawn(faces: Typefaces, line: str) -> None:
    for run in faces.runs(line, right_to_left=False):
        run.face.at(16).getlength(run.text)


def _has(faces: Typefaces, character: str) -> bool:
    try:
        _drawn(faces, character)
    except (GlyphMissing, OSError):
        return False
    return True
