"""
The host's sign of life for systemd (看门狗): given only after the door itself has answered.

A thread that merely counts would go on while every page hangs. This one asks the door as the
browser does; a door that does not answer leaves the watchdog unfed, and systemd begins it anew.
"""

import http.client
import threading

from devices.host.service_manager import ServiceManager
from devices.settings import ListenSettings

HEALTH = "/device/v1/health"
_ANSWER_WITHIN_SECONDS = 10.0


class SignOfLife:
    """Knocks at the door now and then; `run` belongs to a thread of its own."""

    def __init__(self, manager: ServiceManager, listen: ListenSettings) -> None:
        self._manager = manager
        self._listen = listen
        self._ending = threading.Event()

    def run(self) -> None:
        """Feed the watchdog until `stop`; returns at once where there is none."""
        while self._manager.wants_signs and not self._ending.is_set():
            if door_answers(self._listen):
                self._manager.alive()
            self._ending.wait(self._manager.sign_every_seconds)

    def stop(self) -> None:
        """End soon."""
        self._ending.set()


def door_answers(listen: ListenSettings) -> bool:
    """Whether the door says that it is well, within some seconds."""
    line = http.client.HTTPConnection(listen.host, listen.port, timeout=_ANSWER_WITHIN_SECONDS)
    try:
        line.request("GET", HEALTH)
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
