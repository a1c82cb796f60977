"""What the package lays on a machine: units, rules, users, limits. Nothing is installed here."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from devices.settings import HostSettings
from devices.shell.packaging.contents import CODE, FILES, KEPT, stage
from devices.shell.packaging.lock import NEEDED, normal, part_for_terminal
from kiosk_server.web.assets import AssetTree
from tests.support.missing import need_program
from tests.support.source_tree import ROOT
from tests.support.udev_rules import Device, apply, read

UNITS = ("kiosk-host.service", "kiosk-screen.service", "kiosk-night.service")
FOLDER = "usr/lib/systemd/system"
SYSTEM = ROOT / "devices" / "shell" / "system"
SCRIPTS = ROOT / "devices" / "shell" / "packaging" / "scripts"
KEYBOARDS = read(SYSTEM / "75-kiosk-keyboards.rules")
CLOSED_USB = read(SYSTEM / "76-kiosk-closed-usb.rules")
# What the units stand on comes with other packages.
_TARGETS = (
    "sysinit basic multi-user network network-pre shutdown timers sockets paths slices time-sync"
    " local-fs local-fs-pre swap umount cryptsetup nss-user-lookup time-set"
)
# A better reading of Chinese aloud; the speaker does without where it is not installed.
OPTIONAL = {"pypinyin"}
_PROGRAMS = ("usr/bin/cage", "usr/bin/systemctl")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package's files, and as much of a Debian as units are checked against."""
    root = tmp_path_factory.mktemp("machine")
    stage(root)
    for name in _PROGRAMS:
        (root / name).write_text("#!/bin/sh\n", "utf-8")
        (root / name).chmod(0o755)
    for name in _TARGETS.split():
        (root / FOLDER / f"{name}.target").write_text("[Unit]\nDescription=test\n", "utf-8")
    yield root
    shutil.rmtree(root)


def analyze(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run systemd-analyze."""
    program = need_program("systemd-analyze", "apt-get install -y systemd")
    return subprocess.run(
        [program, *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
    )


@pytest.mark.parametrize("unit", [*UNITS, "kiosk-night.timer", "kiosk.target"])
def test_systemd_understands_every_line(tree: Path, unit: str) -> None:
    """No key is misspelt, no program is missing, nothing is ignored."""
    path = tree / FOLDER / unit
    told = analyze("verify", "--man=no", f"--root={tree}", str(path))
    assert (told.returncode, told.stdout + told.stderr) == (0, "")


def test_a_misspelt_line_would_be_noticed(tree: Path) -> None:
    """The check above is one that can fail."""
    text = (tree / FOLDER / UNITS[0]).read_text("utf-8")
    spoilt = tree / FOLDER / "spoilt.service"
    spoilt.write_text(text.replace("WatchdogSec=", "WatchdogSecs="), "utf-8")
    told = analyze("verify", "--man=no", f"--root={tree}", str(spoilt))
    assert "WatchdogSecs" in told.stdout + told.stderr


@pytest.mark.parametrize(("unit", "most"), [*zip(UNITS, (26, 36, 32), strict=True)])
def test_services_are_walled_in(tree: Path, unit: str, most: int) -> None:
    """systemd's own measure of exposure stays low; the screen's is higher, for a browser's
    sandbox wants namespaces of its own."""
    path = str(tree / FOLDER / unit)
    told = analyze(
        "security", "--offline=yes", f"--root={tree}", f"--threshold={most}", "--no-pager", path
    )
    assert told.returncode == 0, told.stdout[-200:]


def test_the_browser_cannot_reach_key_or_network(tree: Path) -> None:
    """The screen runs as another user, sees no state of the host, and has loopback alone."""
    screen = (tree / FOLDER / "kiosk-screen.service").read_text("utf-8")
    assert "User=kiosk-screen" in screen
    assert re.search(r"^InaccessiblePaths=/var/lib/kiosk ", screen, re.MULTILINE)
    assert "IPAddressDeny=any\nIPAddressAllow=localhost" in screen
    assert "--profiles /run/kiosk/browser " in screen


def test_users_can_be_made(tree: Path) -> None:
    """systemd-sysusers takes the file; without root it only says what it would do."""
    program = need_program("systemd-sysusers", "apt-get install -y systemd")
    told = subprocess.run(
        [program, "--dry-run", f"--root={tree}", str(tree / "usr/lib/sysusers.d/kiosk.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert "kiosk-screen" in told.stdout + told.stderr


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm"])
def test_scripts_of_the_package_are_written_for_sh(script: str) -> None:
    """They parse, and stop at the first fault."""
    path = SCRIPTS / script
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0
    assert "\nset -e\n" in path.read_text("utf-8")


def test_a_plugged_in_keyboard_types_for_nobody() -> None:
    """The compositor is told not to see keyboards and mice; touch panels it sees."""
    for kind in ("ID_INPUT_KEYBOARD", "ID_INPUT_MOUSE", "ID_INPUT_KEY"):
        plugged = apply(KEYBOARDS, Device("input", "event7", {kind: "1"}))
        assert plugged.properties.get("LIBINPUT_IGNORE_DEVICE") == "1"
    panel = Device("input", "event8", {"ID_INPUT_TOUCHSCREEN": "1", "ID_INPUT_KEYBOARD": "1"})
    assert "LIBINPUT_IGNORE_DEVICE" not in apply(KEYBOARDS, panel).properties


def test_a_closed_cabinet_lets_only_known_makers_speak() -> None:
    """With the opt-in rules a stranger's stick is not authorised; a known scanner and a hub are."""

    def usb(maker: str, kind: str = "00") -> Device:
        attributes = {"idVendor": maker, "bDeviceClass": kind}
        return Device("usb", "1-2", {"DEVTYPE": "usb_device"}, attributes)

    assert apply(CLOSED_USB, usb("abcd")).written == {"authorized": "0"}
    assert apply(CLOSED_USB, usb("0c2e")).written == {}
    assert apply(CLOSED_USB, usb("abcd", "09")).written == {}


def test_the_shipped_settings_are_settings(tree: Path, tmp_path: Path) -> None:
    """The package's own terminal.toml can be read as it is; the first boot asks for the rest."""
    shipped = (tree / "etc/kiosk/terminal.toml").read_text("utf-8")
    found = tomllib.loads(shipped)
    assert found["browser"]["profile_directory"] == "/run/kiosk/browser"
    here = tmp_path / "terminal.toml"
    here.write_text(shipped.replace("/var/lib/kiosk", str(tmp_path)), "utf-8")
    settings = HostSettings.from_toml(here)
    assert settings.first_boot
    assert not settings.server_known


def test_the_package_holds_the_terminal_and_no_far_ends(tree: Path) -> None:
    """Code, fonts, pages and words go along; simulators and the packaging stay at home."""
    code = tree / CODE / "devices"
    assert (code / "shell/stay_inside.mjs").is_file()
    assert (code / "api/templates/own_page.html").is_file()
    assert list((code / "fonts").glob("*.ttf"))
    assert list((tree / "usr/share/kiosk-terminal/static").rglob("*.mjs"))
    assert not (code / "simulators").exists()
    assert not (code / "shell/packaging").exists()
    assert not list(code.rglob("*.pyc"))


def test_the_package_brings_every_file_that_a_screen_asks_for(tree: Path) -> None:
    """Where the shipped settings look for static files, each one that the server lists lies."""
    shipped = tomllib.loads((tree / "etc/kiosk/terminal.toml").read_text("utf-8"))
    folder = tree / str(shipped["static_directory"]).lstrip("/")
    brought = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    kiosk = AssetTree("/kiosk/static", [ROOT / "kiosk_ui/static", ROOT / "kiosk_server/web/static"])
    listed = {each.digest for each in kiosk.files}
    assert listed
    assert listed <= brought


def test_what_technicians_change_is_kept_at_an_upgrade() -> None:
    """Each kept file is one that the package brings."""
    assert {each.lstrip("/") for each in KEPT} <= set(FILES)


def test_libraries_come_from_the_products_lock() -> None:
    """The terminal's part holds what it imports, with hashes, and not the server's libraries."""
    part = part_for_terminal((ROOT / "requirements.txt").read_text("utf-8"))
    names = set(re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==", part.lower(), re.MULTILINE))
    assert set(NEEDED) <= names
    assert {"werkzeug", "cffi", "pydantic-core"} <= names
    assert not {"sqlalchemy", "typst", "pytest", "alembic"} & names
    assert part.count("--hash=sha256:") >= len(names)


def test_every_import_of_the_terminal_is_in_the_package() -> None:
    """No library is forgotten: what `devices/` imports from others is named for the package."""
    imported = set()
    for path in (ROOT / "devices").rglob("*.py"):
        if "packaging" in path.parts or "simulators" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    others = imported - set(sys.stdlib_module_names) - {"devices"}
    brought = metadata.packages_distributions()
    part = part_for_terminal((ROOT / "requirements.txt").read_text("utf-8"))
    missing = {
        name
        for name in others
        if not any(f"{normal(each)}==" in part.lower() for each in brought.get(name, ["?"]))
    }
    assert missing <= OPTIONAL
