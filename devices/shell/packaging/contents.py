"""
What the package puts where. One table, so that the machine can be read off one screen.

`stage` lays it out in a folder; `build` wraps that into a `.deb`, and tests look at it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

DEVICES = Path(__file__).parents[2]
SHELL = DEVICES / "shell"
ROOT = DEVICES.parent
CODE = "opt/kiosk-terminal/code"
LIBRARIES = "opt/kiosk-terminal/libraries"
DOCUMENTS = "usr/share/doc/kiosk-terminal"

FILES: Mapping[str, Path] = {
    "usr/lib/systemd/system/kiosk.target": SHELL / "units/kiosk.target",
    "usr/lib/systemd/system/kiosk-host.service": SHELL / "units/kiosk-host.service",
    "usr/lib/systemd/system/kiosk-screen.service": SHELL / "units/kiosk-screen.service",
    "usr/lib/systemd/system/kiosk-night.service": SHELL / "units/kiosk-night.service",
    "usr/lib/systemd/system/kiosk-night.timer": SHELL / "units/kiosk-night.timer",
    "usr/lib/systemd/journald.conf.d/kiosk.conf": SHELL / "system/kiosk.journald",
    "usr/lib/systemd/logind.conf.d/kiosk.conf": SHELL / "system/kiosk.logind",
    "usr/lib/sysusers.d/kiosk.conf": SHELL / "system/kiosk.sysusers",
    "usr/lib/tmpfiles.d/kiosk.conf": SHELL / "system/kiosk.tmpfiles",
    "usr/lib/sysctl.d/60-kiosk.conf": SHELL / "system/kiosk.sysctl",
    "usr/lib/udev/rules.d/70-kiosk.rules": DEVICES / "udev/70-kiosk.rules",
    "usr/lib/udev/rules.d/75-kiosk-keyboards.rules": SHELL / "system/75-kiosk-keyboards.rules",
    "usr/share/polkit-1/rules.d/60-kiosk.rules": SHELL / "system/kiosk.polkit",
    "usr/lib/kiosk/terminal": SHELL / "packaging/terminal",
    "etc/kiosk/terminal.toml": SHELL / "system/terminal.toml",
    "etc/default/kiosk-screen": SHELL / "system/kiosk-screen.default",
    "etc/chromium/policies/managed/kiosk.json": SHELL / "policies/kiosk.json",
    f"{DOCUMENTS}/operations.md": ROOT / "docs/operations.md",
    f"{DOCUMENTS}/terminal.example.toml": DEVICES / "terminal.example.toml",
    f"{DOCUMENTS}/76-kiosk-closed-usb.rules": SHELL / "system/76-kiosk-closed-usb.rules",
}
LINKS: Mapping[str, str] = {
    "usr/bin/kiosk-terminal": "../lib/kiosk/terminal",
    # Whoever plugs a keyboard in does not restart the machine with three keys.
    "etc/systemd/system/ctrl-alt-del.target": "/dev/null",
}
# The screen's fonts, styles and scripts: known by their bytes, they cost a thin line nothing.
STATIC: Mapping[str, Path] = {
    "usr/share/kiosk-terminal/static/screen": ROOT / "kiosk_ui/static",
    "usr/share/kiosk-terminal/static/house": ROOT / "kiosk_server/web/static",
}
# What a technician may have changed stays at an upgrade.
KEPT = (
    "/etc/kiosk/terminal.toml",
    "/etc/default/kiosk-screen",
    "/etc/chromium/policies/managed/kiosk.json",
)
_PROGRAMS = frozenset({"usr/lib/kiosk/terminal"})
# The far ends of wires and the packaging itself have no place on a terminal.
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "packaging", "simulators")


def stage(root: Path) -> None:
    """Lay everything but the libraries out below *root*, an empty folder."""
    for place, source in FILES.items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755 if place in _PROGRAMS else 0o644)
    for place, leads_to in LINKS.items():
        link = root / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(leads_to)
    for place, source in STATIC.items():
        shutil.copytree(source, root / place, ignore=_LEFT_OUT)
    shutil.copytree(DEVICES, root / CODE / "devices", ignore=_LEFT_OUT)
