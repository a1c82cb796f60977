"""The settings file of the demo's terminal, as an installer would write it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk_server.settings import Settings


@dataclass(frozen=True)
class SimulatedDevice:
    """A simulator that runs: what its driver is given, and where it takes orders."""

    address: str
    control: str

    @classmethod
    def from_line(cls, line: str) -> "SimulatedDevice":
        """Read the line of JSON that a simulator says first; `ValueError` when it is none."""
        said = json.loads(line)
        return cls(address=said["address"], control=said["control"])


def write_terminal_file(
    folder: Path, settings: Settings, *, port: int, devices: Mapping[str, SimulatedDevice]
) -> Path:
    """Write `terminal.toml` into *folder* for *devices* (sam, ipp, escpos); return its path."""
    sam, ipp, escpos = devices["sam"], devices["ipp"], devices["escpos"]
    tables: Mapping[str, Mapping[str, object]] = {
        "server": {"origin": settings.public_origin},
        "listen": {"port": port},
        "drivers.id_reader": {"driver": "sam", "port": sam.address},
        "drivers.a4_printer": {"driver": "ipp", "uri": ipp.address},
        "drivers.receipt_printer": {"driver": "escpos", "uri": escpos.address},
        "dock": {
            "id_reader": sam.control,
            "a4_printer": ipp.control,
            "receipt_printer": escpos.control,
        },
    }
    top = {
        "environment": "development",
        "state_directory": str(folder / "state"),
        "help_phone": settings.help_phone,
    }
    lines = _lines(top)
    for name, values in tables.items():
        lines += ["", f"[{name}]", *_lines(values)]
    path = folder / "terminal.toml"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _lines(values: Mapping[str, object]) -> list[str]:
    # A JSON string or number is a TOML one.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
