"""The settings file of the demo's terminal, as an installer would write it."""

import json
import shlex
import shutil
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
    "cabinet": ("cabinet", "modbus", "port"),
}
"""Kind of simulator -> device, driver, and the setting that holds the simulator's address."""
_FURTHER: Mapping[str, Mapping[str, object]] = {
    "cabinet": {
        "lamps": {"reader": 0, "paper_exit": 1, "in_service": 2, "out_of_service": 3},
        "contacts": {"door_open": 0, "tray_open": 1, "key_turned": 2, "on_battery": 3},
        "thermometer": {"unit": 2, "register_number": 1},
    },
    "flatbed": {
        "program": shlex.join([sys.executable, "-m", "devices.simulators.scanner_program"])
    },
}


def write_terminal_file(
    folder: Path, settings: Settings, *, port: int, devices: Mapping[str, SimulatedDevice]
) -> Path:
    """Write `terminal.toml` into *folder* for *devices*, by kind of simulator; return its path."""
    tables: dict[str, Mapping[str, object]] = {
        "server": {"origin": settings.public_origin},
        "listen": {"port": port},
        "drivers.speaker": {"driver": "program", "player": _player()},
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


def _player() -> list[str]:
    """Return what plays sounds: this machine's own player, or one that makes none."""
    cards = Path("/proc/asound/cards")
    if shutil.which("aplay") and cards.exists() and "no soundcards" not in cards.read_text():
        return ["aplay", "-q", "-"]
    return [sys.executable, "-m", "devices.simulators.player"]


def _lines(values: Mapping[str, object]) -> list[str]:
    return [f"{name} = {_written(value)}" for name, value in values.items()]


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_written(each)}" for name, each in value.items()) + "}"
    # A JSON string, number or list is a TOML one.
    return json.dumps(value, ensure_ascii=False)
