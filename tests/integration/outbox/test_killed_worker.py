"""A worker that is killed in the middle of a message loses nothing."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.services import emit

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.real_clock
def test_the_message_of_a_killed_worker_is_done_by_another(
    database: Database, database_url: str
) -> None:
    """After `kill -9` another worker carries the message out, once the lease has run out."""
    with database.unit_of_work() as session:
        wanted = emit(session, "letter", {})
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.support.outbox_victim", database_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == wanted
    finally:
        victim.kill()
        victim.communicate()
    done: list[str] = []
    other = Dispatcher(database, {"letter": lambda _, letter: done.append(letter.id)}, None)
    assert not other.work_one()
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert other.work_one()
    assert done == [wanted]
