"""
The terminal's package on a machine: built, installed in a Debian of its own, tried, purged.

Minutes, root and the mirror of Debian are needed, so that this is no part of `make test`:
`make acceptance` runs it. The network of the machine is used for Debian's packages alone.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.shell.packaging.build import build
from tests.support.missing import missing, need_program

SUITE = "bookworm"
BASE = "python3,systemd,systemd-sysv,udev,ca-certificates,passwd"
UNITS = ("kiosk-host.service", "kiosk-screen.service", "kiosk-night.service", "kiosk-night.timer")
# A browser and its 160 packages would say nothing about this package.
_STAND_INS = ("usr/bin/cage",)


class Machine:
    """A Debian in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a program inside, with nothing of this machine's environment."""
        inside = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            ["chroot", str(self.root), *words],
            capture_output=True,
            text=True,
            check=check,
            env=inside | {"DEBIAN_FRONTEND": "noninteractive"},
        )

    def files(self) -> set[str]:
        """Every path but what the package manager writes down for itself, and caches."""
        own = ("var/lib/dpkg", "var/log", "var/cache", "var/lib/systemd", "run", "tmp", "proc")
        return {
            place
            for each in self.root.rglob("*")
            if not (place := str(each.relative_to(self.root))).startswith(own)
            and "__pycache__" not in place
        }


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built here."""
    need_program("dpkg-deb", "apt-get install -y dpkg")
    return build(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A small Debian."""
    if os.geteuid() != 0:
        missing("root", "sudo make acceptance")
    program = need_program("mmdebstrap", "apt-get install -y --no-install-recommends mmdebstrap")
    root = tmp_path_factory.mktemp("machine") / "root"
    command = [program, "--quiet", "--variant=minbase", f"--include={BASE}", SUITE, str(root)]
    subprocess.run(command, check=True)
    for name in _STAND_INS:
        (root / name).write_text("#!/bin/sh\n", "utf-8")
        (root / name).chmod(0o755)
    yield Machine(root)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def before(machine: Machine) -> set[str]:
    """What lay there before the package came."""
    return machine.files()


@pytest.fixture(scope="module")
def installed(machine: Machine, package: Path, before: set[str]) -> Machine:
    """The machine with the package on it."""
    assert before
    shutil.copy(package, machine.root / "tmp" / package.name)
    machine.run("dpkg", "--force-depends", "--install", f"/tmp/{package.name}")
    return machine


@pytest.mark.parametrize("unit", UNITS)
def test_units_stand_on_a_real_debian(installed: Machine, unit: str) -> None:
    """systemd-analyze has no word against a unit where it is installed."""
    told = installed.run(
        "systemd-analyze", "verify", "--man=no", f"/usr/lib/systemd/system/{unit}", check=False
    )
    about_us = [line for line in (told.stdout + told.stderr).splitlines() if "kiosk" in line]
    # The seat's daemon and the browser are not on this small machine.
    assert [line for line in about_us if "seatd" not in line] == []


def test_users_exist_and_the_state_is_the_hosts(installed: Machine) -> None:
    """The host's state is closed to everybody else, the browser's user among them."""
    told = installed.run("stat", "-c", "%U %a", "/var/lib/kiosk").stdout
    assert told.strip() == "kiosk 700"
    assert installed.run("getent", "passwd", "kiosk-screen").stdout.startswith("kiosk-screen:")


def test_it_starts_with_the_machine(installed: Machine) -> None:
    """An image that was made this way comes up as a terminal."""
    wants = installed.root / "etc/systemd/system/multi-user.target.wants/kiosk.target"
    assert wants.is_symlink()


def test_the_programs_run_with_debians_python(installed: Machine) -> None:
    """The terminal's own libraries are found, and nothing is written beside the code."""
    told = installed.run("/usr/bin/kiosk-terminal", "--help")
    assert "screen" in told.stdout
    config = installed.root / "etc/kiosk/terminal.toml"
    config.write_text(config.read_text("utf-8").split("[drivers.", 1)[0], "utf-8")
    as_host = ("setpriv", "--reuid=kiosk", "--regid=kiosk", "--clear-groups")
    checked = installed.run(
        *as_host,
        "/usr/bin/kiosk-terminal",
        "run",
        "--check",
        "--config",
        "/etc/kiosk/terminal.toml",
    )
    assert '"enrolled": false' in checked.stdout
    assert installed.run(*as_host, "/usr/bin/kiosk-terminal", "screen", "--help").returncode == 0


def test_a_purge_leaves_nothing(installed: Machine, before: set[str]) -> None:
    """No file, no user, no key: as if it had never been a terminal."""
    (installed.root / "var/lib/kiosk/journal.sqlite3").write_bytes(b"anything")
    installed.run("dpkg", "--purge", "kiosk-terminal")
    left = installed.files() - before
    # Whoever makes a user leaves the backups of the lists of users.
    assert {each for each in left if not each.endswith("-")} == set()
    assert installed.run("getent", "passwd", "kiosk", check=False).stdout == ""
