"""What processes take of the machine: memory that is theirs, and processor time."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Taken:
    """Of some processes together."""

    memory_mb: float
    """Proportional set size: what several share is divided among them."""
    cpu_seconds: float


def taken_by(root: int) -> Taken:
    """Return what the process *root* and its children take by now."""
    family = [root, *_children(root)]
    return Taken(sum(_memory_mb(each) for each in family), sum(_cpu(each) for each in family))


def _children(root: int) -> list[int]:
    listed = Path(f"/proc/{root}/task/{root}/children").read_text("ascii")
    return [int(each) for each in listed.split()]


def _memory_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _cpu(process: int) -> float:
    # The name, in brackets, may hold anything: count from behind it.
    stat = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / _TICKS
