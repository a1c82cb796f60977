"""
What is looked at for each kind of trouble (检修清单), in the order of the hands.

Pure, and data: a device that nobody wrote a list for gets the general one. Every list ends with a
trial of the whole way, because "it should work now" is not a finding.
"""

from collections.abc import Mapping
from enum import StrEnum

from kiosk_server.core.errors import FieldFault
from kiosk_server.terminals.rules import DeviceKind


class Point(StrEnum):
    """One thing to look at or to do."""

    PLUG = "plug"
    LINE = "line"
    ROUTER = "router"
    CABLE = "cable"
    DOOR_SHUT = "door_shut"
    FAN = "fan"
    FREE_DISK = "free_disk"
    READER_CLEAN = "reader_clean"
    READER_SEAL = "reader_seal"
    NOTHING_ADDED = "nothing_added"
    TEST_CARD = "test_card"
    PAPER = "paper"
    PATH_FREE = "path_free"
    ROLLERS = "rollers"
    TONER = "toner"
    OUTPUT_EMPTY = "output_empty"
    TEST_PAGE = "test_page"
    ROLL = "roll"
    CUTTER = "cutter"
    PRINT_HEAD = "print_head"
    TEST_SLIP = "test_slip"
    GLASS = "glass"
    TEST_SCAN = "test_scan"
    SELF_TEST = "self_test"
    BACK_IN_SERVICE = "back_in_service"


class Finding(StrEnum):
    """What was found at one point."""

    GOOD = "good"
    MENDED = "mended"
    BAD = "bad"
    SKIPPED = "skipped"


_GENERAL = (Point.CABLE, Point.SELF_TEST, Point.BACK_IN_SERVICE)
CHECKLISTS: Mapping[str, tuple[Point, ...]] = {
    "terminal": (
        Point.PLUG,
        Point.LINE,
        Point.ROUTER,
        Point.FAN,
        Point.FREE_DISK,
        Point.SELF_TEST,
        Point.BACK_IN_SERVICE,
    ),
    DeviceKind.ID_READER: (
        Point.CABLE,
        Point.READER_CLEAN,
        Point.READER_SEAL,
        Point.NOTHING_ADDED,
        Point.TEST_CARD,
        Point.BACK_IN_SERVICE,
    ),
    DeviceKind.A4_PRINTER: (
        Point.PAPER,
        Point.OUTPUT_EMPTY,
        Point.PATH_FREE,
        Point.ROLLERS,
        Point.TONER,
        Point.TEST_PAGE,
        Point.BACK_IN_SERVICE,
    ),
    DeviceKind.RECEIPT_PRINTER: (
        Point.ROLL,
        Point.CUTTER,
        Point.PRINT_HEAD,
        Point.TEST_SLIP,
        Point.BACK_IN_SERVICE,
    ),
    DeviceKind.QR_SCANNER: (Point.CABLE, Point.GLASS, Point.TEST_SCAN, Point.BACK_IN_SERVICE),
    DeviceKind.DOCUMENT_SCANNER: (
        Point.CABLE,
        Point.GLASS,
        Point.TEST_SCAN,
        Point.BACK_IN_SERVICE,
    ),
    DeviceKind.CABINET: (
        Point.NOTHING_ADDED,
        Point.FAN,
        Point.DOOR_SHUT,
        Point.BACK_IN_SERVICE,
    ),
}


def checklist_for(device: str) -> tuple[Point, ...]:
    """Return what is looked at when *device* (a device kind, or `terminal`) is in trouble."""
    return CHECKLISTS.get(device, _GENERAL)


def checklist_faults(device: str, findings: Mapping[str, str]) -> list[FieldFault]:
    """Return which points of the list of *device* are not answered, or not in known words."""
    return [
        FieldFault(f"point.{point}", "not_chosen")
        for point in checklist_for(device)
        if findings.get(point) not in set(Finding)
    ]
