"""The keyboard scanner on an input device that others simulate: the kernel's own calls answered by
`umockdev`, its grab included.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from devices.protocols.key_events import EVENT, events_of
from tests.support.missing import need_program

pytestmark = pytest.mark.peer

NODE = "/dev/input/event10"
CODE = "https://example.invalid/v/A-001?n=1&M=x_Y"
DEVICE = rf"""P: /devices/pci0000:00/usb1/1-2/0003:0C2E:0B61.0001/input/input10/event10
N: input/event10
E: DEVNAME={NODE}
E: ID_INPUT=1
E: ID_INPUT_KEYBOARD=1
E: ID_VENDOR_ID=0c2e
E: MAJOR=13
E: MINOR=74
E: SUBSYSTEM=input
A: dev=13:74\n
"""


def recording(text: str) -> str:
    """Return what a scanner types as a recording of evemu, a millisecond an event."""
    events = EVENT.iter_unpack(events_of(text))
    return "".join(
        f"E: {0.3 + at / 1000:.6f} {kind:04x} {code:04x} {value}\n"
        for at, (_, _, kind, code, value) in enumerate(events)
    )


def test_a_code_typed_on_a_grabbed_device_is_read(tmp_path: Path) -> None:
    """The driver opens and grabs an event device and reads the code that is typed on it."""
    program = need_program("umockdev-run", "apt-get install -y umockdev")
    device, calls, events = (tmp_path / name for name in ("device", "calls", "events"))
    device.write_text(DEVICE)
    calls.write_text(f"@DEV {NODE}\nEVIOCGVERSION 0 01000100\n")
    events.write_text(recording(CODE + "\r"))
    scan = [sys.executable, "-m", "devices", "scan", "--keyboard", NODE, "--timeout", "10"]
    testbed = [program, "-d", str(device), "-i", f"{NODE}={calls}", "-e", f"{NODE}={events}"]

    found = subprocess.run([*testbed, "--", *scan], capture_output=True, timeout=30, check=False)

    assert (found.stdout.decode(), found.returncode) == (CODE + "\n", 0)
