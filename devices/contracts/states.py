"""
The words for the state of a device (设备状态), the same for all kinds.

They travel to the server, where they decide whether a service may be offered at this terminal,
and to the technician. Values are part of the wire; nothing here is personal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class DeviceKind(StrEnum):
    """What hangs on a terminal."""

    ID_READER = "id_reader"
    A4_PRINTER = "a4_printer"
    RECEIPT_PRINTER = "receipt_printer"
    QR_SCANNER = "qr_scanner"
    CARD_SLOT = "card_slot"
    CABINET = "cabinet"
    SPEAKER = "speaker"
    DOCUMENT_SCANNER = "document_scanner"


class Condition(StrEnum):
    """What a device is good for now.

    `low` still works; `needs_attention` works again once a person on the spot has helped;
    `fault` needs a technician; `absent` does not answer at all.
    """

    READY = "ready"
    LOW = "low"
    NEEDS_ATTENTION = "needs_attention"
    ABSENT = "absent"
    FAULT = "fault"


class Trouble(StrEnum):
    """One thing that is wrong with a device, named so that a person can be told what to do."""

    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    JAM = "jam"
    TONER_LOW = "toner_low"
    TONER_EMPTY = "toner_empty"
    WASTE_FULL = "waste_full"
    OUTPUT_FULL = "output_full"
    TRAY_MISSING = "tray_missing"
    PAUSED = "paused"
    BUSY = "busy"
    CUTTER = "cutter"
    OVERHEATED = "overheated"
    SELF_TEST_FAILED = "self_test_failed"
    NOT_AUTHORISED = "not_authorised"
    NOT_SUPPORTED = "not_supported"
    GARBLED = "garbled"
    OFFLINE = "offline"
    HARDWARE = "hardware"
    DOOR_OPEN = "door_open"
    KEY_TURNED = "key_turned"
    ON_BATTERY = "on_battery"
    CARD_LEFT = "card_left"
    CARD_FORGOTTEN = "card_forgotten"


_CONDITION_OF: Mapping[Trouble, Condition] = {
    Trouble.PAPER_LOW: Condition.LOW,
    Trouble.TONER_LOW: Condition.LOW,
    Trouble.BUSY: Condition.READY,
    # Its owner may still turn round; who comes next is served.
    Trouble.CARD_LEFT: Condition.READY,
    Trouble.CARD_FORGOTTEN: Condition.LOW,
    Trouble.KEY_TURNED: Condition.LOW,
    Trouble.ON_BATTERY: Condition.LOW,
    Trouble.DOOR_OPEN: Condition.NEEDS_ATTENTION,
    Trouble.PAPER_OUT: Condition.NEEDS_ATTENTION,
    Trouble.COVER_OPEN: Condition.NEEDS_ATTENTION,
    Trouble.JAM: Condition.NEEDS_ATTENTION,
    Trouble.TONER_EMPTY: Condition.NEEDS_ATTENTION,
    Trouble.WASTE_FULL: Condition.NEEDS_ATTENTION,
    Trouble.OUTPUT_FULL: Condition.NEEDS_ATTENTION,
    Trouble.TRAY_MISSING: Condition.NEEDS_ATTENTION,
    Trouble.PAUSED: Condition.NEEDS_ATTENTION,
    Trouble.OVERHEATED: Condition.NEEDS_ATTENTION,
    Trouble.CUTTER: Condition.FAULT,
    Trouble.SELF_TEST_FAILED: Condition.FAULT,
    Trouble.NOT_AUTHORISED: Condition.FAULT,
    Trouble.NOT_SUPPORTED: Condition.FAULT,
    Trouble.GARBLED: Condition.FAULT,
    Trouble.HARDWARE: Condition.FAULT,
    Trouble.OFFLINE: Condition.ABSENT,
}

_GRAVITY = (
    Condition.READY,
    Condition.LOW,
    Condition.NEEDS_ATTENTION,
    Condition.FAULT,
    Condition.ABSENT,
)

Detail = str | int | float | bool | Sequence[str] | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How a device is: its condition, what is wrong, and small facts for the technician.

    Two statuses that compare equal need not be told twice.
    """

    condition: Condition
    troubles: tuple[Trouble, ...] = ()
    details: Mapping[str, Detail] = field(default_factory=dict)

    @classmethod
    def of(
        cls, troubles: Iterable[Trouble] = (), details: Mapping[str, Detail] | None = None
    ) -> "DeviceStatus":
        """Return the status whose condition follows from the gravest of *troubles*."""
        ordered = tuple(sorted(set(troubles), key=list(Trouble).index))
        conditions = [Condition.READY, *(_CONDITION_OF[trouble] for trouble in ordered)]
        return cls(max(conditions, key=_GRAVITY.index), ordered, dict(details or {}))

    @property
    def usable(self) -> bool:
        """Say whether the device would do its work if asked now."""
        return self.condition in (Condition.READY, Condition.LOW)

    def as_json(self) -> dict[str, object]:
        """Return condition, troubles and details as the terminal wire carries them."""
        return {
            "condition": self.condition.value,
            "troubles": [trouble.value for trouble in self.troubles],
            "details": dict(self.details),
        }
