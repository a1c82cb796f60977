"""
What a terminal's states mean: whether a service can be finished there now, and who must go.

Pure: states and the present moment are arguments. Nothing is offered to a resident and then
refused for want of paper (P50); nothing is called well that has not been heard of lately.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.core.transitions import Transitions
from kiosk_server.terminals.reader_life import ReaderState

HEARTBEAT_SECONDS = 30
MISSED_HEARTBEATS = 3
SILENCE = timedelta(seconds=HEARTBEAT_SECONDS * MISSED_HEARTBEATS)
"""Older word than this is no word: the machine may be without power or line."""


class TerminalState(StrEnum):
    """Where a terminal is in its life."""

    AWAITED = "awaited"
    IN_SERVICE = "in_service"
    LOCKED = "locked"
    REVOKED = "revoked"


class TerminalVerb(StrEnum):
    """What is done to a terminal."""

    ENROL = "enrol"
    LOCK = "lock"
    UNLOCK = "unlock"
    MOVE = "move"
    REVOKE = "revoke"


class WithdrawalReason(StrEnum):
    """Why a terminal is locked or revoked."""

    MAINTENANCE = "maintenance"
    TAMPERING = "tampering"
    STOLEN = "stolen"
    KEY_EXPOSED = "key_exposed"
    REPLACED = "replaced"
    RETIRED = "retired"


REASONS_TO_GIVE = (
    WithdrawalReason.MAINTENANCE,
    WithdrawalReason.TAMPERING,
    WithdrawalReason.STOLEN,
    WithdrawalReason.KEY_EXPOSED,
)
"""What a person may name who locks or revokes; the others are said by deeds of their own."""


LIFE: Transitions[TerminalState, TerminalVerb] = Transitions(
    {
        (TerminalState.AWAITED, TerminalVerb.ENROL): TerminalState.IN_SERVICE,
        (TerminalState.AWAITED, TerminalVerb.MOVE): TerminalState.AWAITED,
        (TerminalState.AWAITED, TerminalVerb.REVOKE): TerminalState.REVOKED,
        # A machine whose disk was changed comes back under its number with a new key.
        (TerminalState.IN_SERVICE, TerminalVerb.ENROL): TerminalState.IN_SERVICE,
        (TerminalState.IN_SERVICE, TerminalVerb.LOCK): TerminalState.LOCKED,
        (TerminalState.IN_SERVICE, TerminalVerb.MOVE): TerminalState.IN_SERVICE,
        (TerminalState.IN_SERVICE, TerminalVerb.REVOKE): TerminalState.REVOKED,
        (TerminalState.LOCKED, TerminalVerb.UNLOCK): TerminalState.IN_SERVICE,
        (TerminalState.LOCKED, TerminalVerb.MOVE): TerminalState.LOCKED,
        (TerminalState.LOCKED, TerminalVerb.REVOKE): TerminalState.REVOKED,
    }
)


class DeviceKind(StrEnum):
    """What hangs on a terminal."""

    ID_READER = "id_reader"
    A4_PRINTER = "a4_printer"
    RECEIPT_PRINTER = "receipt_printer"
    QR_SCANNER = "qr_scanner"
    CARD_SLOT = "card_slot"
    DOCUMENT_SCANNER = "document_scanner"
    CABINET = "cabinet"
    SPEAKER = "speaker"


WHOLE = (DeviceKind.ID_READER, DeviceKind.A4_PRINTER, DeviceKind.RECEIPT_PRINTER)
"""A terminal without one of these is not whole; other devices are extras that a site may have."""


class Condition(StrEnum):
    """What a device is good for now; `low` still works."""

    READY = "ready"
    LOW = "low"
    NEEDS_ATTENTION = "needs_attention"
    ABSENT = "absent"
    FAULT = "fault"


USABLE = frozenset({Condition.READY, Condition.LOW})
HARMLESS_TROUBLES = frozenset({"paper_low", "toner_low", "busy"})


@dataclass(frozen=True)
class DeviceView:
    """How a device is, as the terminal last said; `details` are small facts, nothing personal."""

    kind: str
    condition: Condition
    troubles: tuple[str, ...]
    details: Mapping[str, object]
    since: datetime
    reported_at: datetime


@dataclass(frozen=True)
class Reason:
    """
    Why something cannot be done, or not for long.

    `device` is a device kind or `terminal`; `code` is a trouble (`paper_out`), a condition
    (`fault`, `absent`), `offline` (not heard of lately) or `locked`.
    """

    device: str
    code: str


@dataclass(frozen=True)
class Ability:
    """Whether a service can be finished at a terminal now, and if not, every reason."""

    possible: bool
    reasons: tuple[Reason, ...] = ()

    def lacks_only(self, device: str) -> bool:
        """Return whether everything but *device*, a device kind, is there for it."""
        return not self.possible and all(reason.device == device for reason in self.reasons)


@dataclass(frozen=True)
class MachineFacts:
    """The computer in the cabinet (整机状况), as it last said; None for what it does not tell."""

    disk_free_mb: int | None = None
    memory_free_mb: int | None = None
    temperature_celsius: float | None = None
    uptime_seconds: int | None = None


TERMINAL_ITSELF = "terminal"
OFFLINE = Reason(TERMINAL_ITSELF, "offline")
LOCKED = Reason(TERMINAL_ITSELF, "locked")


READER_SWAPPED = "reader_swapped"
"""The trouble of an ID reader that works and that nobody has accepted: the server alone sees it."""


def with_reader(device: DeviceView, state: ReaderState) -> DeviceView:
    """Return *device*, an ID reader, as it counts here: one that is not accepted is of no use."""
    if state is ReaderState.ACCEPTED:
        return device
    condition = Condition.FAULT if device.condition in USABLE else device.condition
    return replace(device, condition=condition, troubles=(*device.troubles, READER_SWAPPED))


def can_do(needs: Collection[str], devices: Iterable[DeviceView], now: datetime) -> Ability:
    """Return whether a service that *needs* these device kinds can be finished *now*."""
    known = {device.kind: device for device in devices}
    reasons: list[Reason] = []
    for kind in sorted(needs):
        device = known.get(kind)
        if device is None:
            reasons.append(Reason(kind, Condition.ABSENT.value))
        elif is_silent(device.reported_at, now):
            reasons.append(OFFLINE)
        else:
            reasons.extend(stopping(device))
    return Ability(not reasons, tuple(dict.fromkeys(reasons)))


def is_silent(heard_at: datetime | None, now: datetime) -> bool:
    """Return whether three heartbeats were missed since *heard_at*."""
    return heard_at is None or now - heard_at > SILENCE


def stopping(device: DeviceView) -> tuple[Reason, ...]:
    """Return what stops *device* from working: its troubles, or its condition if it named none."""
    if device.condition in USABLE:
        return ()
    grave = [trouble for trouble in device.troubles if trouble not in HARMLESS_TROUBLES]
    return tuple(Reason(device.kind, code) for code in grave or [device.condition.value])


class Grade(StrEnum):
    """How much a terminal wants a person, the worst first."""

    STOPPED = "stopped"
    SILENT = "silent"
    PARTLY = "partly"
    WARNED = "warned"
    LOCKED = "locked"
    AWAITED = "awaited"
    GOOD = "good"
    REVOKED = "revoked"


GRADES = tuple(Grade)


@dataclass(frozen=True)
class Standing:
    """A terminal's grade, and every reason for it."""

    grade: Grade
    reasons: tuple[Reason, ...] = ()

    @property
    def rank(self) -> int:
        """Where it stands in a list: small numbers are looked at first."""
        return GRADES.index(self.grade)


def standing(
    state: TerminalState,
    devices: Iterable[DeviceView],
    heard_at: datetime | None,
    now: datetime,
    *,
    closed_for: Reason | None = None,
) -> Standing:
    """
    Return how a terminal in *state*, last heard of at *heard_at*, stands *now*.

    *closed_for* is why it has closed itself, where it has.
    """
    match state:
        case TerminalState.AWAITED:
            return Standing(Grade.AWAITED)
        case TerminalState.REVOKED:
            return Standing(Grade.REVOKED)
        case TerminalState.LOCKED:
            return Standing(Grade.LOCKED, (LOCKED,))
        case TerminalState.IN_SERVICE:
            if is_silent(heard_at, now):
                return Standing(Grade.SILENT, (OFFLINE,))
            if closed_for is not None:
                return Standing(Grade.STOPPED, (closed_for,))
            return _standing_of_devices({device.kind: device for device in devices})


def _standing_of_devices(devices: Mapping[str, DeviceView]) -> Standing:
    stopped = {kind: stopping(device) for kind, device in devices.items()}
    for kind in WHOLE:
        if kind not in devices:
            stopped[kind] = (Reason(kind, Condition.ABSENT.value),)
    # Without the reader few can show who they are: what is left depends on phone and staff.
    lost = {kind: found for kind, found in stopped.items() if kind in WHOLE}
    if any(lost.values()):
        reasons = tuple(reason for found in stopped.values() for reason in found)
        grade = Grade.STOPPED if stopped[DeviceKind.ID_READER] else Grade.PARTLY
        return Standing(grade, reasons)
    extras = tuple(reason for found in stopped.values() for reason in found)
    soon = tuple(
        Reason(device.kind, code)
        for device in devices.values()
        if device.condition is Condition.LOW
        for code in device.troubles or (Condition.LOW.value,)
    )
    return Standing(Grade.WARNED if extras or soon else Grade.GOOD, (*extras, *soon))
