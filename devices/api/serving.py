"""Serving the door on loopback: gunicorn, one worker with threads.

The devices are opened in the worker, after the fork, for a serial line and a journal have one
owner. The master does nothing but start the worker again should it die.
"""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from devices.settings import ListenSettings

# One browser: its six connections, one of them the event stream, and room for the next visit.
THREADS = 16
_GRACE_SECONDS = 12

_log = structlog.get_logger(__name__)


class Served(Protocol):
    """What runs in the worker."""

    @property
    def app(self) -> Flask:
        """The WSGI application."""
        ...

    def start(self) -> None:
        """Begin, in the worker."""
        ...

    def end_streams(self) -> None:
        """Let answers without an end come to one; never blocks for long."""
        ...

    def stop(self) -> None:
        """End everything that `start` began."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and a directory in memory for the server's own sign of life."""

    listen: ListenSettings
    memory_directory: str


class _Worker(ThreadWorker):  # type: ignore[misc] # gunicorn brings no types
    """Ends in one way, whatever the signal: streams first, then requests, then devices."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # From a thread: a signal may arrive while this thread holds the lock that ending needs.
        threading.Thread(target=self.app.end_streams, daemon=True).start()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        self.handle_exit(sig, frame)


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn brings no types
    def __init__(self, place: Place, open_up: Callable[[], Served]) -> None:
        self._place = place
        self._open_up = open_up
        self._served: Served | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        served = self._open_up()
        served.start()
        self._served = served
        return served.app

    def end_streams(self) -> None:
        if self._served is not None:
            self._served.end_streams()

    def _settings(self) -> dict[str, Any]:
        return {
            "bind": self._place.listen.authority,
            "workers": 1,
            "worker_class": _Worker,
            "threads": THREADS,
            "worker_tmp_dir": _takes_files(self._place.memory_directory),
            "worker_exit": self._stop,
            "graceful_timeout": _GRACE_SECONDS,
            "timeout": 60,
            "keepalive": 30,
            "loglevel": "warning",
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "proc_name": "kiosk-host",
        }

    def _stop(self, _arbiter: object, _worker: object) -> None:
        if self._served is not None:
            self._served.stop()


def _takes_files(memory: str) -> str | None:
    """Where the server touches its sign of life: in memory, or, where that takes no file any more,
    among the machine's temporary files: a slow disk is better than no door."""
    try:
        with tempfile.TemporaryFile(dir=memory):
            return memory
    except OSError as fault:
        _log.warning("memory_directory_unusable", errno=fault.errno)
        return None


def serve(place: Place, open_up: Callable[[], Served]) -> None:
    """Serve until a signal ends it; exits the process."""
    _Server(place, open_up).run()
