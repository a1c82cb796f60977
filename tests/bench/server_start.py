"""From the start of the server to its first answer, against a bare Flask application."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import requests

from kiosk_server.settings import Settings
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, seconds_in_turns

ROOT = Path(__file__).resolve().parents[2]
_OURS = ("--config", "kiosk_server/gunicorn_conf.py", "wsgi:app")
_BARE = ("--workers", "2", "--threads", "4", "tests.bench.bare_app:app")


def measure() -> Iterator[Measured]:
    """Yield the seconds until `/healthz` answers, two processes of four threads each."""
    with fresh_ground() as (settings, _):
        running: list[subprocess.Popen[bytes]] = []
        try:
            ours, theirs = seconds_in_turns(
                lambda: _start(running, _OURS, settings),
                lambda: _start(running, _BARE, settings),
                rounds=3,
                prepare=lambda: _stop(running),
            )
        finally:
            _stop(running)
    yield Measured("server start to first answer", ours, theirs, "s", "a bare Flask application")


def _start(
    running: "list[subprocess.Popen[bytes]]", arguments: tuple[str, ...], settings: Settings
) -> None:
    """Start a server and return at its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KIOSK_PORT": str(port),
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
    running.append(
        subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )
    )
    while not _answers(port):
        sleep(0.02)


def _stop(running: "list[subprocess.Popen[bytes]]") -> None:
    for server in running:
        server.terminate()
        server.wait()
    running.clear()


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=30).ok
    except requests.ConnectionError:
        return False
