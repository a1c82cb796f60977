"""`make run`: everything starts, and Ctrl-C leaves nothing running."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes_of(instance: Path) -> list[str]:
    """Return the command lines of running processes that were started for *instance*."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # It ended, or is somebody else's.
        if f"KIOSK_INSTANCE={instance}".encode() in environment and command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.mark.browser
def test_the_whole_story_starts_and_ends(tmp_path: Path) -> None:
    """Server, worker, devices and host come up, the terminal is enrolled, and all of it ends."""
    server, host = free_port(), free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")},
        "KIOSK_PORT": str(server),
        "KIOSK_INSTANCE": str(tmp_path),
        "KIOSK_DATABASE_URL": f"sqlite:///{tmp_path}/kiosk.sqlite3",
    }
    demo = subprocess.Popen(
        [sys.executable, "-m", "kiosk_server.cli", "demo", "--host-port", str(host)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        assert f"http://127.0.0.1:{host}/kiosk/" in said, said
        assert "weihu" in said
        screen = requests.get(f"http://127.0.0.1:{host}/kiosk/", timeout=30)
        assert screen.status_code == 200
        assert len(processes_of(tmp_path)) >= 7
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert processes_of(tmp_path) == []
