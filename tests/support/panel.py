"""
A terminal's panel without a terminal: the compositor of the product in a virtual display, the
launcher in it with the real Chromium under the real policies, and a hand on keyboard and screen.

Nothing of this needs root: the policies are laid over /etc/chromium in a mount namespace of their
own, and the compositor, which refuses root, runs as somebody else in a user namespace.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageGrab

from tests.support.missing import missing, need_program

PACKAGES = "apt-get install -y --no-install-recommends chromium cage xwayland xvfb xdotool"
SIZE = (1024, 768)
"""The compositor's window in a display of X has this size, whatever the display has."""
SHIPPED_ORIGIN = "http://127.0.0.1:8731"
POLICIES = Path(__file__).parents[2] / "devices" / "shell" / "policies"
_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 90.0
_FLAGS = (
    "--ozone-platform=wayland",
    "--no-sandbox",
    "--test-type",
    "--disable-gpu",
    "--disable-dev-shm-usage",
)


@dataclass
class Panel:
    """What a person in front of the terminal sees and can do."""

    display: str
    profiles: Path

    def press(self, keys: str) -> None:
        """Press one combination, written as `ctrl+t`."""
        self._hand("key", keys)

    def type(self, text: str) -> None:
        """Type *text*."""
        self._hand("type", text)

    def click(self, x: int, y: int, *, button: int = 1) -> None:
        """Click at a place of the panel; 2 is the middle button, 3 the right one."""
        self._hand("mousemove", str(x), str(y), "click", str(button))

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at *start*, move to *end*, let go."""
        (a, b), (c, d) = start, end
        self._hand("mousemove", str(a), str(b), "mousedown", "1")
        for part in range(1, 6):
            self._hand("mousemove", str(a + (c - a) * part // 5), str(b + (d - b) * part // 5))
        self._hand("mouseup", "1")

    def picture(self) -> Image.Image:
        """What stands on the panel."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def shows(self, known: Image.Image) -> bool:
        """Whether the panel shows just *known*."""
        return ImageChops.difference(self.picture(), known).getbbox() is None

    def wait_for(self, true: Callable[[], bool], *, seconds: float = _PATIENCE_SECONDS) -> bool:
        """Wait until something is true; returns whether it came."""
        until = time.monotonic() + seconds
        while not true():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def kill_browser(self) -> None:
        """End the browser as a fault of its own would."""
        profile = next(self.profiles.glob("visit-*"))
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() if entry.name.isdecimal() else b""
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in words and b"--type=" not in words:
                os.kill(int(entry.name), signal.SIGKILL)

    def _hand(self, *orders: str) -> None:
        subprocess.run(
            ["xdotool", *orders], env=os.environ | {"DISPLAY": self.display}, check=True, timeout=20
        )


def need_namespaces() -> None:
    """Go on if namespaces can be made here; else skip (or fail) and say how."""
    need_program("unshare", "apt-get install -y --no-install-recommends util-linux")
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode:
        missing("user namespaces", "sysctl kernel.unprivileged_userns_clone=1")


@contextmanager
def panel(origin: str) -> Iterator[Panel]:
    """Run the launcher over *origin* on a panel for the length of the block."""
    for name in ("chromium", "cage", "Xwayland", "Xvfb", "xdotool"):
        need_program(name, PACKAGES)
    need_namespaces()
    folder = Path(tempfile.mkdtemp(prefix="panel-", dir="/dev/shm"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        display = _display(folder, started)
        started.append(_compositor(folder, display, origin))
        yield Panel(display, folder / "profiles")
    finally:
        for process in reversed(started):
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _display(folder: Path, started: "list[subprocess.Popen[bytes]]") -> str:
    reading, writing = os.pipe()
    log = (folder / "xvfb.log").open("wb")
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    with log:
        started.append(
            subprocess.Popen(
                command, pass_fds=(writing,), stdout=log, stderr=log, start_new_session=True
            )
        )
    os.close(writing)
    with os.fdopen(reading) as told:
        return f":{told.readline().strip()}"


def settings_of_browser(folder: Path, origin: str, *also_allowed: str) -> Path:
    """Return a copy of /etc/chromium with the product's policies, made out for *origin*."""
    etc = folder / "etc"
    shutil.copytree("/etc/chromium", etc)
    shutil.rmtree(etc / "policies", ignore_errors=True)
    managed = etc / "policies" / "managed"
    managed.mkdir(parents=True)
    for each in POLICIES.glob("*.json"):
        policies = json.loads(each.read_text("utf-8").replace(SHIPPED_ORIGIN, origin))
        policies["URLAllowlist"] += also_allowed
        (managed / each.name).write_text(json.dumps(policies), "utf-8")
    return etc


def _compositor(folder: Path, display: str, origin: str) -> "subprocess.Popen[bytes]":
    runtime, profiles = folder / "runtime", folder / "profiles"
    etc = settings_of_browser(folder, origin)
    runtime.mkdir(mode=0o700)
    profiles.mkdir()
    screen = [sys.executable, "-m", "devices", "screen", "--origin", origin]
    screen += ["--profiles", str(profiles), "--", *_FLAGS]
    inside = (
        f"mount --bind {etc} /etc/chromium &&"
        " exec unshare -U --map-user=1000 --map-group=1000 cage -d -- " + " ".join(screen)
    )
    with (folder / "screen.log").open("wb") as log:
        return subprocess.Popen(
            ["unshare", "-Urm", "--kill-child", "sh", "-c", inside],
            cwd=_ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ
            | {
                "DISPLAY": display,
                "XDG_RUNTIME_DIR": str(runtime),
                "WLR_BACKENDS": "x11",
                "WLR_RENDERER": "pixman",
            },
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    for which in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(process.pid, which)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
        return
