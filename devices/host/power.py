"""
The power of this machine over itself (重启): ending the program for the service manager to start it
anew, and restarting the computer. In development neither the developer's session nor his computer
is touched: the host begins anew, and says in its answer that the rest was played.
"""

import os
import secrets
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
REBOOT = ("/usr/bin/systemctl", "reboot")
_PATIENCE_SECONDS = 20.0

_log = structlog.get_logger(__name__)


class Power(Protocol):
    """What a command may do to the whole machine."""

    @property
    def simulated(self) -> bool:
        """Whether a reboot is only played."""
        ...

    def boot(self) -> str:
        """What names the present boot of the computer; another one after each start."""
        ...

    def restart(self) -> None:
        """End this program; whoever watches it starts it anew."""
        ...

    def reboot(self) -> bool:
        """Restart the computer; returns whether that has begun."""
        ...


class MachinePower:
    """A cabinet under systemd. The host's unit says `Restart=always`; the user of the host may
    reboot by a rule of polkit and nothing else."""

    simulated = False

    def __init__(self, *, boot_id: Path = BOOT_ID) -> None:
        self._boot_id = boot_id

    def boot(self) -> str:
        """The kernel's own name for this boot."""
        return self._boot_id.read_text(encoding="ascii").strip()

    def restart(self) -> None:
        """End the server's master, and with it every process of the host."""
        os.kill(os.getppid(), signal.SIGTERM)

    def reboot(self) -> bool:
        """Ask systemd."""
        try:
            asked = subprocess.run(  # noqa: S603 - a fixed command
                REBOOT, capture_output=True, timeout=_PATIENCE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            _log.error("reboot_refused", kind=type(fault).__name__)
            return False
        if asked.returncode != 0:
            _log.error("reboot_refused", status=asked.returncode)
        return asked.returncode == 0


class PlayedPower:
    """Development: the host's worker ends and the master starts the next one; the name of the boot
    changes in a file."""

    simulated = True

    def __init__(self, state: Path, *, end: Callable[[], None] | None = None) -> None:
        self._path = state / "played-boot"
        self._end = end or _end_worker

    def boot(self) -> str:
        """The name in the file."""
        return self._path.read_text(encoding="ascii") if self._path.exists() else "first"

    def restart(self) -> None:
        """End this worker."""
        self._end()

    def reboot(self) -> bool:
        """Change the name of the boot and end this worker."""
        self._path.write_text(secrets.token_hex(8), encoding="ascii")
        self._end()
        return True


def _end_worker() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
