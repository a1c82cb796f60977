"""
Parts that are changed (配件): a code of the house, how many, which serial went out and came in.

Pure. Serial numbers go to the asset book under the device that the part belongs to; a part without
a device of its own (a fuse, a cable) leaves no serial.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk_server.core.errors import FieldFault
from kiosk_server.terminals.rules import DeviceKind

MOST_OF_ONE = 20
_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")


class PartCode(StrEnum):
    """A part as the store knows it."""

    ID_READER = "id_reader"
    A4_PRINTER = "a4_printer"
    RECEIPT_PRINTER = "receipt_printer"
    QR_SCANNER = "qr_scanner"
    DOCUMENT_SCANNER = "document_scanner"
    FEED_ROLLER = "feed_roller"
    FUSER = "fuser"
    TONER = "toner"
    CUTTER = "cutter"
    PRINT_HEAD = "print_head"
    CABLE = "cable"
    POWER_SUPPLY = "power_supply"
    FAN = "fan"
    DISK = "disk"
    SCREEN = "screen"


DEVICE_OF: Mapping[PartCode, DeviceKind] = {
    PartCode.ID_READER: DeviceKind.ID_READER,
    PartCode.A4_PRINTER: DeviceKind.A4_PRINTER,
    PartCode.RECEIPT_PRINTER: DeviceKind.RECEIPT_PRINTER,
    PartCode.QR_SCANNER: DeviceKind.QR_SCANNER,
    PartCode.DOCUMENT_SCANNER: DeviceKind.DOCUMENT_SCANNER,
}
"""Parts that are whole devices: their serial stands in the asset book."""


@dataclass(frozen=True)
class Part:
    """What was changed. Serials are empty where the part has none."""

    code: PartCode
    quantity: int
    serial_out: str = ""
    serial_in: str = ""


def part_faults(part: Part) -> list[FieldFault]:
    """Return what is wrong with *part*, field by field."""
    faults = []
    if not 1 <= part.quantity <= MOST_OF_ONE:
        faults.append(FieldFault("quantity", "out_of_range"))
    elif part.code in DEVICE_OF and part.quantity != 1:
        faults.append(FieldFault("quantity", "one_at_a_time"))
    for name in ("serial_out", "serial_in"):
        value = getattr(part, name)
        if value and not _SERIAL.fullmatch(value):
            faults.append(FieldFault(name, "not_a_serial"))
    if part.code in DEVICE_OF and not part.serial_in:
        faults.append(FieldFault("serial_in", "missing"))
    return faults
