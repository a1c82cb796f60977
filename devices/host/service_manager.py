"""
Speaking with systemd (sd_notify(3)): that a service is ready, and that it still lives.

Outside systemd nothing is said and nothing is different.
"""

import os
import socket
from collections.abc import Mapping

NOTIFY_SOCKET = "NOTIFY_SOCKET"
_WATCHDOG = "WATCHDOG_USEC"


class ServiceManager:
    """The service manager that started this process, if one did."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get(NOTIFY_SOCKET, "")
        self._patience = environment.get(_WATCHDOG, "")

    @property
    def wants_signs(self) -> bool:
        """Whether it restarts a service that is silent for too long."""
        return bool(self._address) and self._patience.isdecimal()

    @property
    def sign_every_seconds(self) -> float:
        """How often to give a sign of life: three in the time after which it loses patience."""
        return int(self._patience) / 3_000_000 if self.wants_signs else 20.0

    def ready(self) -> None:
        """Say that the service does its work."""
        self._say("READY=1")

    def alive(self) -> None:
        """Give one sign of life."""
        self._say("WATCHDOG=1")

    def _say(self, state: str) -> None:
        if not self._address:
            return
        # An abstract socket is written with @ for its leading zero byte.
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            try:
                line.sendto(state.encode(), address)
            except OSError:
                # The manager is going down or full: it will miss a sign, and act on that.
                return
