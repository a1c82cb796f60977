"""
What is wrong with a terminal now (告警原因): causes, how grave each is, how patient we are with it.

Pure. A cause is told from three sides: present, gone, or not to be told, as a printer's paper is
while its terminal is silent. What cannot be told neither opens an alert nor closes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.terminals.residue_rules import RESIDUE_FOUND, ResidueWord, reasons_of
from kiosk_server.terminals.rules import (
    WHOLE,
    Condition,
    DeviceKind,
    DeviceView,
    TerminalState,
    is_silent,
    stopping,
)

TERMINAL = "terminal"
OFFLINE, CLOCK_SKEW = "offline", "clock_skew"
CHECK_FAILED, STRANGE_PARTS = "check_failed", "strange_parts"
RUNNING_OUT = "supply_running_out"
SKEW_SECONDS = 30.0
SKEW_OVER_SECONDS = 20.0
"""Signatures are believed for 60 s; between the two figures a clock is left as it was judged."""
_QUIET = frozenset({"busy"})
_SOFT = frozenset({"paper_low", "toner_low", "low", CLOCK_SKEW})
_IN_PASSING = frozenset({"cover_open", "tray_missing", "paused"})
"""What a keeper does while loading paper: nobody is called for a minute of it."""


class Severity(StrEnum):
    """How much a cause takes from residents, the worst first."""

    URGENT = "urgent"
    """Nothing works here: no reader, no line."""
    SERIOUS = "serious"
    """A part does not work."""
    SOON = "soon"
    """What people come for works: a supply runs low, or an extra is out."""

    @property
    def rank(self) -> int:
        """Where it stands in a list: small numbers are looked at first."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, order=True)
class Cause:
    """One thing that is wrong: a device kind or `terminal`, and the stem of its trouble."""

    device: str
    kind: str


BREAK_IN = Cause(DeviceKind.CABINET, "door_open")
"""The door without the key. Work that is registered (终端锁定) opens no alert at all."""
KEY_LEFT = Cause(DeviceKind.CABINET, "key_turned")
_CABINET_GRAVE = frozenset({BREAK_IN.kind, "overheated"})
_HOURS_OF_WORK = 4


class Presence(StrEnum):
    """Whether a cause is there."""

    PRESENT = "present"
    GONE = "gone"
    UNTOLD = "untold"


class Teller(StrEnum):
    """Who tells of a cause: what one opened, no word of another closes."""

    MACHINE = "machine"
    CHECKS = "checks"
    """People who looked at the machine."""
    FORECAST = "forecast"
    """What is reckoned from use: nothing is wrong yet."""


_TELLERS = {
    CHECK_FAILED: Teller.CHECKS,
    STRANGE_PARTS: Teller.CHECKS,
    RUNNING_OUT: Teller.FORECAST,
}


@dataclass(frozen=True)
class Pulse:
    """All that is known of a terminal's state at one moment, as it last said."""

    state: TerminalState
    devices: tuple[DeviceView, ...]
    heard_at: datetime | None
    clock_offset_seconds: float | None
    residue: ResidueWord | None = None


@dataclass(frozen=True)
class Sight:
    """What is wrong with one terminal at one moment.

    `blind`: it is silent, of its parts nothing is known. `opens`: new alerts may open. `over`: it
    is no terminal in service any more. `teller`: of whose causes it tells, and of no others.
    """

    present: Mapping[Cause, Severity]
    blind: bool = False
    clock_unsure: bool = False
    opens: bool = True
    over: bool = False
    teller: Teller = Teller.MACHINE

    def presence(self, cause: Cause) -> Presence:
        """Return whether *cause* is there."""
        if cause in self.present:
            return Presence.PRESENT
        if teller_of(cause) is not self.teller:
            return Presence.UNTOLD
        if self.blind or (self.clock_unsure and cause.kind == CLOCK_SKEW):
            return Presence.UNTOLD
        return Presence.GONE


@dataclass(frozen=True)
class Patience:
    """How long a cause must last until an alert opens, be away until it closes; when to call."""

    until_open: timedelta
    until_closed: timedelta
    until_call: timedelta


def see(pulse: Pulse, now: datetime) -> Sight:
    """Return what is wrong with a terminal *now*."""
    if pulse.state in (TerminalState.AWAITED, TerminalState.REVOKED):
        return Sight({}, opens=False, over=True)
    # Who locked a terminal knows of it: what he does to it there raises no alarm.
    opens = pulse.state is not TerminalState.LOCKED
    if pulse.heard_at is None:
        return Sight({}, blind=True, opens=opens)
    if is_silent(pulse.heard_at, now):
        return Sight({Cause(TERMINAL, OFFLINE): Severity.URGENT}, blind=True, opens=opens)
    skew = abs(pulse.clock_offset_seconds or 0.0)
    found = dict(_of_devices(pulse.devices, now))
    if skew > SKEW_SECONDS:
        found[Cause(TERMINAL, CLOCK_SKEW)] = Severity.SOON
    for reason in reasons_of(pulse.residue):
        grave = Severity.URGENT if reason == RESIDUE_FOUND else Severity.SOON
        found[Cause(TERMINAL, reason.code)] = grave
    return Sight(found, clock_unsure=SKEW_OVER_SECONDS < skew <= SKEW_SECONDS, opens=opens)


def patience(cause: Cause, severity: Severity) -> Patience:
    """Return how patient we are with *cause*."""
    if cause == Cause(TERMINAL, OFFLINE):
        # Three misses are patience enough; calls wait until a whole site's silence shows.
        return _seconds(0, 60, 45)
    if cause == Cause(TERMINAL, RESIDUE_FOUND.code):
        # It was searched for and found; nothing about it comes and goes.
        return _seconds(0, 20, 0)
    if teller_of(cause) is not Teller.MACHINE:
        # Somebody looked, or it was reckoned with patience of its own: there is no waiting.
        return _seconds(0, 0, 0)
    if cause == BREAK_IN:
        # Open for a moment is open; a door that rattles is one opening, not twenty.
        return _seconds(0, 300, 0)
    if cause == KEY_LEFT:
        return _seconds(_HOURS_OF_WORK * 3600, 60, 0)
    if severity is Severity.SOON:
        return _seconds(60, 300, 0)
    return _seconds(60 if cause.kind in _IN_PASSING else 10, 20, 0)


def teller_of(cause: Cause) -> Teller:
    """Return who tells of *cause*."""
    return _TELLERS.get(cause.kind, Teller.MACHINE)


def stem(trouble: str) -> str:
    """Return a trouble without the ending that only says how grave it is (RFC 8011, 5.4.12)."""
    for ending in ("_error", "_warning", "_report"):
        if trouble.endswith(ending) and trouble != ending:
            return trouble.removesuffix(ending)
    return trouble


def _of_devices(devices: Iterable[DeviceView], now: datetime) -> Iterable[tuple[Cause, Severity]]:
    # A device that its terminal no longer speaks of was taken off.
    told = {device.kind: device for device in devices if not is_silent(device.reported_at, now)}
    for kind in WHOLE:
        if kind not in told:
            yield Cause(kind.value, Condition.ABSENT.value), _grave(kind)
    for device in told.values():
        # Soft ones first: one trouble that is both counts as the graver.
        for code in _soft(device):
            yield Cause(device.kind, stem(code)), Severity.SOON
        for reason in stopping(device):
            if reason.code not in _QUIET:
                yield Cause(device.kind, stem(reason.code)), _grave(device.kind, reason.code)


def _soft(device: DeviceView) -> list[str]:
    troubles = [trouble for trouble in device.troubles if trouble not in _QUIET]
    if device.condition is Condition.LOW:
        return troubles or [Condition.LOW.value]
    return [trouble for trouble in troubles if stem(trouble) in _SOFT]


def _grave(kind: str, code: str = "") -> Severity:
    if kind == DeviceKind.ID_READER:
        return Severity.URGENT
    if kind == DeviceKind.CABINET and code in _CABINET_GRAVE:
        return Severity.SERIOUS
    return Severity.SERIOUS if kind in WHOLE else Severity.SOON


def _seconds(until_open: int, until_closed: int, until_call: int) -> Patience:
    return Patience(
        timedelta(seconds=until_open),
        timedelta(seconds=until_closed),
        timedelta(seconds=until_call),
    )
