"""The worker as it runs in production: a process of its own that stops when asked."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditLink
from kiosk_server.core.database import Database
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.reactions import CHORES
from kiosk_server.settings import Settings
from tests.support.audit_chain import write_entries
from tests.support.extent import as_far_as

ROOT = Path(__file__).resolve().parents[3]


def start(settings: Settings) -> "subprocess.Popen[str]":
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")},
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk_server.worker"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    pause = Event()
    for _ in range(2400):
        if condition():
            return
        pause.wait(0.05)
    pytest.fail("nothing came of it in two minutes")


@pytest.mark.parametrize("engine_name", as_far_as(["postgresql"], ["sqlite", "postgresql"]))
def test_a_worker_does_its_duties_and_stops_when_asked(
    database: Database, settings: Settings
) -> None:
    """It seals, runs every chore, keeps heads elsewhere, and ends well at SIGTERM."""
    write_entries(database, 3)

    def all_done() -> bool:
        with database.reading() as session:
            links = session.scalar(select(func.count(AuditLink.sequence)))
            states = session.scalars(select(OutboxMessage.state)).all()
        # A chore may write entries of its own, and the minute may turn meanwhile.
        return (links or 0) >= 3 and len(states) >= len(CHORES) and set(states) == {"done"}

    worker = start(settings)
    try:
        wait_until(all_done)
        worker.send_signal(signal.SIGTERM)
        _, logged = worker.communicate(timeout=120)
    finally:
        worker.kill()
        worker.communicate()
    assert worker.returncode == 0
    assert '"event":"worker_stopped"' in logged.replace('": "', '":"')
    assert list((settings.instance / "audit-heads").glob("*.jsonl"))
