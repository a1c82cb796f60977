"""The server under gunicorn: several processes, one truth."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
import requests

from kiosk_server.settings import Settings

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Lend the address of the server under gunicorn."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")},
        "KIOSK_PORT": str(port),
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    command = ["-m", "gunicorn", "--config", "kiosk_server/gunicorn_conf.py", "wsgi:app"]
    server = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def wait_for(address: str) -> None:
    pause = Event()
    for _ in range(600):
        try:
            requests.get(f"{address}/healthz", timeout=30)
        except (requests.ConnectionError, requests.Timeout):
            pause.wait(0.05)
        else:
            return
    pytest.fail("the server did not start in thirty seconds")


def counted(address: str) -> int:
    """Return how many requests the process that answers has counted, for all."""
    token = {"Authorization": f"Bearer {Settings().metrics_token}"}
    figures = requests.get(f"{address}/metrics", headers=token, timeout=30).text
    found = re.search(
        r'kiosk_requests_total\{method="GET",route="/healthz",status="200"\} (\d+)', figures
    )
    assert found, figures
    return int(found[1])


@pytest.mark.usefixtures("database")
def test_requests_to_all_processes_are_counted(settings: Settings) -> None:
    """Whichever process answers `/metrics`, it counts the requests of all."""
    with served(settings) as address:
        before = counted(address)
        for _ in range(40):
            # A connection each, so that both processes get some.
            requests.get(f"{address}/healthz", timeout=30, headers={"Connection": "close"})
        assert {counted(address) - before for _ in range(6)} == {40}
        files = list((settings.instance / "metrics").glob("counter_*.db"))
        assert len(files) == 2


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.usefixtures("database")
def test_figures_of_an_earlier_run_are_forgotten(settings: Settings) -> None:
    """A server that starts does not count what another one did."""
    stale = settings.instance / "metrics" / "counter_1.db"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"stale")
    with served(settings) as address:
        assert counted(address) >= 1
    assert not stale.exists()
