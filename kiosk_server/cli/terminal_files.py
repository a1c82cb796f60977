"""The settings file of the demo's terminal, as an installer would write it."""

import json
import shlex
import sys
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


_DRIVERS = {
    "sam": ("id_reader", "sam", "port"),
    "ipp": ("a4_printer", "ipp", "uri"),
    "escpos": ("receipt_printer", "escpos", "uri"),
    "qr": ("qr_scanner", "serial", "port"),
    "flatbed": ("document_scanner", "sane", "device"),
}
"""Kind of simulator -> device, driver, and the setting that holds the simulator's address."""
_FURTHER: Mapping[str, Mapping[str, object]] = {
    "flatbed": {"program": shlex.join([sys.executable, "-m", "devices.simulators.scanner_program"])}
}


def write_terminal_file(
    folder: Path, settings: Settings, *, port: int, devices: Mapping[str, SimulatedDevice]
) -> Path:
    """Write `terminal.toml` into *folder* for *devices*, by kind of simulator; return its path."""
    tables: dict[str, Mapping[str, object]] = {
        "server": {"origin": settings.public_origin},
        "listen": {"port": port},
    }
    for kind, device in devices.items():
        name, driver, address = _DRIVERS[kind]
        tables[f"drivers.{name}"] = {
            "driver": driver,
            address: device.address,
            **_FURTHER.get(kind, {}),
        }
    tables["dock"] = {_DRIVERS[kind][0]: device.control for kind, device in devices.items()}
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
