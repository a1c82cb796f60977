"""
Whether a terminal is ready for residents (开机就绪), and all that is known of it at that moment.

Pure: what stands on the readiness report is gathered elsewhere. It tells of the machine alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.check_values import CheckKind, CheckRecord, Verdict
from devices.host.machine_tests import LEAST_DISK_MB, LEAST_MEMORY_MB, MOST_SKEW_SECONDS
from devices.host.residue import ResidueReport
from devices.host.residue_memory import ResidueState

WHOLE = (DeviceKind.ID_READER, DeviceKind.A4_PRINTER, DeviceKind.RECEIPT_PRINTER)
"""A terminal that lacks one of these does not do what it is for; others are extras."""


@dataclass(frozen=True, slots=True)
class Computer:
    """The computer in the cabinet; None for what it does not tell."""

    system: str
    disk_free_mb: int | None
    memory_free_mb: int | None
    temperature_celsius: float | None
    uptime_seconds: int | None


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """All that the report tells. `at` is the server's time; `checks` the newest of each kind."""

    id: str
    at: datetime
    terminal: str
    site: str
    software: str
    px_per_mm: float
    computer: Computer
    devices: Mapping[DeviceKind, DeviceStatus]
    line_alive: bool | None
    clock_offset_seconds: float
    residue: ResidueReport
    checks: Mapping[CheckKind, CheckRecord]
    papers_open: int


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that stands against it: whose, and the code of what it is."""

    whose: str
    code: str


def against(facts: MachineFacts) -> Sequence[Against]:
    """Return what stands against serving residents, the gravest first; nothing where it is ready.

    A dead line is none: a machine may be made ready before its line is there.
    """
    found = [Against(kind.value, _trouble(facts.devices.get(kind))) for kind in WHOLE
             if not _usable(facts.devices.get(kind))]  # fmt: skip
    if facts.residue.state is ResidueState.FOUND:
        found.append(Against("machine", "residue_found"))
    computer = facts.computer
    if computer.disk_free_mb is None or computer.disk_free_mb < LEAST_DISK_MB:
        found.append(Against("machine", "disk_low"))
    if computer.memory_free_mb is not None and computer.memory_free_mb < LEAST_MEMORY_MB:
        found.append(Against("machine", "memory_low"))
    if abs(facts.clock_offset_seconds) > MOST_SKEW_SECONDS:
        found.append(Against("machine", "clock_skew"))
    return (*found, *_of_tests(facts.checks.get(CheckKind.SELF_TEST)))


def _of_tests(tested: CheckRecord | None) -> Sequence[Against]:
    if tested is None:
        return (Against("machine", "not_tested"),)
    return [
        Against(each.device, each.code or "not_right")
        for each in tested.results
        # How the line is stands on the report by itself.
        if each.result is Verdict.FAIL and each.device != "line"
    ]


def _usable(status: DeviceStatus | None) -> bool:
    return status is not None and status.usable


def _trouble(status: DeviceStatus | None) -> str:
    if status is None:
        return "not_fitted"
    return status.troubles[-1].value if status.troubles else status.condition.value
